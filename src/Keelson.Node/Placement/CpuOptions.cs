namespace Keelson.Nodes.Placement;

/// <summary>Options of the CPU policy <c>static</c> (<c>cpuManagerPolicyOptions</c>).</summary>
internal sealed record CpuOptions
{
    /// <summary>The options that there are.</summary>
    public static readonly IReadOnlyList<string> Names =
    [
        "full-pcpus-only", "distribute-cpus-across-numa", "align-by-socket", "distribute-cpus-across-cores",
        "strict-cpu-reservation", "prefer-align-cpus-by-uncorecache",
    ];

    // Those that upstream's release does not have on by default.
    private static readonly IReadOnlyList<string> Alpha = ["align-by-socket", "distribute-cpus-across-cores"];

    /// <summary>Only whole cores are given.</summary>
    public bool OnlyFullCores { get; init; }

    /// <summary>What does not fit one NUMA node is spread evenly over as few as possible.</summary>
    public bool SpreadsOverNuma { get; init; }

    /// <summary>NUMA nodes of one socket count as close.</summary>
    public bool AlignsBySocket { get; init; }

    /// <summary>Processors are taken from as many cores as possible.</summary>
    public bool SpreadsOverCores { get; init; }

    /// <summary>Reserved processors are not shared either.</summary>
    public bool IsStrict { get; init; }

    /// <summary>Processors that share the last level of cache are preferred.</summary>
    public bool PrefersCaches { get; init; }

    /// <summary>Reads options that <see cref="FindError"/> found nothing wrong with.</summary>
    public static CpuOptions Of(IReadOnlyDictionary<string, string> options)
    {
        bool Has(string name) => options.TryGetValue(name, out string? text) && Truth(text) == true;
        return new()
        {
            OnlyFullCores = Has("full-pcpus-only"),
            SpreadsOverNuma = Has("distribute-cpus-across-numa"),
            AlignsBySocket = Has("align-by-socket"),
            SpreadsOverCores = Has("distribute-cpus-across-cores"),
            IsStrict = Has("strict-cpu-reservation"),
            PrefersCaches = Has("prefer-align-cpus-by-uncorecache"),
        };
    }

    /// <summary>Null, or what is wrong with options, in upstream's words.</summary>
    public static string? FindError(IReadOnlyDictionary<string, string> options, string topologyPolicy)
    {
        foreach ((string name, string text) in options.OrderBy(static one => one.Key, StringComparer.Ordinal))
        {
            if (!Names.Contains(name))
            {
                return $"unknown CPU Manager Policy option: \"{name}\"";
            }

            if (Truth(text) is null)
            {
                return $"bad value for option \"{name}\": strconv.ParseBool: parsing \"{text}\": invalid syntax";
            }
        }

        CpuOptions wanted = Of(options);
        return wanted switch
        {
            { OnlyFullCores: true, SpreadsOverCores: true } => Conflict("full-pcpus-only", Alpha[1]),
            { AlignsBySocket: true } when topologyPolicy == "single-numa-node" =>
                "Topology manager single-numa-node policy is incompatible with CPUManager align-by-socket policy "
                + "option",
            { SpreadsOverNuma: true, SpreadsOverCores: true } => Conflict("distribute-cpus-across-numa", Alpha[1]),
            { PrefersCaches: true, SpreadsOverNuma: true } =>
                Conflict("prefer-align-cpus-by-uncorecache", "distribute-cpus-across-numa"),
            { PrefersCaches: true, SpreadsOverCores: true } =>
                Conflict("prefer-align-cpus-by-uncorecache", Alpha[1]),
            _ => null,
        };
    }

    private static string Conflict(string one, string other) =>
        $"static policy options {one} and {other} can not be used at the same time";

    /// <summary>What Go takes for a truth; null for anything else.</summary>
    internal static bool? Truth(string text) => text switch
    {
        "1" or "t" or "T" or "true" or "TRUE" or "True" => true,
        "0" or "f" or "F" or "false" or "FALSE" or "False" => false,
        _ => null,
    };
}
