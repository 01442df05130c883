using System.Collections.Concurrent;
using Keelson.Api.Resource.V1;
using Keelson.Machinery.Cel;
using Keelson.Machinery.Values;

namespace Keelson.Scheduler.Plugins.DynamicResources;

/// <summary>Holds devices against selectors. Expressions are read once. From any thread.</summary>
internal sealed class DeviceSelectors
{
    /// <summary>Upstream's <c>CELSelectorExpressionMaxCost</c>.</summary>
    private const long CostLimit = 1_000_000;

    /// <summary>So many expressions are kept; they come from users.</summary>
    private const int MostKept = 1000;

    private readonly ConcurrentDictionary<string, (CelProgram? Program, string? Error)> _programs =
        new(StringComparer.Ordinal);

    /// <summary>True when a device meets all of them; null with the problem when one can't tell.</summary>
    /// <param name="selectors">The selectors.</param>
    /// <param name="whose">Whose they are, for the problem: <c>class gpu</c>.</param>
    /// <param name="device">The device.</param>
    /// <param name="problem">The problem, in upstream's words.</param>
    public bool? Match(in ApiList<DeviceSelector> selectors, string whose, PooledDevice device, out string? problem)
    {
        problem = null;
        for (int i = 0; i < selectors.Count; i++)
        {
            string expression = selectors[i].Cel?.Expression ?? "";
            if (ProgramOf(expression, out string? error) is not { } program)
            {
                problem = FormattableString.Invariant(
                    $"{whose}: selector #{i}: CEL compile error: compilation failed: {error}");
                return null;
            }

            CelValue? value = device.Variables(out error) is { } variables
                ? program.Evaluate(variables, CostLimit)
                : new CelError(error!);
            if (value is CelBool truth)
            {
                if (!truth.Truth)
                {
                    return false;
                }

                continue;
            }

            string reason = value is CelError failure ? failure.Message
                : $"CEL result of type {value.TypeName} could not be converted to bool: "
                    + $"type conversion error from '{value.TypeName}' to 'bool'";
            problem = FormattableString.Invariant($"{whose}: selector #{i}: CEL runtime error: {reason}");
            return null;
        }

        return true;
    }

    private CelProgram? ProgramOf(string expression, out string? error)
    {
        if (!_programs.TryGetValue(expression, out (CelProgram? Program, string? Error) known))
        {
            CelProgram.TryCompile(expression, DeviceVariables.Environment, out CelProgram? program,
                out string? problem);
            known = (program, problem);
            if (_programs.Count >= MostKept)
            {
                _programs.Clear();
            }

            _programs[expression] = known;
        }

        error = known.Error;
        return known.Program;
    }
}
