namespace Keelson.Nodes.Containers;

/// <summary>CPU amounts as control groups have them.</summary>
internal static class CpuShares
{
    /// <summary>Microseconds of a period.</summary>
    public const long Period = 100_000;

    private const long Fewest = 2;
    private const long Most = 262144;
    private const long PerCpu = 1024;
    private const long ShortestQuota = 1000;

    /// <summary>Shares of a request in thousandths of a CPU.</summary>
    public static long Of(long milliCpu) =>
        milliCpu == 0 ? Fewest : Math.Clamp(milliCpu * PerCpu / 1000, Fewest, Most);

    /// <summary>Microseconds of a period for a limit; 0 for none.</summary>
    public static long QuotaOf(long milliCpu) =>
        milliCpu == 0 ? 0 : Math.Max(milliCpu * Period / 1000, ShortestQuota);

    /// <summary>The weight that control groups of version 2 have for shares: [2, 262144] to [1, 10000].</summary>
    public static long WeightOf(long shares) => 1 + ((Math.Clamp(shares, Fewest, Most) - 2) * 9999 / 262142);
}
