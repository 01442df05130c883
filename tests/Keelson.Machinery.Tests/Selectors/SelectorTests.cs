using Keelson.Machinery.Selectors;
using Keelson.Machinery.Values;

namespace Keelson.Machinery.Tests.Selectors;

public sealed class SelectorTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("a", "a")]
    [InlineData("!a", "!a")]
    [InlineData(" x = y , a==b,c != d ", "a==b,c!=d,x=y")]
    [InlineData("z in (b, a ,a),y notin(q)", "y notin (q),z in (a,b)")]
    [InlineData("a in (,)", "a in ()")]
    [InlineData("a in (b,,c)", "a in (,b,c)")]
    [InlineData("a=", "a=")]
    [InlineData("a!=,b", "a!=,b")]
    [InlineData("n>5,m<3", "m<3,n>5")]
    [InlineData("in in (in,notin)", "in in (in,notin)")]
    [InlineData("example.com/a=b", "example.com/a=b")]
    public void Label_selectors_print_canonically(string text, string canonical)
    {
        Assert.True(LabelMatcher.TryParse(text, out LabelMatcher? selector, out string? error), error);
        Assert.Equal(canonical, selector.ToString());
    }

    [Theory]
    [InlineData("a b", "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt")]
    [InlineData("a,", "found '', expected: identifier after ','")]
    [InlineData("=a", "found '=', expected: !, identifier, or 'end of string'")]
    [InlineData("!", "unable to parse requirement: found '', expected: identifier")]
    [InlineData("a in b", "unable to parse requirement: found 'b' expected: '('")]
    [InlineData("a in (", "unable to parse requirement: found '', expected: ',', ')' or identifier")]
    [InlineData("a in (b", "unable to parse requirement: found '', expected: ',' or ')'")]
    [InlineData("a in ()", "unable to parse requirement: values: Invalid value: []: for 'in', 'notin' operators, values set can't be empty")]
    [InlineData("a=b=c", "found '=', expected: ',' or 'end of string'")]
    [InlineData("a=(", "unable to parse requirement: found '(', expected: identifier")]
    [InlineData("!a=b", "found '=', expected: ',' or 'end of string'")]
    [InlineData("a>x", "unable to parse requirement: values[0]: Invalid value: \"x\": for 'Gt', 'Lt' operators, the value must be an integer")]
    [InlineData("a-=b", "unable to parse requirement: <nil>: Invalid value: \"a-\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')")]
    [InlineData("a=b-", "unable to parse requirement: values[0][a]: Invalid value: \"b-\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')")]
    public void Label_selectors_that_can_not_be_read_say_why(string text, string message)
    {
        Assert.False(LabelMatcher.TryParse(text, out _, out string? error));
        Assert.Equal(message, error);
    }

    [Theory]
    [InlineData("a=1", true)]
    [InlineData("a!=1", false)]
    [InlineData("none!=1", true)]
    [InlineData("a in (0,1)", true)]
    [InlineData("a notin (0,1)", false)]
    [InlineData("none notin (x)", true)]
    [InlineData("a,!none", true)]
    [InlineData("none", false)]
    [InlineData("n>9", true)]
    [InlineData("n<9", false)]
    [InlineData("text>9", false)]
    [InlineData("", true)]
    public void Label_selectors_match(string text, bool expected)
    {
        ApiMap<string> labels = ApiMap<string>.From([new("a", "1"), new("n", "10"), new("text", "x")]);
        Assert.True(LabelMatcher.TryParse(text, out LabelMatcher? selector, out _));
        Assert.Equal(expected, selector.Matches(labels));
    }

    [Fact]
    public void Selector_objects_become_selectors()
    {
        Assert.True(LabelMatcher.TryCreate(
            ApiMap<string>.From([new("b", "2")]), [("a", "In", ["x", "y"]), ("c", "DoesNotExist", default)], out LabelMatcher? selector, out _));
        Assert.Equal("a in (x,y),b=2,!c", selector.ToString());
        Assert.True(selector.TryGetExactValue("b", out string? value));
        Assert.Equal("2", value);
        Assert.False(selector.TryGetExactValue("a", out _));

        Assert.False(LabelMatcher.TryCreate(default, [("a", "Like", ["x"])], out _, out string? error));
        Assert.Equal("\"Like\" is not a valid label selector operator", error);
        Assert.True(LabelMatcher.TryCreate(default, [], out selector, out _));
        Assert.True(selector.IsEverything);
        Assert.Equal("<none>", selector.ToColumn());
        Assert.False(LabelMatcher.Nothing.Matches(default));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("b=2,a==1,c!=3", "a=1,b=2,c!=3")]
    [InlineData("a=x\\,y\\=z\\\\", "a=x\\,y\\=z\\\\")]
    [InlineData("a=,b!=", "a=,b!=")]
    [InlineData(",a=1,", "a=1")]
    public void Field_selectors_print_canonically(string text, string canonical)
    {
        Assert.True(FieldMatcher.TryParse(text, out FieldMatcher? selector, out string? error), error);
        Assert.Equal(canonical, selector.ToString());
    }

    [Theory]
    [InlineData("a", "invalid selector: 'a'; can't understand 'a'")]
    [InlineData("a=1,b", "invalid selector: 'a=1,b'; can't understand 'b'")]
    [InlineData("a=1=2", "invalid field selector: unescaped character in value: 61")]
    [InlineData("a=\\x", "invalid field selector: invalid escape sequence: \\x")]
    [InlineData("a=x\\", "invalid field selector: invalid escape sequence: \\")]
    public void Field_selectors_that_can_not_be_read_say_why(string text, string message)
    {
        Assert.False(FieldMatcher.TryParse(text, out _, out string? error));
        Assert.Equal(message, error);
    }

    [Fact]
    public void Field_selectors_match()
    {
        FieldMatcher.TryParse("metadata.name=a,status.phase!=Failed", out FieldMatcher? selector, out _);
        Assert.True(selector!.Matches(name => name == "metadata.name" ? "a" : null));
        Assert.False(selector.Matches(name => name == "metadata.name" ? "a" : "Failed"));
        Assert.False(selector.Matches(_ => "b"));
        Assert.True(selector.TryGetExactValue("metadata.name", out string? value));
        Assert.Equal("a", value);
        Assert.False(selector.TryGetExactValue("status.phase", out _));
    }
}
