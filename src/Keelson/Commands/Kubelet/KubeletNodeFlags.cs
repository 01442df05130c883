using System.Globalization;
using Keelson.Api.Core.V1;
using Keelson.Configuration;
using Keelson.Flags;
using Keelson.Nodes;
using Keelson.Nodes.Images.Pulls;

namespace Keelson.Commands.Kubelet;

/// <summary>Flags and settings about the node's object, and about how many pods it takes and how.</summary>
internal sealed class KubeletNodeFlags
{
    private const string SwapFile = "/proc/swaps";

    public KubeletNodeFlags(FlagSection node, FlagSection pods)
    {
        Taints = node.Texts("register-with-taints", "Taints to register with: key=value:effect.");
        Registers = node.Switch("register-node", true, "Make the node's object.");
        FailsOnSwap = node.Switch("fail-swap-on", false, "Do not start where memory is swapped.");
        MaxPods = pods.Number("max-pods", 110, "The most pods.");
        PerProcessor = pods.Number("pods-per-core", 0, "The most pods for each processor; 0 for no such bound.");
        Processes = pods.Number("pod-max-pids", -1, "The most processes of a pod; -1 for no bound.");
        SerializesPulls = pods.Switch("serialize-image-pulls", true, "Pull one image after the other.");
        HasGroups = pods.Switch("cgroups-per-qos", true, "Give each pod a control group.");
        DefaultSeccomp = pods.Switch(
            "seccomp-default", false, "Give containers that choose no seccomp profile the runtime's.");
    }

    private Flag<IReadOnlyList<string>> Taints { get; }

    private Flag<bool> Registers { get; }

    private Flag<bool> FailsOnSwap { get; }

    private Flag<int> MaxPods { get; }

    private Flag<int> PerProcessor { get; }

    private Flag<int> Processes { get; }

    private Flag<bool> SerializesPulls { get; }

    private Flag<bool> HasGroups { get; }

    private Flag<bool> DefaultSeccomp { get; }

    /// <summary>Adds what is wrong with the values.</summary>
    public void Validate(List<string> errors)
    {
        foreach (string one in Taints.Value)
        {
            if (TaintOf(one) is null)
            {
                errors.Add($"invalid taint spec: {one}");
            }
        }
    }

    /// <summary>The agent's settings with these.</summary>
    /// <exception cref="FlagException">A value is wrong, or the machine is not as it must be.</exception>
    public NodeAgentConfig Apply(ConfigurationDocument file, NodeAgentConfig config)
    {
        if (Chosen(FailsOnSwap, file.Truth(false, "failSwapOn")) && IsSwapping())
        {
            throw new FlagException(
                "running with swap on is not supported, please disable swap or set --fail-swap-on flag to false");
        }

        int lease = file.Number(config.LeaseSeconds, "nodeLeaseDurationSeconds");
        if (lease <= 0)
        {
            throw new FlagException("invalid configuration: nodeLeaseDurationSeconds must be greater than 0");
        }

        int images = file.Number(config.StatusImagesMax, "nodeStatusMaxImages");
        if (images < -1)
        {
            throw new FlagException("invalid configuration: nodeStatusMaxImages (--node-status-max-images) "
                + images.ToString(CultureInfo.InvariantCulture) + " must be -1 or greater");
        }

        TimeSpan update = file.Duration(config.StatusPeriod, "nodeStatusUpdateFrequency");
        return config with
        {
            Taints = Taints.IsSet ? [.. Taints.Value.Select(one => TaintOf(one)!)] : FromFile(file),
            Registers = Chosen(Registers, file.Truth(true, "registerNode")),
            MaxPods = Chosen(MaxPods, file.Number(MaxPods.Value, "maxPods")),
            PodsPerProcessor = Chosen(PerProcessor, file.Number(0, "podsPerCore")),
            PodProcessesMax = Chosen(Processes, file.Number(-1, "podPidsLimit")),
            IdsPerPod = IdsPerPod(file),
            DefaultSeccomp = Chosen(DefaultSeccomp, file.Truth(false, "seccompDefault")),
            PullVerification = Enum.Parse<PullVerificationPolicy>(file.Text(
                nameof(PullVerificationPolicy.NeverVerifyPreloadedImages), "imagePullCredentialsVerificationPolicy")),
            PullAllowlist = file.Texts([], "preloadedImagesVerificationAllowlist"),
            ParallelImagePulls = Chosen(SerializesPulls, file.Truth(true, "serializeImagePulls"))
                ? 1
                : Math.Max(1, file.Number(10, "maxParallelImagePulls")),
            PodCgroups = Chosen(HasGroups, file.Truth(true, "cgroupsPerQOS")),
            KillsSingleProcesses =
                file.Has("singleProcessOOMKill") ? file.Truth(true, "singleProcessOOMKill") : null,
            LeaseSeconds = lease,
            StatusImagesMax = images,
            StatusPeriod = update > TimeSpan.Zero ? update : config.StatusPeriod,
            ReportPeriod = file.Duration(
                file.Has("nodeStatusUpdateFrequency") ? update : config.ReportPeriod, "nodeStatusReportFrequency"),
        };
    }

    private static uint IdsPerPod(ConfigurationDocument file)
    {
        const int Unit = 65536;
        int ids = file.Number(Unit, "userNamespaces", "idsPerPod");
        return ids >= Unit && ids % Unit == 0
            ? (uint)ids
            : throw new FlagException("invalid configuration: userNamespaces.idsPerPod "
                + ids.ToString(CultureInfo.InvariantCulture) + " must be a positive multiple of 65536");
    }

    private static T Chosen<T>(Flag<T> flag, T fromFile) => flag.IsSet ? flag.Value : fromFile;

    /// <summary>The first line is a heading.</summary>
    private static bool IsSwapping() => File.Exists(SwapFile) && File.ReadLines(SwapFile).Skip(1).Any();

    private static IReadOnlyList<Taint> FromFile(ConfigurationDocument file) =>
    [
        .. file.Items("registerWithTaints").Select(static one => new Taint
        {
            Key = one.Text("", "key"), Value = one.Text("", "value"), Effect = one.Text("", "effect"),
        }),
    ];

    /// <summary><c>key[=value]:effect</c>; null for anything else.</summary>
    private static Taint? TaintOf(string text)
    {
        string[] parts = text.Split(':');
        string[] pair = parts[0].Split('=');
        return parts.Length != 2 || pair.Length > 2 || pair[0].Length == 0
            || parts[1] is not ("NoSchedule" or "PreferNoSchedule" or "NoExecute")
                ? null
                : new Taint { Key = pair[0], Value = pair.Length > 1 ? pair[1] : "", Effect = parts[1] };
    }
}
