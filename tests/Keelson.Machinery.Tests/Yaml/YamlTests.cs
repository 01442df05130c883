using System.Text;
using Keelson.Machinery.Trees;
using Keelson.Machinery.Wire;
using Keelson.Machinery.Yaml;

namespace Keelson.Machinery.Tests.Yaml;

public sealed class YamlTests
{
    [Theory]
    [InlineData("", "null")]
    [InlineData("# nothing\n", "null")]
    [InlineData("just text", "\"just text\"")]
    [InlineData("y: y\nN: on\nx: 'y'\n", "{\"false\":true,\"true\":true,\"x\":\"y\"}")]
    [InlineData("a: [~, null, '', !!str 1, !!int '2', 0x10, 010, 0b11, 1_000, +1, -0]", "{\"a\":[null,null,\"\",\"1\",2,16,8,3,1000,1,0]}")]
    [InlineData("a: [1.0, 1.5, .5, 1e3, 1e400, 1.2.3, 0o7, 1:30]", "{\"a\":[1,1.5,0.5,1000,\"1e400\",\"1.2.3\",7,\"1:30\"]}")]
    [InlineData("t: 2020-01-02\nu: 2020-01-02T03:04:05Z", "{\"t\":\"2020-01-02\",\"u\":\"2020-01-02T03:04:05Z\"}")]
    [InlineData("1: a\n2.5: b\ntrue: c\n", "{\"1\":\"a\",\"2.5\":\"b\",\"true\":\"c\"}")]
    [InlineData("a: &x {b: 1}\nc: *x\nd: {<<: *x, e: 2}\n", "{\"a\":{\"b\":1},\"c\":{\"b\":1},\"d\":{\"b\":1,\"e\":2}}")]
    [InlineData("d: {b: 0, <<: [{b: 1, c: 1}, {b: 2}]}\n", "{\"d\":{\"b\":1,\"c\":1}}")]
    [InlineData("a: 1\n---\nb: 2\n", "{\"a\":1}")]
    [InlineData("a: |\n  x\n  y\nb: >\n  x\n  y\n", "{\"a\":\"x\\ny\\n\",\"b\":\"x y\\n\"}")]
    [InlineData("a: !!binary aGk=\n", "{\"a\":\"hi\"}")]
    [InlineData("{\"a\": [1, {\"b\": \"\\u00e9\"}]}", "{\"a\":[1,{\"b\":\"é\"}]}")]
    [InlineData("k: a\nk: b\n", "{\"k\":\"b\"}")]
    public void Yaml_means_what_it_means_upstream(string yaml, string json) =>
        Assert.Equal(json, Encoding.UTF8.GetString(YamlReader.ToJson(Encoding.UTF8.GetBytes(yaml))));

    [Theory]
    [InlineData("{", "yaml: line 1: did not find expected node content")]
    [InlineData("a: b: c", "yaml: mapping values are not allowed in this context")]
    [InlineData("a: 1\nb: c: d\n", "yaml: line 2: mapping values are not allowed in this context")]
    [InlineData("a: *x\n", "yaml: unknown anchor 'x' referenced")]
    [InlineData("a: &x [*x]\n", "yaml: anchor 'x' value contains itself")]
    [InlineData("a: .nan\n", "json: unsupported value: NaN")]
    [InlineData("a: {<<: 1}\n", "yaml: map merge requires map or sequence of maps as the value")]
    [InlineData("a: !!int x\n", "yaml: cannot decode !!str `x` as a !!int")]
    [InlineData("? [a]\n: b\n", "yaml: invalid map key: []interface {}{\"a\"}")]
    [InlineData("~: b\n", "unsupported map key of type: %!s(<nil>), key: <nil>, value: \"b\"")]
    [InlineData("a:\n\t- b\n", "yaml: line 2: found character that cannot start any token")]
    [InlineData("\ta: b\n", "yaml: found character that cannot start any token")]
    [InlineData("# note\n \t{a: b}\n", "yaml: line 2: found character that cannot start any token")]
    [InlineData("{a: {b: c}", "yaml: line 1: did not find expected ',' or '}'")]
    [InlineData("a: 'b\n", "yaml: line 2: found unexpected end of stream")]
    [InlineData("- a\nb: c\n", "yaml: line 1: did not find expected '-' indicator")]
    public void Errors_are_told_in_upstreams_words(string yaml, string message) =>
        Assert.Equal(
            message, Assert.Throws<DecodeException>(() => YamlReader.Read(Encoding.UTF8.GetBytes(yaml))).Message);

    [Fact]
    public void Strict_reading_finds_duplicate_keys()
    {
        List<string> findings = [];
        Tree tree = YamlReader.Read("a: 1\nb:\n  c: 1\n  c:\n    d: 1\na: 2\n1: x\n1: y\n"u8, findings);
        Assert.Equal(["line 5: key \"c\" already set in map", "line 6: key \"a\" already set in map", "line 8: key 1 already set in map"], findings);
        Assert.Equal(
            "yaml: unmarshal errors:\n  line 5: key \"c\" already set in map\n  x",
            YamlReader.StrictError([findings[0], "x"]));
        Assert.Equal(2, ((IntegerTree)((ObjectTree)tree)["a"]!).Value);
    }

