namespace Keelson.Nodes.Metrics;

/// <summary>Images that are pulled and removed.</summary>
internal sealed class ImageWorkMetrics(MetricSet metrics)
{
    private const ulong Megabyte = 1024 * 1024;

    // Upstream's sizes: from how many megabytes on an image is called what.
    private static readonly (ulong From, string Label)[] Sizes =
    [
        (0, "0-10MB"), (10, "10MB-100MB"), (100, "100MB-500MB"), (500, "500MB-1GB"), (1024, "1GB-5GB"),
        (5 * 1024, "5GB-10GB"), (10 * 1024, "10GB-20GB"), (20 * 1024, "20GB-30GB"), (30 * 1024, "30GB-40GB"),
        (40 * 1024, "40GB-60GB"), (60 * 1024, "60GB-100GB"), (100 * 1024, "GT100GB"),
    ];

    private readonly HistogramMetric _pulls = metrics.Histogram(
        "kubelet_image_pull_duration_seconds",
        "How long pulls took, by the images' size.",
        [1, 5, 10, 20, 30, 60, 120, 180, 240, 300, 360, 480, 600, 900, 1200, 1800, 2700, 3600],
        "image_size_in_bytes");

    private readonly NumberMetric _wanted = metrics.Counter(
        "kubelet_image_manager_ensure_image_requests_total", "Images that containers needed.",
        "present_locally", "pull_policy", "pull_required");

    /// <summary>Whether a pod must pull an image that is here, by what was found: <c>credentialPolicyAllowed</c>,
    /// <c>credentialRecordFound</c>, <c>mustAuthenticate</c> or <c>error</c>.</summary>
    public NumberMetric PullChecks { get; } = metrics.Counter(
        "kubelet_imagemanager_image_mustpull_checks_total",
        "Looks at whether a pod must show that it could pull an image.", "result");

    /// <summary>Notes on the disk of images that are being pulled.</summary>
    public NumberMetric PullIntents { get; } = metrics.Gauge(
        "kubelet_imagemanager_ondisk_pullintents", "Notes on the disk of images that are being pulled.");

    /// <summary>Notes on the disk of images that were pulled.</summary>
    public NumberMetric PullRecords { get; } = metrics.Gauge(
        "kubelet_imagemanager_ondisk_pulledrecords", "Notes on the disk of images that were pulled.");

    /// <summary>Images removed because nobody used them: for <c>space</c> or their <c>age</c>.</summary>
    public NumberMetric Removed { get; } = metrics.Counter(
        "kubelet_image_garbage_collected_total", "Images removed because nobody used them.", "reason");

    /// <summary>Volumes of images that were asked for.</summary>
    public NumberMetric VolumesWanted { get; } = metrics.Counter(
        "kubelet_image_volume_requested_total", "Volumes of images that were asked for.");

    /// <summary>Those that were mounted.</summary>
    public NumberMetric VolumesMounted { get; } = metrics.Counter(
        "kubelet_image_volume_mounted_succeed_total", "Volumes of images that were mounted.");

    /// <summary>Those that could not be.</summary>
    public NumberMetric VolumeErrors { get; } = metrics.Counter(
        "kubelet_image_volume_mounted_errors_total", "Volumes of images that could not be mounted.");

    /// <summary>A container needed an image.</summary>
    public void Wanted(bool isPresent, string policy, bool isPulled) => _wanted.Count(
        isPresent ? "true" : "false",
        policy.Length == 0 ? "ifnotpresent" : policy.ToLowerInvariant(),
        isPulled ? "true" : "false");

    /// <summary>An image was pulled.</summary>
    public void Pulled(ulong size, TimeSpan took) => _pulls.Observe(took, SizeOf(size));

    /// <summary>What an image of a size is called.</summary>
    internal static string SizeOf(ulong size) => Sizes.Last(one => size >= one.From * Megabyte).Label;
}
