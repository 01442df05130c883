using System.Globalization;
using System.Text;
using Keelson.Configuration;
using Keelson.Flags;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Commands.Kubelet;

/// <summary>What upstream refuses about values of a kubelet's configuration, in its words.</summary>
internal static class KubeletConfigurationRules
{
    private const int MostPort = 65535;
    private const string Swap = "memorySwap.swapBehavior";
    private const string Quota = "cpuCFSQuotaPeriod (--cpu-cfs-quota-period)";
    private const string Cgroups = "systemCgroups (--system-cgroups)";
    private const string CgroupRoot = "cgroupRoot (--cgroup-root)";
    private const string Once = "runOnce (--runOnce)";
    private const string Query = "featureGates NodeLogQuery";

    // Fields with the flags that upstream names with them, none of which may be below zero.
    private static readonly string[] NotNegative =
    [
        "eventBurst (--event-burst)", "eventRecordQPS (--event-qps)", "kubeAPIBurst (--kube-api-burst)",
        "kubeAPIQPS (--kube-api-qps)", "maxOpenFiles (--max-open-files)", "maxPods (--max-pods)",
        "podsPerCore (--pods-per-core)", "registryBurst (--registry-burst)", "registryPullQPS (--registry-qps)",
    ];

    private static readonly (string Field, int Least, int Most)[] Between =
    [
        ("healthzPort (--healthz-port)", 1, MostPort),
        ("port (--port)", 1, MostPort),
        ("readOnlyPort (--read-only-port)", 0, MostPort),
        ("oomScoreAdj (--oom-score-adj)", -1000, 1000),
        ("imageGCHighThresholdPercent (--image-gc-high-threshold)", 0, 100),
        ("imageGCLowThresholdPercent (--image-gc-low-threshold)", 0, 100),
        ("iptablesDropBit (--iptables-drop-bit)", 0, 31),
        ("iptablesMasqueradeBit (--iptables-masquerade-bit)", 0, 31),
    ];

    /// <summary>Refuses a configuration with which upstream's kubelet does not start.</summary>
    /// <param name="file">The configuration.</param>
    /// <param name="flags">The command line, which counts more.</param>
    /// <exception cref="FlagException">It is one.</exception>
    public static void Check(ConfigurationDocument file, FlagSet flags)
    {
        string[] errors = [.. Errors(file, flags).Select(static one => "invalid configuration: " + one)];
        if (errors.Length > 0)
        {
            string all = errors.Length == 1 ? errors[0] : "[" + string.Join(", ", errors) + "]";
            throw new FlagException("failed to validate kubelet configuration, error: " + all);
        }
    }

    private static IEnumerable<string> Errors(ConfigurationDocument file, FlagSet flags) =>
    [
        .. Numbers(file, flags), .. Images(file, flags), .. Times(file), .. Words(file, flags),
        .. KubeletEnforcementRules.Errors(file), .. KubeletChoiceRules.Errors(file, flags),
    ];

    private static IEnumerable<string> Numbers(ConfigurationDocument file, FlagSet flags)
    {
        foreach (string one in NotNegative)
        {
            if (Number(file, flags, one, 0) is < 0 and var number)
            {
                yield return $"{one} {Text(number)} must not be a negative number";
            }
        }

        if (file.Number(40, "nodeLeaseDurationSeconds") <= 0)
        {
            yield return "nodeLeaseDurationSeconds must be greater than 0";
        }

        if (file.Number(50, "nodeStatusMaxImages") is < -1 and var images)
        {
            yield return $"nodeStatusMaxImages (--node-status-max-images) {Text(images)} must be -1 or greater";
        }

        foreach ((string field, int least, int most) in Between)
        {
            // Zero turns the port off.
            int number = Number(file, flags, field, least);
            bool isOff = number == 0 && field.StartsWith("healthz", StringComparison.Ordinal);
            if (!isOff && (number < least || number > most))
            {
                yield return $"{field} {Text(number)} must be between {Text(least)} and {Text(most)}, inclusive";
            }
        }
    }

    private static IEnumerable<string> Images(ConfigurationDocument file, FlagSet flags)
    {
        int high = Number(file, flags, Between[4].Field, 85);
        int low = Number(file, flags, Between[5].Field, 80);
        if (low >= high)
        {
            yield return $"{Between[5].Field} {Text(low)} must be less than {Between[4].Field} {Text(high)}";
        }

        const string Parallel = "maxParallelImagePulls";
        int pulls = file.Number(1, Parallel);
        if (pulls < 1)
        {
            yield return $"{Parallel} {Text(pulls)} must be a positive number";
        }
        else if (pulls > 1 && file.Truth(true, "serializeImagePulls"))
        {
            yield return $"{Parallel} cannot be larger than 1 unless SerializeImagePulls "
                + "(--serialize-image-pulls) is set to false";
        }

        TimeSpan least = file.Duration(TimeSpan.FromMinutes(2), "imageMinimumGCAge");
        TimeSpan most = file.Duration(TimeSpan.Zero, "imageMaximumGCAge");
        if (most < TimeSpan.Zero)
        {
            yield return $"imageMaximumGCAge {GoDuration.Format(most)} must not be negative";
        }
        else if (most > TimeSpan.Zero && most <= least)
        {
            yield return $"imageMaximumGCAge {GoDuration.Format(most)} must be greater than imageMinimumGCAge "
                + GoDuration.Format(least);
        }
    }

