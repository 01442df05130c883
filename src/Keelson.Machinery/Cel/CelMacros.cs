namespace Keelson.Machinery.Cel;

/// <summary>Calls whose arguments are expressions rather than values.</summary>
internal static class CelMacros
{
    /// <summary>True when a call with a receiver is a macro.</summary>
    public static bool IsMacro(CelNode receiver, string name, int arguments) => name switch
    {
        "all" or "exists" or "exists_one" or "existsOne" or "filter" => arguments == 2,
        "map" => arguments is 2 or 3,
        "bind" => arguments == 3 && receiver is CelIdentifier { Name: "cel" },
        _ => false,
    };

    /// <summary>What a macro stands for; null with the problem when its first argument is no name.</summary>
    public static CelNode? Expand(CelNode receiver, CelToken name, List<CelNode> arguments, out string problem)
    {
        problem = "";
        if (arguments[0] is not CelIdentifier variable)
        {
            problem = name.Text == "bind" ? "cel.bind() variable names must be simple identifiers"
                : "argument must be a simple name";
            return null;
        }

        CelLoop Loop(CelLoopKind kind, CelNode? condition, CelNode? transform) =>
            new(name.Offset, kind, receiver, variable.Name, condition, transform);
        return name.Text switch
        {
            "all" => Loop(CelLoopKind.All, arguments[1], null),
            "exists" => Loop(CelLoopKind.Exists, arguments[1], null),
            "exists_one" or "existsOne" => Loop(CelLoopKind.ExistsOne, arguments[1], null),
            "filter" => Loop(CelLoopKind.Filter, arguments[1], null),
            "map" => arguments.Count == 2
                ? Loop(CelLoopKind.Map, null, arguments[1])
                : Loop(CelLoopKind.Map, arguments[1], arguments[2]),
            _ => new CelBinding(name.Offset, variable.Name, arguments[1], arguments[2]),
        };
    }
}
