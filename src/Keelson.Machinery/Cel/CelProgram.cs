using System.Diagnostics.CodeAnalysis;

namespace Keelson.Machinery.Cel;

/// <summary>An expression of the Common Expression Language, ready to be evaluated. Immutable.</summary>
public sealed class CelProgram
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

    /// <summary>The expression's value; a <see cref="CelError"/> when it has none.</summary>
    /// <param name="variables">The variables that the environment names.</param>
    /// <param name="costLimit">How many steps it may take; what goes on longer is an error.</param>
    public CelValue Evaluate(IReadOnlyDictionary<string, CelValue> variables, long costLimit) =>
        new CelEvaluation(_environment, variables, costLimit).Evaluate(_root);
}
