namespace Keelson.Machinery.Cel;

/// <summary>Finds names that an expression uses and that there are not.</summary>
internal static class CelReferences
{
    /// <summary>Macros of libraries that there are elsewhere: some of their arguments are names of their own.</summary>
    private static readonly HashSet<string> OtherMacros = new(StringComparer.Ordinal)
    {
        "all", "exists", "exists_one", "existsOne", "map", "filter", "sortBy", "transformList", "transformMap",
        "transformMapEntry",
    };

    /// <summary>Names that stand before functions of libraries and types.</summary>
    private static readonly CelEnvironment AnyFunctions = CelEnvironment.Standard.WithAnyFunction().WithVariables(
        "base64", "cel", "format", "google", "ip", "jsonpatch", "kubernetes", "lists", "math", "net", "optional",
        "regex", "sets", "strings");

    /// <summary>The first one; null when all are there.</summary>
    public static CelSyntaxError? Check(CelNode node, CelEnvironment environment) => Check(node, environment, []);

    /// <summary>The first variable that there is not; null when all are there.</summary>
    public static CelSyntaxError? CheckVariables(CelNode node, IEnumerable<string> variables) =>
        Check(node, AnyFunctions.WithVariables([.. variables]), []);

    private static CelSyntaxError? Check(CelNode node, CelEnvironment environment, List<string> locals) => node switch
    {
        CelIdentifier one => locals.Contains(one.Name) || environment.Variables.Contains(one.Name)
            || CelEvaluation.TypeNames.Contains(one.Name) ? null : Missing(one.Offset, one.Name),
        CelSelect one => Check(one.Operand, environment, locals),
        CelCall one when !environment.TakesAnyFunction
            && !environment.Functions.ContainsKey(one.Function) => Missing(one.Offset, one.Function),
        CelCall { HasReceiver: true } one when environment.TakesAnyFunction && OtherMacros.Contains(one.Function) =>
            Check(one.Arguments[0], environment, locals),
        CelCall one => Any(one.Arguments, environment, locals),
        CelLogic one => Any(one.Operands, environment, locals),
        CelConditional one => Any([one.Condition, one.Then, one.Otherwise], environment, locals),
        CelListNode one => Any(one.Items, environment, locals),
        CelMapNode one => Any(one.KeysAndValues, environment, locals),
        CelLoop one => Check(one.Range, environment, locals)
            ?? With(one.Variable, environment, locals, one.Condition, one.Transform),
        CelBinding one => Check(one.Value, environment, locals) ?? With(one.Variable, environment, locals, one.Body),
        _ => null,
    };

    private static CelSyntaxError Missing(int offset, string name) =>
        new(offset, $"undeclared reference to '{name}' (in container '')");

    private static CelSyntaxError? Any(
        ReadOnlySpan<CelNode> nodes, CelEnvironment environment, List<string> locals)
    {
        foreach (CelNode node in nodes)
        {
            if (Check(node, environment, locals) is { } error)
            {
                return error;
            }
        }

        return null;
    }

    private static CelSyntaxError? With(
        string variable, CelEnvironment environment, List<string> locals, params ReadOnlySpan<CelNode?> nodes)
    {
        locals.Add(variable);
        CelSyntaxError? error = null;
        foreach (CelNode? node in nodes)
        {
            error ??= node is null ? null : Check(node, environment, locals);
        }

        locals.RemoveAt(locals.Count - 1);
        return error;
    }
}