    private static IEnumerable<string> Times(ConfigurationDocument file)
    {
        TimeSpan whole = file.Duration(TimeSpan.Zero, "shutdownGracePeriod");
        TimeSpan critical = file.Duration(TimeSpan.Zero, "shutdownGracePeriodCriticalPods");
        if (critical > whole)
        {
            yield return $"shutdownGracePeriodCriticalPods {GoDuration.Format(critical)} must be <= "
                + $"shutdownGracePeriod {GoDuration.Format(whole)}";
        }

        foreach (string one in (string[])["shutdownGracePeriod", "shutdownGracePeriodCriticalPods"])
        {
            TimeSpan span = file.Duration(TimeSpan.Zero, one);
            if (span != TimeSpan.Zero && span < TimeSpan.FromSeconds(1))
            {
                yield return $"{one} {GoDuration.Format(span)} must be either zero or otherwise >= 1 sec";
            }
        }

        if (file.Items("shutdownGracePeriodByPodPriority").Count > 0
            && (whole > TimeSpan.Zero || critical > TimeSpan.Zero))
        {
            yield return "Cannot specify both shutdownGracePeriodByPodPriority and shutdownGracePeriod at the same "
                + "time";
        }

        TimeSpan restart = file.Duration(TimeSpan.FromSeconds(300), "crashLoopBackOff", "maxContainerRestartPeriod");
        if (restart < TimeSpan.FromSeconds(1) || restart > TimeSpan.FromSeconds(300))
        {
            yield return "CrashLoopBackOff.MaxContainerRestartPeriod (got: "
                + restart.TotalSeconds.ToString(CultureInfo.InvariantCulture)
                + " seconds) must be set between 1s and 300s";
        }

        TimeSpan quota = file.Duration(TimeSpan.FromMilliseconds(100), Quota.Split(' ')[0]);
        if (quota != TimeSpan.FromMilliseconds(100))
        {
            yield return $"{Quota} {GoDuration.Format(quota)} requires feature gate CustomCPUCFSQuotaPeriod";
        }

        if (file.Number(1, "containerLogMaxWorkers") < 1)
        {
            yield return "containerLogMaxWorkers must be greater than or equal to 1";
        }

        if (file.Duration(TimeSpan.FromSeconds(10), "containerLogMonitorInterval") < TimeSpan.FromSeconds(3))
        {
            yield return "containerLogMonitorInterval must be a positive time duration greater than or equal to 3s";
        }
    }

    private static IEnumerable<string> Words(ConfigurationDocument file, FlagSet flags)
    {
        if (file.Text("", Cgroups.Split(' ')[0]).Length > 0 && Word(file, flags, CgroupRoot, "").Length == 0)
        {
            yield return $"{Cgroups} was specified and {CgroupRoot} was not specified";
        }

        if (file.Truth(false, Once.Split(' ')[0]))
        {
            yield return Once + " true, Runonce mode has been deprecated and should not be set";
        }

        string swap = file.Text("", Swap.Split('.'));
        if (swap is not ("" or "NoSwap" or "LimitedSwap"))
        {
            yield return $"{Swap} \"{swap}\" must be one of: \"\", \"LimitedSwap\" or \"NoSwap\"";
        }

        if (!file.Truth(true, "singleProcessOOMKill") && !File.Exists("/sys/fs/cgroup/cgroup.controllers"))
        {
            yield return "singleProcessOOMKill must not be explicitly set to false when using cgroup v1";
        }

        foreach (string one in Paths(file.Text("/var/log/pods", "podLogsDir")))
        {
            yield return one;
        }

        bool isQueried = file.Truth(false, "enableSystemLogQuery");
        if (isQueried && !file.Truth(false, Query.Split(' ')))
        {
            yield return "NodeLogQuery feature gate is required for enableSystemLogQuery";
        }

        if (isQueried && !file.Truth(true, "enableSystemLogHandler"))
        {
            yield return "enableSystemLogHandler is required for enableSystemLogQuery";
        }
    }

    private static IEnumerable<string> Paths(string logs)
    {
        if (logs.Length == 0)
        {
            yield return "podLogsDir was not specified";
        }

        if (!logs.StartsWith('/'))
        {
            yield return $"pod logs path \"{logs}\" must be absolute path";
        }
        else if (Path.GetFullPath(logs) != logs)
        {
            yield return $"pod logs path \"{logs}\" must be normalized";
        }

        if (!Ascii.IsValid(logs))
        {
            yield return $"pod logs path {GoText.Quote(logs)} mut contains ASCII characters only";
        }
    }

    /// <summary>A word of the command line, or of the file.</summary>
    internal static string Word(ConfigurationDocument file, FlagSet flags, string field, string without) =>
        Flag(flags, field) is { IsSet: true } flag ? flag.Text : file.Text(without, field.Split(' ')[0]);

    private static int Number(ConfigurationDocument file, FlagSet flags, string field, int without) =>
        Flag(flags, field) is { IsSet: true } flag
            && int.TryParse(flag.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number)
            ? number
            : file.Number(without, field.Split(' ')[0]);

    /// <summary>The flag that is named with a field.</summary>
    private static Flag? Flag(FlagSet flags, string field)
    {
        string name = field[(field.IndexOf("--", StringComparison.Ordinal) + 2)..].TrimEnd(')');
        return flags.All.FirstOrDefault(one => one.Name == name);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
