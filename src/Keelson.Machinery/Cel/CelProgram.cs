using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Keelson.Machinery.Cel;

/// <summary>An expression of the Common Expression Language, ready to be evaluated. Immutable.</summary>
public sealed partial class CelProgram
{
    private readonly CelNode _root;
    private readonly CelEnvironment _environment;

    private CelProgram(CelNode root, CelEnvironment environment)
    {
        _root = root;
        _environment = environment;
    }

    /// <summary>
    /// Reads an expression; false with what is wrong with it, as the reference implementation shows it.
    /// </summary>
    /// <param name="text">The expression.</param>
    /// <param name="environment">What it may use.</param>
    /// <param name="program">The expression.</param>
    /// <param name="error">What is wrong.</param>
    public static bool TryCompile(
        string text, CelEnvironment environment, [NotNullWhen(true)] out CelProgram? program,
        [NotNullWhen(false)] out string? error)
    {
        program = null;
        CelNode? root = CelParser.Parse(text, out CelSyntaxError? problem);
        problem ??= CelReferences.Check(root!, environment);
        if (problem is not null)
        {
            error = problem.Show(text);
            return false;
        }

        error = null;
        program = new(root!, environment);
        return true;
    }

    /// <summary>
    /// Looks at an expression that others will evaluate; false with what is wrong with it, as the reference
    /// implementation shows it. Functions are not looked at, nor is anything where optional fields are: what of these
    /// there is is the others' business.
    /// </summary>
    /// <param name="text">The expression.</param>
    /// <param name="types">
    /// The variables, and where they are known their types and those of their fields, by <c>name</c> and
    /// <c>name.field</c>; empty for a type that is not known.
    /// </param>
    /// <param name="type">The expression's type; null where its text does not tell.</param>
    /// <param name="error">What is wrong.</param>
    public static bool TryCheck(
        string text, IReadOnlyDictionary<string, string> types, out string? type,
        [NotNullWhen(false)] out string? error)
    {
        (type, error) = (null, null);
        if (OptionalSyntax().IsMatch(text))
        {
            return true;
        }

        CelNode? root = CelParser.Parse(text, out CelSyntaxError? problem);
        problem ??= CelReferences.CheckVariables(root!, types.Keys.Where(name => !name.Contains('.')));
        error = problem?.Show(text);
        type = problem is null ? CelTypes.Of(root!, types) : null;
        return error is null;
    }

    [GeneratedRegex(@"[.\[{,]\s*\?")]
    private static partial Regex OptionalSyntax();

    /// <summary>The expression's value; a <see cref="CelError"/> when it has none.</summary>
    /// <param name="variables">The variables that the environment names.</param>
    /// <param name="costLimit">How many steps it may take; what goes on longer is an error.</param>
    public CelValue Evaluate(IReadOnlyDictionary<string, CelValue> variables, long costLimit) =>
        new CelEvaluation(_environment, variables, costLimit).Evaluate(_root);
}
