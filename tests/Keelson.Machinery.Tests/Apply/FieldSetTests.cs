using System.Text;
using Keelson.Machinery.Apply;
using Keelson.Machinery.Wire;

namespace Keelson.Machinery.Tests.Apply;

public sealed class FieldSetTests
{
    [Theory]
    [InlineData("""{}""", """{}""")]
    [InlineData("""{"f:b":{},"f:a":{}}""", """{"f:a":{},"f:b":{}}""")]
    [InlineData("""{"f:a":{".":{},"f:c":{},"f:b":{}}}""", """{"f:a":{".":{},"f:b":{},"f:c":{}}}""")]
    [InlineData("""{"f:a":{".":{}}}""", """{"f:a":{}}""")]
    [InlineData("""{"f:a":{"z:future":{}}}""", """{"f:a":{}}""")]
    [InlineData("""{"i:1":{},"v:\"x\"":{},"k:{\"b\":1,\"a\":\"x\"}":{},"f:z":{}}""", """{"f:z":{},"k:{\"a\":\"x\",\"b\":1}":{},"v:\"x\"":{},"i:1":{}}""")]
    [InlineData("""{"v:true":{},"v:2":{},"v:1.5":{},"v:\"a\"":{}}""", """{"v:1.5":{},"v:2":{},"v:\"a\"":{},"v:true":{}}""")]
    [InlineData("""{"f:a":{"f:x":{}},"f:a":{"f:y":{}}}""", """{"f:a":{"f:x":{},"f:y":{}}}""")]
    public void Sets_are_written_in_canonical_order(string text, string canonical) =>
        Assert.Equal(canonical, Encoding.UTF8.GetString(FieldSetJson.Parse(Encoding.UTF8.GetBytes(text)).ToJson()));

    [Theory]
    [InlineData("""{"f:a":""", "unexpected end of JSON input")]
    [InlineData("""{"x":{}}""", "parsing key as path element: key must be 2 characters long:")]
    [InlineData("""{"xyz":{}}""", "parsing key as path element: missing colon: xyz")]
    [InlineData("""{"i:z":{}}""", "parsing key as path element: strconv.Atoi: parsing \"z\": invalid syntax")]
    public void Malformed_sets_are_refused(string text, string message) =>
        Assert.Equal(
            message, Assert.Throws<DecodeException>(() => FieldSetJson.Parse(Encoding.UTF8.GetBytes(text))).Message);

    [Fact]
    public void Operations_agree_with_a_set_of_paths()
    {
        Random random = new(7);
        for (int round = 0; round < 500; round++)
        {
            HashSet<string> left = RandomPaths(random);
            HashSet<string> right = RandomPaths(random);
            FieldSet one = ToSet(left);
            FieldSet other = ToSet(right);
            Assert.Equal(Sorted(left.Union(right)), Sorted(one.Union(other)));
            Assert.Equal(Sorted(left.Intersect(right)), Sorted(one.Intersect(other)));
            Assert.Equal(Sorted(left.Except(right)), Sorted(one.Except(other)));
            Assert.Equal(
                Sorted(left.Where(path => !right.Any(taken => path == taken || path.StartsWith(taken + ".", StringComparison.Ordinal)))),
                Sorted(one.ExceptRecursive(other)));
            Assert.Equal(
                Sorted(
                    left.Where(path => !left.Any(deeper => deeper.StartsWith(path + ".", StringComparison.Ordinal)))),
                Sorted(one.Leaves()));
            Assert.Equal(one, FieldSetJson.Parse(one.ToJson()));
            Assert.Equal(left.Count, one.Count);
        }
    }

    [Fact]
    public void A_parent_in_the_other_set_does_not_take_children_away()
    {
        FieldSet set = FieldSet.Of(["a"], ["a", "b"]);
        Assert.Equal(FieldSet.Of(["a", "b"]), set.Except(FieldSet.Of(["a"])));
        Assert.Equal(FieldSet.Empty, set.ExceptRecursive(FieldSet.Of(["a"])));
    }

    private static string Sorted(IEnumerable<string> paths) => string.Join(' ', paths.Order(StringComparer.Ordinal));

    private static string Sorted(FieldSet set) =>
        Sorted(set.Paths().Select(path => string.Concat(path.Select(one => one.ToString()))));

    private static FieldSet ToSet(HashSet<string> paths) =>
        FieldSet.Of([.. paths.Select(path => path[1..].Split('.'))]);

    private static HashSet<string> RandomPaths(Random random)
    {
        HashSet<string> paths = [];
        for (int i = random.Next(8); i >= 0; i--)
        {
            paths.Add(
                string.Concat(Enumerable.Range(0, random.Next(1, 4)).Select(_ => "." + (char)('a' + random.Next(3)))));
        }

        return paths;
    }

    [Theory]
    [InlineData(
        """{"f:a":{"k:{\"n\":1}":{".":{},"f:n":{},"f:r":{"f:q":{}}}}}""",
        """{"f:a":{"k:{\"n\":1}":{".":{},"f:r":{"f:q":{}}}}}""")]
    [InlineData("""{"f:a":{".":{},"k:{\"n\":1}":{"f:n":{}}}}""", """{"f:a":{}}""")]
    [InlineData("""{"f:c":{".":{},"f:d":{}},"f:b":{"f:r":{}}}""", """{"f:c":{".":{},"f:d":{}}}""")]
    [InlineData("""{"f:z":{}}""", """{}""")]
    public void What_matches_paths_is_on_the_way_to_them_or_below(string text, string kept)
    {
        FieldSet set = FieldSetJson.Parse(Encoding.UTF8.GetBytes(text));
        Assert.Equal(kept, Encoding.UTF8.GetString(set.Matching([["a", "*", "r"], ["c"]]).ToJson()));
    }
}
