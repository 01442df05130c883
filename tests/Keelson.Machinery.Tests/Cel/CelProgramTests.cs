using Keelson.Machinery.Cel;
using Keelson.Machinery.Values;

namespace Keelson.Machinery.Tests.Cel;

public sealed class CelProgramTests
{
    private const long Limit = 100_000;

    private static readonly CelEnvironment Environment =
        CelEnvironment.Standard.WithKubernetes().WithVariables("device", "n");

    private static readonly Dictionary<string, CelValue> Variables = new()
    {
        ["n"] = new CelInt(5),
        ["device"] = CelMap.Of(new Dictionary<string, CelValue>
        {
            ["driver"] = new CelString("gpu.example.com"),
            ["attributes"] = CelMap.WithDefault(
                new Dictionary<string, CelValue>
                {
                    ["gpu.example.com"] = CelMap.Of(new Dictionary<string, CelValue>
                    {
                        ["model"] = new CelString("a100"),
                        ["ready"] = CelBool.True,
                        ["version"] = Semver("1.10.0"),
                    }),
                },
                CelMap.Of(new Dictionary<string, CelValue>())),
            ["capacity"] = CelMap.Of(new Dictionary<string, CelValue>
            {
                ["gpu.example.com"] = CelMap.Of(new Dictionary<string, CelValue>
                {
                    ["memory"] = new CelQuantity(Quantity.Parse("40Gi")),
                }),
            }),
        }),
    };

    [Theory]
    [InlineData("1 + 2 * 3 == 7")]
    [InlineData("(1 + 2) * 3 == 9 && 7 / 2 == 3 && -7 % 3 == -1")]
    [InlineData("1 == 1.0 && 1u == 1 && 1 < 1.5 && 2u > -1")]
    [InlineData("9223372036854775807 < 9223372036854775808.0")]
    [InlineData("-9223372036854775808 < 0 && 0xff == 255 && 1e3 == 1000.0")]
    [InlineData("'a\\u00e9\\n' == \"a\\303\\251\\x0a\" || true")]
    [InlineData("r'\\d' == '\\\\d' && '''a\n'b''' == 'a\\n\\'b'")]
    [InlineData("b'\\xff' == b'\\377' && b'é' == bytes('é')")]
    [InlineData("'é😀'.size() == 2 && size([1, 2]) == 2 && size({'a': 1}) == 1")]
    [InlineData("'\\uffff' < '😀' && 'ab' < 'b' && 'a' < 'ab'")]
    [InlineData("true || 1 / 0 == 1")]
    [InlineData("1 / 0 == 1 || true")]
    [InlineData("!(false && 1 / 0 == 1) && !(1 / 0 == 1 && false)")]
    [InlineData("n > 3 ? true : 1 / 0 == 1")]
    [InlineData("2 in [1, 2] && !(3 in [1, 2]) && 'a' in {'a': 1}")]
    [InlineData("[1, [2, 3]][1][0] == 2 && {'a': {'b': 3}}.a.b == 3 && {1: 'x'}[1] == 'x'")]
    [InlineData("[1, 2] + [3] == [1, 2, 3] && {'a': 1} == {'a': 1.0} && [1] != ['1']")]
    [InlineData("has({'a': 1}.a) && !has({'a': 1}.b)")]
    [InlineData("'gpu-1'.startsWith('gpu') && 'gpu-1'.endsWith('1')")]
    [InlineData("'gpu-1'.contains('u-') && 'x1'.matches('^x\\\\d$')")]
    [InlineData("[1, 2, 3].all(x, x > 0) && [1, 2].exists(x, x == 2) && [1, 2].exists_one(x, x == 2)")]
    [InlineData("[1, 2, 3].map(x, x * 2) == [2, 4, 6] && [1, 2, 3].map(x, x > 1, x + 1) == [3, 4]")]
    [InlineData("[1, 2, 3].filter(x, x % 2 == 1) == [1, 3] && {'a': 1}.all(k, k == 'a')")]
    [InlineData("[0, 1].exists(x, 1 / x == 1) && ![0, 1].all(x, 1 / x == 2)")]
    [InlineData("cel.bind(x, n + 1, x * x == 36)")]
    [InlineData("int('12') + int(2.9) == 14 && string(1.5) == '1.5' && type(1) == int && double('1') == 1.0")]
    [InlineData("quantity('1Gi').isGreaterThan(quantity('1G')) && quantity('1k').compareTo(quantity('1000')) == 0")]
    [InlineData("quantity('500m').add(quantity('500m')) == quantity('1') && isQuantity('2Ki') && !isQuantity('x')")]
    [InlineData("semver('1.2.3-rc.2').isLessThan(semver('1.2.3')) && semver('1.10.0').compareTo(semver('1.9.9')) == 1")]
    [InlineData("semver('v1.02', true) == semver('1.2.0') && !isSemver('1.2') && semver('3.2.1').major() == 3")]
    [InlineData("device.driver == 'gpu.example.com' // the driver")]
    [InlineData("device.attributes['gpu.example.com'].model in ['a100', 'h100']")]
    [InlineData("!has(device.attributes['other'].x) && !('other' in device.attributes)")]
    [InlineData("device.attributes[device.driver].version.isGreaterThan(semver('1.9.0'))")]
    [InlineData("device.capacity['gpu.example.com'].memory.compareTo(quantity('20Gi')) >= 0")]
    [InlineData("cel.bind(a, device.attributes['gpu.example.com'], a.ready && a.model == 'a100')")]
    public void What_holds(string expression)
    {
        CelValue value = Evaluate(expression);
        Assert.True(value is CelBool { Truth: true }, (value as CelError)?.Message ?? "false");
    }

