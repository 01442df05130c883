namespace Keelson.Machinery.Cel;

/// <summary>
/// What a function makes of its arguments, of which a receiver is the first; null when it does not take such.
/// </summary>
/// <param name="arguments">The arguments, none of them an error.</param>
public delegate CelValue? CelFunction(ReadOnlySpan<CelValue> arguments);

/// <summary>What expressions may use: variables and functions.</summary>
public sealed class CelEnvironment
{
    private CelEnvironment(HashSet<string> variables, Dictionary<string, CelFunction> functions)
    {
        Variables = variables;
        Functions = functions;
    }

    /// <summary>The functions of the language, without variables.</summary>
    public static CelEnvironment Standard { get; } = new([], new(CelStandardFunctions.All, StringComparer.Ordinal));

    /// <summary>The variables that there are.</summary>
    internal HashSet<string> Variables { get; }

    /// <summary>The functions by name; operators have names such as <c>_+_</c>.</summary>
    internal Dictionary<string, CelFunction> Functions { get; }

    /// <summary>True when nobody asks whether functions are there.</summary>
    internal bool TakesAnyFunction { get; private init; }

    /// <summary>The same, whatever functions are used.</summary>
    internal CelEnvironment WithAnyFunction() => new(Variables, Functions) { TakesAnyFunction = true };

    /// <summary>The same with quantities and versions, which Kubernetes adds everywhere.</summary>
    public CelEnvironment WithKubernetes() =>
        WithFunctions(CelQuantityFunctions.All).WithFunctions(CelSemverFunctions.All);

    /// <summary>The same with further variables.</summary>
    public CelEnvironment WithVariables(params ReadOnlySpan<string> names) =>
        new([.. Variables, .. names], Functions) { TakesAnyFunction = TakesAnyFunction };

    /// <summary>
    /// The same with further functions. Where there is one of the name already, arguments that one does not take go to
    /// the other.
    /// </summary>
    public CelEnvironment WithFunctions(IEnumerable<KeyValuePair<string, CelFunction>> functions)
    {
        Dictionary<string, CelFunction> all = new(Functions, StringComparer.Ordinal);
        foreach ((string name, CelFunction function) in functions)
        {
            all[name] = all.TryGetValue(name, out CelFunction? there)
                ? arguments => there(arguments) ?? function(arguments)
                : function;
        }

        return new(Variables, all);
    }
}
