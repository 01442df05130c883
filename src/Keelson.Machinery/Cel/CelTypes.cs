namespace Keelson.Machinery.Cel;

/// <summary>
/// What type an expression has as far as its text alone tells: enough to refuse those that never give what is wanted.
/// Where the text does not tell, the type is null, and evaluation finds out.
/// </summary>
internal static class CelTypes
{
    /// <summary>A value whose type nobody knows before it is there.</summary>
    public const string Dynamic = "dyn";

    private static readonly HashSet<string> Questions = new(StringComparer.Ordinal)
    {
        "_==_", "_!=_", "_<_", "_<=_", "_>_", "_>=_", "!_", "@in", "contains", "startsWith", "endsWith", "matches",
        "isLessThan", "isGreaterThan", "isQuantity", "isSemver", "isInteger",
    };

    private static readonly HashSet<string> Arithmetic =
        new(StringComparer.Ordinal) { "_+_", "_-_", "_*_", "_/_", "_%_" };

    /// <summary>The type of a node; null where the text does not tell.</summary>
    /// <param name="node">The node.</param>
    /// <param name="types">Types of variables and of their fields, by <c>name</c> and <c>name.field</c>.</param>
    public static string? Of(CelNode node, IReadOnlyDictionary<string, string> types) => node switch
    {
        CelLiteral { Value: var value } => value.TypeName,
        CelIdentifier { Name: var name } => types.GetValueOrDefault(name) is { Length: > 0 } known ? known : null,
        CelSelect { IsTest: true } or CelLogic => "bool",
        CelSelect { Operand: CelIdentifier { Name: var name } } select
            when types.TryGetValue($"{name}.{select.Field}", out string? field) => field,
        CelSelect { Operand: var operand } => DynamicIf(Of(operand, types)),
        CelConditional one => Same(Of(one.Then, types), Of(one.Otherwise, types)),
        CelLoop { Kind: CelLoopKind.All or CelLoopKind.Exists or CelLoopKind.ExistsOne } => "bool",
        CelListNode list => Wrapped("list", [Common(list.Items, types)]),
        CelMapNode map => Wrapped("map", [
            Common(map.KeysAndValues.Where((_, i) => i % 2 == 0), types),
            Common(map.KeysAndValues.Where((_, i) => i % 2 == 1), types),
        ]),
        CelCall call => OfCall(call, types),
        _ => null,
    };

    private static string? OfCall(CelCall call, IReadOnlyDictionary<string, string> types) => call switch
    {
        _ when Questions.Contains(call.Function) => "bool",
        _ when Arithmetic.Contains(call.Function) =>
            Same(Of(call.Arguments[0], types), Of(call.Arguments[1], types)),
        { Function: "-_" } => Of(call.Arguments[0], types),
        { Function: "_[_]" } => DynamicIf(Of(call.Arguments[0], types)),
        { Function: "size" or "compareTo" } => "int",
        { Function: "int" or "uint" or "double" or "string" or "bytes" or "bool", HasReceiver: false } => call.Function,
        { Function: "quantity" or "semver", HasReceiver: false } =>
            call.Function == "quantity" ? "kubernetes.Quantity" : "kubernetes.Semver",
        _ => null,
    };

    private static string? DynamicIf(string? type) => type == Dynamic ? Dynamic : null;

    /// <summary>What two sides have in common; times and lengths of time mix, and are left to evaluation.</summary>
    private static string? Same(string? left, string? right) =>
        left == right ? left : left == Dynamic ? right : right == Dynamic ? left : null;

    private static string? Common(IEnumerable<CelNode> nodes, IReadOnlyDictionary<string, string> types)
    {
        string?[] found = [.. nodes.Select(node => Of(node, types)).Distinct()];
        return found.Contains(null) ? null : found.Length == 1 ? found[0] : Dynamic;
    }

    private static string? Wrapped(string name, string?[] types) =>
        types.Contains(null) ? null : $"{name}({string.Join(", ", types)})";
}
