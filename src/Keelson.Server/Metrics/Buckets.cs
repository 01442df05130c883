namespace Keelson.Server.Metrics;

/// <summary>Upper bounds of histograms.</summary>
internal static class Buckets
{
    /// <summary>Durations of requests, in seconds.</summary>
    public static double[] Requests { get; } =
        [0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60];

    /// <summary>Durations that service levels are measured by, in seconds.</summary>
    public static double[] ServiceLevel { get; } = Requests[2..];

    /// <summary>Durations of admission, in seconds.</summary>
    public static double[] Admission { get; } = [0.005, 0.025, 0.1, 0.5, 1, 2.5];

    /// <summary>Remaining lives of client certificates, in seconds.</summary>
    public static double[] CertificateLife { get; } =
        [0, 1800, 3600, 7200, 21600, 43200, 86400, 172800, 345600, 604800, 2592000, 7776000, 15552000, 31104000];

    /// <summary>Time in and after a queue, in seconds.</summary>
    public static double[] Queue { get; } = [0, 0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30];

    /// <summary>Each bound is the one before times a factor.</summary>
    public static double[] Exponential(double first, double factor, int count) =>
        [.. Enumerable.Range(0, count).Select(i => Math.Round(first * Math.Pow(factor, i), 9))];

    /// <summary>Each bound is the one before plus a step.</summary>
    public static double[] Linear(double first, double step, int count) =>
        [.. Enumerable.Range(0, count).Select(i => first + (step * i))];
}
