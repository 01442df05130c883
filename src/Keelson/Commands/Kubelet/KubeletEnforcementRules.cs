using Keelson.Configuration;

namespace Keelson.Commands.Kubelet;

/// <summary>What upstream refuses about what is to be held to its bounds, in its words.</summary>
internal static class KubeletEnforcementRules
{
    private const string Bound = "enforceNodeAllocatable (--enforce-node-allocatable)";
    private const string System = "systemReservedCgroup (--system-reserved-cgroup)";
    private const string Kube = "kubeReservedCgroup (--kube-reserved-cgroup)";
    private const string None = "none";

    private static readonly string[] Options =
    [
        "pods", "system-reserved", "system-reserved-compressible", "kube-reserved", "kube-reserved-compressible", None,
    ];

    /// <summary>What is wrong with a configuration.</summary>
    public static IEnumerable<string> Errors(ConfigurationDocument file)
    {
        // Without the field, pods as a whole are bound.
        IReadOnlyList<string> chosen = file.Texts(["pods"], Bound.Split(' ')[0]);
        foreach (string one in (string[])["system-reserved", "kube-reserved"])
        {
            if (chosen.Contains(one) && chosen.Contains(one + "-compressible"))
            {
                yield return $"both \"{one}\" and \"{one}-compressible\" cannot be specified together in {Bound}";
            }
        }

        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (string one in chosen)
        {
            string? error = !seen.Add(one) ? $"duplicated enforcements \"{one}\" in {Bound}" : Of(one, file, chosen);
            if (error is not null)
            {
                yield return error;
            }

            bool isKnown = Options.Contains(one) && one != None;
            if (isKnown && !file.Truth(true, "cgroupsPerQOS"))
            {
                yield return $"cgroupsPerQOS (--cgroups-per-qos) must be set to true when \"{one}\" contained in "
                    + Bound;
            }
        }
    }

    private static string? Of(string one, ConfigurationDocument file, IReadOnlyList<string> chosen) => one switch
    {
        "pods" => null,
        "system-reserved" or "system-reserved-compressible" => Needs(file, System, Options[1], Options[2]),
        "kube-reserved" or "kube-reserved-compressible" => Needs(file, Kube, Options[3], Options[4]),
        None => chosen.Count > 1
            ? $"{Bound} may not contain additional enforcements when \"{None}\" is specified"
            : null,
        _ => $"option \"{one}\" specified for {Bound}. Valid options are "
            + string.Join(", ", Options[..^1].Select(static it => $"\"{it}\"")) + $" or \"{None}\"",
    };

    private static string? Needs(ConfigurationDocument file, string field, string option, string other) =>
        file.Text("", field.Split(' ')[0]).Length > 0
            ? null
            : $"{field} must be specified when \"{option}\" or \"{other}\" included in {Bound}";
}
