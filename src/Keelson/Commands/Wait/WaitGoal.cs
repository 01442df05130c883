using Keelson.Clusters;
using Keelson.Machinery.Trees;
using Keelson.Printing;

namespace Keelson.Commands.Wait;

/// <summary>Of what kind a goal is.</summary>
internal enum WaitKind
{
    Create,
    Delete,
    Condition,
    Path,
}

/// <summary>What is waited for: the words of <c>--for</c>.</summary>
/// <param name="Kind">Of what kind.</param>
/// <param name="Name">The condition.</param>
/// <param name="Value">What it shall be; null for any.</param>
/// <param name="Path">The path.</param>
internal sealed record WaitGoal(WaitKind Kind, string Name, string? Value, JsonPath? Path)
{
    /// <summary>Reads the words.</summary>
    /// <exception cref="CommandException">They are none.</exception>
    public static WaitGoal Of(string text)
    {
        if (text.Equals("delete", StringComparison.OrdinalIgnoreCase))
        {
            return new(WaitKind.Delete, "", null, null);
        }

        if (text.Equals("create", StringComparison.OrdinalIgnoreCase))
        {
            return new(WaitKind.Create, "", null, null);
        }

        if (text.StartsWith("condition=", StringComparison.Ordinal))
        {
            string[] parts = text["condition=".Length..].Split('=', 2);
            return new(WaitKind.Condition, parts[0], parts.Length == 2 ? parts[1] : "true", null);
        }

        if (text.StartsWith("jsonpath=", StringComparison.Ordinal))
        {
            string rest = text["jsonpath=".Length..];
            int close = rest.LastIndexOf('}');
            int equals = close < 0 ? rest.IndexOf('=') : rest.IndexOf('=', close);
            string path = equals < 0 ? rest : rest[..equals];
            string? value = equals < 0 ? null : rest[(equals + 1)..];
            return value is { Length: 0 }
                ? throw new CommandException("jsonpath wait has to have a value after equal sign, like "
                    + "--for=jsonpath='{.status.readyReplicas}'=3")
                : new(WaitKind.Path, "", value, JsonPath.Relaxed(path.Trim('\'')));
        }

        throw new CommandException($"unrecognized condition: \"{text}\"");
    }

    /// <summary>Whether an object is as it should be.</summary>
    public bool IsMet(ObjectTree obj) => Kind switch
    {
        WaitKind.Create => true,
        WaitKind.Condition => HasCondition(obj),
        WaitKind.Path => Path!.Find(obj) is [var first, ..] && (Value is null || JsonPath.TextOf(first) == Value),
        _ => false,
    };

    /// <summary>A condition that was observed of an older generation does not count.</summary>
    private bool HasCondition(ObjectTree obj)
    {
        ObjectTree? condition = obj.Objects("status", "conditions").FirstOrDefault(
            one => one.TextAt("type").Equals(Name, StringComparison.OrdinalIgnoreCase));
        if (condition is null)
        {
            return false;
        }

        long? generation = obj.Number("metadata", "generation");
        long? observed = condition.Number("observedGeneration") ?? obj.Number("status", "observedGeneration");
        bool isOld = generation is not null && observed is not null && observed < generation;
        return !isOld && condition.TextAt("status").Equals(Value, StringComparison.OrdinalIgnoreCase);
    }
}