    [Fact]
    public void Alias_bombs_are_refused()
    {
        StringBuilder bomb = new("a: &a [x,x,x,x,x,x,x,x,x]\n");
        for (char name = 'b'; name <= 'i'; name++)
        {
            string before = "*" + (char)(name - 1);
            bomb.Append(name)
                .Append(": &")
                .Append(name)
                .Append(" [")
                .AppendJoin(',', Enumerable.Repeat(before, 9))
                .Append("]\n");
        }

        DecodeException refused = Assert.Throws<DecodeException>(
            () => YamlReader.Read(Encoding.UTF8.GetBytes(bomb.ToString())));
        Assert.Equal("yaml: document contains excessive aliasing", refused.Message);
    }

    [Fact]
    public void A_document_that_is_nested_too_deep_is_refused() =>
        Assert.Throws<DecodeException>(() => YamlReader.Read(Encoding.UTF8.GetBytes(new string('[', 3000))));

    [Fact]
    public void Objects_are_written_as_kubectl_shows_them()
    {
        Tree tree = TreeReader.Read("""
            {"spec":{"n":5,"x":"1","list":[1,{"b":null,"a":[]},"two",[3]],"empty":{},"none":[]},
             "kind":"Widget","metadata":{"annotations":{"multi":"a\nb\n","colon":"a: b","hash":"a #b","true":"yes","lead":" x","tab":"a\tb","q":"'","star":"*x"},
             "managedFields":[{"fieldsV1":{"f:spec":{".":{},"k:{\"name\":\"c\"}":{}}},"time":"2020-01-02T03:04:05Z"}],"labels":{"a10":"0x1","a2":"1e3","a":"~","b":""}},
             "f":1.5,"g":1000000.5}
            """u8);
        string expected = """
            f: 1.5
            g: 1.0000005e+06
            kind: Widget
            metadata:
              annotations:
                colon: 'a: b'
                hash: 'a #b'
                lead: ' x'
                multi: |
                  a
                  b
                q: ''''
                star: '*x'
                tab: "a\tb"
                "true": "yes"
              labels:
                a: "~"
                a2: "1e3"
                a10: "0x1"
                b: ""
              managedFields:
              - fieldsV1:
                  f:spec:
                    .: {}
                    k:{"name":"c"}: {}
                time: "2020-01-02T03:04:05Z"
            spec:
              empty: {}
              list:
              - 1
              - a: []
                b: null
              - two
              - - 3
              "n": 5
              none: []
              x: "1"

            """.ReplaceLineEndings("\n");
        Assert.Equal(expected, Encoding.UTF8.GetString(YamlWriter.Write(tree)));
    }

    [Fact]
    public void Long_lines_are_folded_at_80_columns()
    {
        string text = string.Join(' ', Enumerable.Repeat("0123456789", 12));
        byte[] yaml = YamlWriter.Write(TreeReader.Read(Encoding.UTF8.GetBytes($$$$"""{"annotations":{"description":"{{{{text}}}}","spec":{"x":"a: {{{{text}}}}"}}}""")));
        Assert.Equal(
            """
            annotations:
              description: 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789
                0123456789 0123456789 0123456789 0123456789 0123456789
              spec:
                x: 'a: 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789
                  0123456789 0123456789 0123456789 0123456789 0123456789'

            """.ReplaceLineEndings("\n"), Encoding.UTF8.GetString(yaml));
    }

    [Fact]
    public void What_is_written_reads_back()
    {
        Random random = new(11);
        for (int round = 0; round < 300; round++)
        {
            Tree tree = RandomTree(random, 3);
            byte[] yaml = YamlWriter.Write(tree);
            Assert.True(
                tree.DeepEquals(YamlReader.Read(yaml)),
                Encoding.UTF8.GetString(tree.ToJson()) + "\n" + Encoding.UTF8.GetString(yaml));
        }
    }

    private static Tree RandomTree(Random random, int depth)
    {
        switch (random.Next(depth == 0 ? 5 : 7))
        {
            case 0:
                return NullTree.Instance;
            case 1:
                return IntegerTree.Of(random.Next(-1000, 1000));
            case 2:
                return BoolTree.Of(random.Next(2) == 0);
            case 3:
                return new FloatTree(random.Next(1, 1000) + 0.25);
            case 4:
                return new TextTree(RandomText(random));
            case 5:
                return new ListTree(
                    [.. Enumerable.Range(0, random.Next(4)).Select(_ => RandomTree(random, depth - 1))]);
            default:
                ObjectTree node = new();
                for (int i = random.Next(4); i > 0; i--)
                {
                    node[RandomText(random)] = RandomTree(random, depth - 1);
                }

                return node;
        }
    }

    private static string RandomText(Random random)
    {
        const string Alphabet = "ab -:#'\"{}[],&*!|>%@`y1.~?\\\n\té<=";
        return new([.. Enumerable.Range(0, random.Next(6)).Select(_ => Alphabet[random.Next(Alphabet.Length)])]);
    }
}
