using Keelson.Nodes.Server.Stats;

namespace Keelson.Nodes.Metrics;

/// <summary>Volumes: how they are brought in place, and how full they are.</summary>
internal sealed class VolumeWorkMetrics(MetricSet metrics)
{
    /// <summary>How long volumes took to be brought in place.</summary>
    public HistogramMetric Operations { get; } = metrics.Histogram(
        "storage_operation_duration_seconds",
        "How long work on volumes took.",
        [.1, .25, .5, 1, 2.5, 5, 10, 15, 25, 50, 120, 300, 600],
        "migrated", "operation_name", "status", "volume_plugin");

    /// <summary>How many volumes are to be in place, and are.</summary>
    public NumberMetric Total { get; } = metrics.Gauge(
        "volume_manager_total_volumes", "Volumes of the node's pods.", "plugin_name", "state");

    /// <summary>Pods whose volumes were left behind and taken apart.</summary>
    public NumberMetric OrphansCleaned { get; } = metrics.Gauge(
        "kubelet_orphan_pod_cleaned_volumes", "Pods nobody knew whose volumes were taken apart last.");

    /// <summary>Those whose volumes could not be.</summary>
    public NumberMetric OrphansLeft { get; } = metrics.Gauge(
        "kubelet_orphan_pod_cleaned_volumes_errors", "Pods nobody knew whose volumes could not be taken apart.");

    /// <summary>How long it took to find out how full volumes are.</summary>
    public HistogramMetric Collection { get; } = metrics.Histogram(
        "kubelet_volume_metric_collection_duration_seconds", "How long it took to measure volumes.",
        MetricSet.UsualBuckets, "metric_source");

    /// <summary>Writes how full the volumes of claims are. A claim that several pods use counts once.</summary>
    public static void WriteClaims(MetricsText text, IEnumerable<PodStats> pods)
    {
        Dictionary<(string Namespace, string Claim), FileSystemStats> claims = [];
        foreach (VolumeStats volume in pods.SelectMany(static one => one.Volumes))
        {
            if (volume.ClaimName.Length > 0)
            {
                claims.TryAdd((volume.ClaimNamespace, volume.ClaimName), volume.FileSystem);
            }
        }

        void Family(string name, string help, Func<FileSystemStats, ulong?> value)
        {
            if (claims.Count == 0)
            {
                return;
            }

            text.Family("kubelet_volume_stats_" + name, "gauge", "[ALPHA] " + help);
            foreach (((string @namespace, string claim), FileSystemStats stats) in claims.OrderBy(one => one.Key))
            {
                if (value(stats) is { } number)
                {
                    text.Sample(
                        "kubelet_volume_stats_" + name, number, null, ("namespace", @namespace),
                        ("persistentvolumeclaim", claim));
                }
            }
        }

        Family("available_bytes", "Bytes that are left of the volume", static one => one.AvailableBytes);
        Family("capacity_bytes", "Bytes that the volume has", static one => one.CapacityBytes);
        Family("inodes", "Inodes that the volume has", static one => one.Inodes);
        Family("inodes_free", "Inodes that are left of the volume", static one => one.InodesFree);
        Family("inodes_used", "Inodes of the volume in use", static one => one.InodesUsed);
        Family("used_bytes", "Bytes of the volume in use", static one => one.UsedBytes);
    }

    /// <summary>Writes how large logs of containers are.</summary>
    public static void WriteLogs(MetricsText text, IEnumerable<PodStats> pods)
    {
        const string Name = "kubelet_container_log_filesystem_used_bytes";
        bool hasHead = false;
        foreach (PodStats pod in pods)
        {
            foreach (ContainerStats one in pod.Containers)
            {
                if (one.Logs?.UsedBytes is not { } used)
                {
                    continue;
                }

                if (!hasHead)
                {
                    text.Family(Name, "gauge", "[ALPHA] Bytes of the container's logs.");
                    hasHead = true;
                }

                text.Sample(
                    Name, used, null, ("container", one.Name), ("namespace", pod.Namespace), ("pod", pod.Name),
                    ("uid", pod.Uid));
            }
        }
    }
}