    [Theory]
    [InlineData("1 / 0", "division by zero")]
    [InlineData("1 % 0", "modulus by zero")]
    [InlineData("9223372036854775807 + 1", "integer overflow")]
    [InlineData("-9223372036854775808 / -1", "integer overflow")]
    [InlineData("[1][3]", "index out of bounds: 3")]
    [InlineData("{'a': 1}.b", "no such key: b")]
    [InlineData("device.attributes['other'].x == 1", "no such key: x")]
    [InlineData("1 + 'a'", "no such overload: _+_(int, string)")]
    [InlineData("'a' && true", "no such overload: _&&_(string)")]
    [InlineData("{1: 2, 1: 3}", "Failed with repeated key")]
    [InlineData("'x'.matches('(')", "error parsing regexp: ")]
    [InlineData("semver('1.02.3')", "Minor number must not contain leading zeroes \"02\"")]
    public void What_has_no_value(string expression, string message) =>
        Assert.StartsWith(message, Assert.IsType<CelError>(Evaluate(expression)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("foo.bar", "ERROR: <input>:1:1: undeclared reference to 'foo' (in container '')\n | foo.bar\n | ^")]
    [InlineData("n ==\n  m", "ERROR: <input>:2:3: undeclared reference to 'm' (in container '')\n |   m\n | ..^")]
    [InlineData("frob(1)", "ERROR: <input>:1:1: undeclared reference to 'frob' (in container '')\n | frob(1)\n | ^")]
    [InlineData("[1].all(x, y)", "undeclared reference to 'y'")]
    [InlineData("[x].all(x, true)", "undeclared reference to 'x'")]
    [InlineData("1 +", "Syntax error")]
    [InlineData("(1", "Syntax error")]
    [InlineData("1 1", "Syntax error")]
    [InlineData("'a", "Syntax error")]
    [InlineData("'\\q'", "invalid escape sequence")]
    [InlineData("9223372036854775808", "invalid int literal")]
    [InlineData("has(n)", "invalid argument to has() macro")]
    [InlineData("[1].all(1, true)", "argument must be a simple name")]
    [InlineData("while", "reserved identifier: while")]
    public void What_is_no_expression(string expression, string message)
    {
        Assert.False(CelProgram.TryCompile(expression, Environment, out _, out string? error));
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    [Fact]
    public void Nesting_and_long_chains_are_limited()
    {
        string[] deep =
        [
            new string('(', 5000) + "1" + new string(')', 5000), new string('[', 5000), "n" + Repeat(".a", 5000),
            "1" + Repeat(" + 1", 5000), "n" + Repeat("[0]", 5000), Repeat("true ? 1 : ", 5000) + "1",
        ];
        foreach (string text in deep)
        {
            Assert.False(CelProgram.TryCompile(text, Environment, out _, out string? error));
            Assert.Contains("recursion limit", error, StringComparison.Ordinal);
        }

        Assert.True(CelProgram.TryCompile("true" + Repeat(" && true", 5000), Environment, out _, out _));
    }

    [Fact]
    public void What_takes_too_long_is_stopped()
    {
        string range = "[" + string.Join(',', Enumerable.Range(0, 100)) + "]";
        string loops = $"{range}.all(a, {range}.all(b, {range}.all(c, a + b + c >= 0)))";
        Assert.Equal(
            "operation cancelled: actual cost limit exceeded", Assert.IsType<CelError>(Evaluate(loops)).Message);
    }

    private static string Repeat(string text, int count) => string.Concat(Enumerable.Repeat(text, count));

    private static CelSemver Semver(string text)
    {
        Assert.True(SemanticVersion.TryParse(text, normalize: false, out SemanticVersion? version, out _));
        return new(version);
    }

    private static CelValue Evaluate(string expression)
    {
        Assert.True(CelProgram.TryCompile(expression, Environment, out CelProgram? program, out string? error), error);
        return program.Evaluate(Variables, Limit);
    }

    [Theory]
    [InlineData("1 + 1", "int")]
    [InlineData("'a' + 'b'", "string")]
    [InlineData("[1, 2]", "list(int)")]
    [InlineData("{'a': [1.5]}", "map(string, list(double))")]
    [InlineData("[1, 'a']", "list(dyn)")]
    [InlineData("-3u", "uint")]
    [InlineData("thing.name", "string")]
    [InlineData("thing.other", null)]
    [InlineData("loose.field[0].x", "dyn")]
    [InlineData("loose.field + 1", "int")]
    [InlineData("loose.field == 1 && !loose.other", "bool")]
    [InlineData("has(loose.field) ? 'a' : 'b'", "string")]
    [InlineData("loose.items.exists(one, one.x > 2)", "bool")]
    [InlineData("loose.items.all(i, one, one.x > i)", null)]
    [InlineData("unheardOf(loose)", null)]
    [InlineData("optional.of(1)", null)]
    [InlineData("sets.contains([1], [2])", "bool")]
    [InlineData("size(loose)", "int")]
    [InlineData("loose.?field.orValue(1)", null)]
    [InlineData("{?'a': loose[?0]}", null)]
    public void The_type_of_an_expression_is_known_where_its_text_tells(string text, string? type)
    {
        Assert.True(CelProgram.TryCheck(text, Types, out string? found, out string? error), error);
        Assert.Equal(type, found);
    }

    [Theory]
    [InlineData(
        "thing ==",
        "ERROR: <input>:1:9: Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', "
            + "'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}")]
    [InlineData("thing thing", "ERROR: <input>:1:7: Syntax error: extraneous input 'thing' expecting <EOF>")]
    [InlineData("other.x == 1", "ERROR: <input>:1:1: undeclared reference to 'other' (in container '')\n | other.x")]
    [InlineData("loose.all(x, x == y)", "ERROR: <input>:1:19: undeclared reference to 'y' (in container '')")]
    public void An_expression_of_unknown_variables_is_none(string text, string start)
    {
        Assert.False(CelProgram.TryCheck(text, Types, out _, out string? error));
        Assert.StartsWith(start, error);
    }

    private static readonly Dictionary<string, string> Types = new(StringComparer.Ordinal)
    {
        ["thing"] = "",
        ["thing.name"] = "string",
        ["loose"] = "dyn",
    };
}
