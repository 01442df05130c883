namespace Keelson.Nodes.Cgroups;

/// <summary>What a control group is bound to; what is null stays as it is.</summary>
internal readonly record struct CgroupBounds
{
    /// <summary>In place of a number: no bound.</summary>
    public const long None = -1;

    /// <summary>CPU shares, as version 1 counts them: 2 to 262144.</summary>
    public long? CpuShares { get; init; }

    /// <summary>Microseconds of processors in a period of 100 ms.</summary>
    public long? CpuQuota { get; init; }

    /// <summary>Bytes.</summary>
    public long? Memory { get; init; }

    /// <summary>Processes and threads.</summary>
    public long? Processes { get; init; }
}
