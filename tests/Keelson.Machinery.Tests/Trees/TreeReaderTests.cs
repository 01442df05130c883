using System.Text;
using Keelson.Machinery.Trees;
using Keelson.Machinery.Wire;

namespace Keelson.Machinery.Tests.Trees;

public sealed class TreeReaderTests
{
    [Theory]
    [InlineData("", "unexpected end of JSON input")]
    [InlineData("{", "unexpected end of JSON input")]
    [InlineData("nope", "invalid character 'o' in literal null (expecting 'u')")]
    [InlineData("trux", "invalid character 'x' in literal true (expecting 'e')")]
    [InlineData("}", "invalid character '}' looking for beginning of value")]
    [InlineData("{]", "invalid character ']' looking for beginning of object key string")]
    [InlineData("{\"a\" 1}", "invalid character '1' after object key")]
    [InlineData("{\"a\":1 \"b\"}", "invalid character '\"' after object key:value pair")]
    [InlineData("{\"a\":1,}", "invalid character '}' looking for beginning of object key string")]
    [InlineData("[1 2]", "invalid character '2' after array element")]
    [InlineData("[1,]", "invalid character ']' looking for beginning of value")]
    [InlineData("{} x", "invalid character 'x' after top-level value")]
    [InlineData("01", "invalid character '1' after top-level value")]
    [InlineData("-x", "invalid character 'x' in numeric literal")]
    [InlineData("1.x", "invalid character 'x' after decimal point in numeric literal")]
    [InlineData("1ex", "invalid character 'x' in exponent of numeric literal")]
    [InlineData("\"\\x\"", "invalid character 'x' in string escape code")]
    [InlineData("\"\\u12g4\"", "invalid character 'g' in \\u hexadecimal character escape")]
    [InlineData("\"a\nb\"", "invalid character '\\n' in string literal")]
    [InlineData("'a'", "invalid character '\\'' looking for beginning of value")]
    [InlineData("é", "invalid character 'Ã' looking for beginning of value")]
    [InlineData("1e999", "json: cannot unmarshal number 1e999 into Go value of type float64")]
    public void Errors_are_told_in_the_words_of_Go(string json, string message) =>
        Assert.Equal(
            message, Assert.Throws<DecodeException>(() => TreeReader.Read(Encoding.UTF8.GetBytes(json))).Message);

    [Theory]
    [InlineData("{\"b\":1,\"a\":[true,null,\"x\"]}", "{\"a\":[true,null,\"x\"],\"b\":1}")]
    [InlineData("{\"a\":1,\"b\":2,\"a\":3}", "{\"a\":3,\"b\":2}")]
    [InlineData("[9223372036854775807,9223372036854775808,1.50,1e2,-0.0]", "[9223372036854775807,9223372036854776000,1.5,100,-0]")]
    [InlineData("\"<\\u0041&\\u2028\"", "\"\\u003cA\\u0026\\u2028\"")]
    public void What_was_read_is_written_with_sorted_fields(string json, string sorted) =>
        Assert.Equal(
            sorted, Encoding.UTF8.GetString(TreeReader.Read(Encoding.UTF8.GetBytes(json)).ToJson(FieldOrder.Sorted)));

    [Fact]
    public void What_is_no_unicode_is_replaced_as_Go_replaces_it()
    {
        Assert.Equal(
            "\"x\ufffdy\ufffdz\"", Encoding.UTF8.GetString(TreeReader.Read("\"x\\ud800y\\udc00z\""u8).ToJson()));
        Assert.Equal("\"\ufffd\ufffd\\n\"", Encoding.UTF8.GetString(TreeReader.Read([(byte)'"', 0xff, 0x80, (byte)'\\', (byte)'n', (byte)'"']).ToJson()));
    }

    [Fact]
    public void Duplicate_fields_are_reported_with_their_paths()
    {
        DecodeReport report = new();
        TreeReader.Read("""{"a":{"b":1,"b":2},"c":[{"d":1,"d":1}]}"""u8, report);
        Assert.Equal(["duplicate field \"a.b\"", "duplicate field \"c[0].d\""], report.Findings);
    }

    [Fact]
    public void A_document_that_is_nested_too_deep_is_refused()
    {
        byte[] json = Encoding.ASCII.GetBytes(new string('[', 2000) + new string(']', 2000));
        Assert.Equal("exceeded max depth", Assert.Throws<DecodeException>(() => TreeReader.Read(json)).Message);
    }

    [Fact]
    public void Equality_ignores_order_and_the_form_of_numbers()
    {
        Tree left = TreeReader.Read("""{"a":1,"b":[1.0]}"""u8);
        Assert.True(left.DeepEquals(TreeReader.Read("""{"b":[1],"a":1.0}"""u8)));
        Assert.False(left.DeepEquals(TreeReader.Read("""{"b":[1],"a":1,"c":null}"""u8)));
        Assert.True(left.DeepEquals(left.DeepClone()));
    }

    [Fact]
    public void Removing_and_finding_fields_of_a_large_object_agree_with_a_dictionary()
    {
        Random random = new(3);
        ObjectTree tree = new();
        Dictionary<string, long> model = [];
        for (int step = 0; step < 5000; step++)
        {
            string name = "f" + random.Next(60);
            if (random.Next(3) == 0)
            {
                Assert.Equal(model.Remove(name), tree.Remove(name));
            }
            else
            {
                model[name] = step;
                tree[name] = new IntegerTree(step);
            }

            string other = "f" + random.Next(60);
            Assert.Equal(model.ContainsKey(other), tree.Contains(other));
        }

        Assert.All(model, pair => Assert.Equal(pair.Value, ((IntegerTree)tree[pair.Key]!).Value));
    }
}
