using Keelson.Configuration;
using Keelson.Flags;
using Keelson.Machinery.Values;
using Keelson.Nodes;
using Keelson.Nodes.Eviction;
using Keelson.Nodes.Images.Garbage;

namespace Keelson.Commands.Kubelet;

/// <summary>Flags and settings about what a node has, what is kept from pods, and when pods have to go.</summary>
internal sealed class KubeletResourceFlags
{
    private static readonly Dictionary<string, string> Nothing = new(StringComparer.Ordinal);

    // Thresholds are written with the sign of what they compare: memory.available<100Mi.
    private static readonly FlagForm<IReadOnlyDictionary<string, string>> Thresholds = new(
        "mapStringString",
        static text => FlagForms.Pairs.Read(text.Replace('<', '=')),
        static pairs => FlagForms.Pairs.Show(pairs).Replace('=', '<'))
    {
        Add = FlagForms.Pairs.Add,
    };

    public KubeletResourceFlags(FlagSection flags)
    {
        SystemReserved = flags.Of("system-reserved", FlagForms.Pairs, Nothing, "Kept from pods for the system.");
        KubeReserved = flags.Of("kube-reserved", FlagForms.Pairs, Nothing, "Kept from pods for the agent.");
        Hard = flags.Of("eviction-hard", Thresholds, Nothing, "Below what pods are evicted at once.");
        Soft = flags.Of("eviction-soft", Thresholds, Nothing, "Below what pods are evicted after a while.");
        SoftGrace = flags.Of(
            "eviction-soft-grace-period", FlagForms.Pairs, Nothing, "How long soft thresholds must be met.");
        Reclaim = flags.Of(
            "eviction-minimum-reclaim", FlagForms.Pairs, Nothing, "How much more than a threshold is got back.");
        Transition = flags.Duration(
            "eviction-pressure-transition-period",
            TimeSpan.FromMinutes(5),
            "How long a condition stays after its cause.");
        GraceMax = flags.Number(
            "eviction-max-pod-grace-period", 0, "The longest grace of pods that soft thresholds evict, in seconds.");
        ImageHigh = flags.Number(
            "image-gc-high-threshold", 85, "The percentage of the disk in use from which on unused images go.");
        ImageLow = flags.Number("image-gc-low-threshold", 80, "The percentage to get down to.");
        ImageAge = flags.Duration(
            "minimum-image-ttl-duration", TimeSpan.FromMinutes(2), "How long an unused image is kept in any case.");
        Credentials = flags.Text(
            "image-credential-provider-config", "", "The file that says which programs know credentials for images.");
        CredentialPrograms = flags.Text(
            "image-credential-provider-bin-dir", "", "The directory of those programs.");
        ContainerLogs = new(flags);
    }

    private KubeletLogFlags ContainerLogs { get; }

    private Flag<IReadOnlyDictionary<string, string>> SystemReserved { get; }

    private Flag<IReadOnlyDictionary<string, string>> KubeReserved { get; }

    private Flag<IReadOnlyDictionary<string, string>> Hard { get; }

    private Flag<IReadOnlyDictionary<string, string>> Soft { get; }

    private Flag<IReadOnlyDictionary<string, string>> SoftGrace { get; }

    private Flag<IReadOnlyDictionary<string, string>> Reclaim { get; }

    private Flag<TimeSpan> Transition { get; }

    private Flag<int> GraceMax { get; }

    private Flag<int> ImageHigh { get; }

    private Flag<int> ImageLow { get; }

    private Flag<TimeSpan> ImageAge { get; }

    private Flag<string> Credentials { get; }

    private Flag<string> CredentialPrograms { get; }

    /// <summary>Adds what is wrong with the values.</summary>
    public void Validate(List<string> errors)
    {
        if (Credentials.Value.Length > 0 != CredentialPrograms.Value.Length > 0)
        {
            errors.Add("--image-credential-provider-config and --image-credential-provider-bin-dir belong together");
        }
    }

    /// <summary>The agent's settings with these.</summary>
    public NodeAgentConfig Apply(ConfigurationDocument file, NodeAgentConfig config) => config with
    {
        SystemReserved = Amounts(SystemReserved, file, "systemReserved"),
        KubeReserved = Amounts(KubeReserved, file, "kubeReserved"),
        SystemReservedCgroup = file.Text("", "systemReservedCgroup"),
        KubeReservedCgroup = file.Text("", "kubeReservedCgroup"),
        EnforceNodeAllocatable = [.. file.Texts(["pods"], "enforceNodeAllocatable").Where(static one => one != "none")],
        Eviction = Eviction(file),
        ImageGarbage = new ImageGarbageConfig
        {
            HighPercent = Chosen(ImageHigh, file.Number(85, "imageGCHighThresholdPercent")),
            LowPercent = Chosen(ImageLow, file.Number(80, "imageGCLowThresholdPercent")),
            AgeMin = Chosen(ImageAge, file.Duration(TimeSpan.FromMinutes(2), "imageMinimumGCAge")),
            AgeMax = file.Duration(TimeSpan.Zero, "imageMaximumGCAge"),
        },
        LogRotation = ContainerLogs.Apply(file),
        CredentialProviderConfig = Credentials.Value,
        CredentialProviderDirectory = CredentialPrograms.Value,
    };

    private EvictionConfig Eviction(ConfigurationDocument file)
    {
        // What the file says replaces the defaults as a whole, unless it asks for both.
        Dictionary<string, string> hard = new(file.Pairs(EvictionConfig.DefaultHard, "evictionHard"));
        if (file.Truth(false, "mergeDefaultEvictionSettings"))
        {
            foreach ((string signal, string value) in EvictionConfig.DefaultHard)
            {
                hard.TryAdd(signal, value);
            }
        }

        EvictionConfig config = new()
        {
            Hard = Chosen(Hard, hard),
            Soft = Chosen(Soft, file.Pairs(Nothing, "evictionSoft")),
            SoftGracePeriods = Chosen(SoftGrace, file.Pairs(Nothing, "evictionSoftGracePeriod")),
            MinimumReclaim = Chosen(Reclaim, file.Pairs(Nothing, "evictionMinimumReclaim")),
            PressureTransitionPeriod = Chosen(
                Transition, file.Duration(TimeSpan.FromMinutes(5), "evictionPressureTransitionPeriod")),
            PodGraceSecondsMax = Chosen(GraceMax, file.Number(0, "evictionMaxPodGracePeriod")),
            HasLocalStorageLimits = file.Truth(true, "localStorageCapacityIsolation"),
        };
        return config.FindError() is { } error ? throw new FlagException(error) : config;
    }

    private static T Chosen<T>(Flag<T> flag, T fromFile) => flag.IsSet ? flag.Value : fromFile;

    private static Dictionary<string, Quantity> Amounts(
        Flag<IReadOnlyDictionary<string, string>> flag, ConfigurationDocument file, string name)
    {
        Dictionary<string, Quantity> amounts = new(StringComparer.Ordinal);
        foreach ((string resource, string text) in Chosen(flag, file.Pairs(Nothing, name)))
        {
            amounts[resource] = Quantity.TryParse(text, out Quantity amount, out string? error)
                ? amount
                : throw new FlagException($"{name}.{resource}: {error}");
        }

        return amounts;
    }
}
