using System.Globalization;
using Keelson.Configuration;
using Keelson.Flags;
using Keelson.Machinery.Validation;

namespace Keelson.Commands.Kubelet;

/// <summary>What upstream refuses about fields that have one of few values, in its words.</summary>
internal static class KubeletChoiceRules
{
    private const string Policy = "topologyManagerPolicy (--topology-manager-policy)";
    private const string Driver = "cgroupDriver (--cgroup-driver)";
    private const string Scope = "topologyManagerScope (--topology-manager-scope)";
    private const string Hairpin = "hairpinMode (--hairpin-mode)";
    private const string Verification = "imagePullCredentialsVerificationPolicy ";
    private const string Allowed = "preloadedImagesVerificationAllowlist ";
    private const string Reservation = "memoryReservationPolicy ";
    private const string Throttling = "memoryThrottlingFactor ";
    private const string Reserved = "reservedSystemCPUs (--reserved-cpus)";
    private const string SystemGroup = "systemReservedCgroup (--system-reserved-cgroup)";
    private const string KubeGroup = "kubeReservedCgroup (--kube-reserved-cgroup)";

    private static readonly string[] Policies = ["none", "best-effort", "restricted", "single-numa-node"];
    private static readonly string[] Hairpins = ["none", "hairpin-veth", "promiscuous-bridge"];
    private static readonly string[] Verifications =
        ["NeverVerify", "NeverVerifyPreloadedImages", "NeverVerifyAllowlistedImages", "AlwaysVerify"];

    /// <summary>What is wrong with a configuration.</summary>
    public static IEnumerable<string> Errors(ConfigurationDocument file, FlagSet flags) =>
        [.. Topology(file, flags), .. Images(file), .. Memory(file), .. Processors(file, flags)];

    private static IEnumerable<string> Topology(ConfigurationDocument file, FlagSet flags)
    {
        string driver = KubeletConfigurationRules.Word(file, flags, Driver, "");
        if (driver is not ("" or "cgroupfs" or "systemd"))
        {
            yield return Option(driver, Driver, ["cgroupfs", "systemd"]);
        }

        string policy = KubeletConfigurationRules.Word(file, flags, Policy, Policies[0]);
        if (!Policies.Contains(policy))
        {
            yield return $"{Policy} \"{policy}\" must be one of: [{string.Join(' ', Policies.Select(Quoted))}]";
        }

        string scope = KubeletConfigurationRules.Word(file, flags, Scope, "container");
        if (scope is not ("container" or "pod"))
        {
            yield return $"{Scope} \"{scope}\" must be one of: \"container\", or \"pod\"";
        }

        string hairpin = KubeletConfigurationRules.Word(file, flags, Hairpin, Hairpins[2]);
        if (!Hairpins.Contains(hairpin))
        {
            yield return Option(hairpin, Hairpin, Hairpins);
        }
    }

    private static IEnumerable<string> Images(ConfigurationDocument file)
    {
        string policy = file.Text(Verifications[1], Verification.TrimEnd());
        if (!Verifications.Contains(policy))
        {
            yield return Option(policy, Verification.TrimEnd(), Verifications);
        }

        if (file.Texts([], Allowed.TrimEnd()).Count > 0 && policy != Verifications[2])
        {
            yield return "can't set `preloadedImagesVerificationAllowlist` if "
                + "`imagePullCredentialsVertificationPolicy` is not \"NeverVerifyAllowlistedImages\"";
        }
    }

    private static IEnumerable<string> Memory(ConfigurationDocument file)
    {
        if (file.Fraction(Throttling.TrimEnd()) is { } factor && factor is <= 0 or > 1)
        {
            yield return $"memoryThrottlingFactor {factor.ToString(CultureInfo.InvariantCulture)} must be greater "
                + "than 0 and less than or equal to 1.0";
        }

        string policy = file.Text("None", Reservation.TrimEnd());
        if (policy == "TieredReservation")
        {
            yield return $"memoryReservationPolicy \"{policy}\" requires MemoryQoS feature gate to be enabled";
        }
        else if (policy is not ("" or "None"))
        {
            yield return Option(policy, Reservation.TrimEnd(), ["None", "TieredReservation"]);
        }

        HashSet<(int, string)> seen = [];
        foreach (ConfigurationDocument one in file.Items("reservedMemory"))
        {
            int node = one.Number(0, "numaNode");
            foreach (string resource in one.Pairs(new Dictionary<string, string>(), "limits").Keys)
            {
                if (resource != "memory" && !resource.StartsWith("hugepages-", StringComparison.Ordinal))
                {
                    yield return $"the limit type {GoText.Quote(resource)} for NUMA node {node} is not supported, only "
                        + "[memory hugepages-<HugePageSize>] is accepted";
                }

                if (!seen.Add((node, resource)))
                {
                    yield return $"the reserved memory has a duplicate value for NUMA node {node} and resource "
                        + GoText.Quote(resource);
                }
            }
        }
    }

    private static IEnumerable<string> Processors(ConfigurationDocument file, FlagSet flags)
    {
        string reserved = KubeletConfigurationRules.Word(file, flags, Reserved, "");
        bool isGrouped = new[] { SystemGroup, KubeGroup }.Any(one => file.Text("", one.Split(' ')[0]).Length > 0);
        if (reserved.Length > 0 && isGrouped)
        {
            yield return $"can't use {Reserved} with {SystemGroup} or {KubeGroup}";
        }

        foreach (string end in reserved.Split([',', '-'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (!int.TryParse(end, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            {
                yield return $"unable to parse {Reserved} {reserved}, error: strconv.Atoi: parsing "
                    + $"{GoText.Quote(end)}: invalid syntax";
                yield break;
            }
        }
    }

    private static string Option(string value, string field, string[] all) =>
        $"option {GoText.Quote(value)} specified for {field}. Valid options are "
        + string.Join(", ", all[..^1].Select(Quoted)) + $" or {Quoted(all[^1])}";

    private static string Quoted(string text) => $"\"{text}\"";
}
