namespace Keelson.Nodes.Metrics;

/// <summary>What an agent measures of itself, by upstream's names, types, labels and buckets.</summary>
internal sealed class KubeletMetrics
{
    /// <summary>Nothing is measured yet.</summary>
    /// <param name="clock">The clock; the system's unless told otherwise.</param>
    public KubeletMetrics(TimeProvider? clock = null)
    {
        clock ??= TimeProvider.System;
        Runtime = new(Own);
        Pods = new(Own);
        Images = new(Own);
        Volumes = new(Own);
        Placement = new(Own);
        Resizes = new(Own);
        Node = new(Own);
        Process = new(Own);
        Dra = new(Own);
        Plugins = new(Own);
        Certificates = new(Own, clock.GetUtcNow);
        Probes = new(Probing);
        NumberMetric registered = Own.Counter(
            "registered_metrics_total", "Metrics that there are.", "deprecated_version", "stability_level");
        Own.Counter("hidden_metrics_total", "Metrics that are hidden.");
        Own.Counter("disabled_metrics_total", "Metrics that are switched off.");
        Own.BeforeWrite(() =>
        {
            foreach ((string level, int count) in Own.CountByStability())
            {
                registered.Set(count, "", level);
            }
        });
    }

    /// <summary>What <c>/metrics</c> shows.</summary>
    public MetricSet Own { get; } = new();

    /// <summary>What <c>/metrics/probes</c> shows.</summary>
    public MetricSet Probing { get; } = new();

    /// <summary>Calls to the container runtime.</summary>
    public RuntimeCallMetrics Runtime { get; }

    /// <summary>Work on pods.</summary>
    public PodWorkMetrics Pods { get; }

    /// <summary>Images.</summary>
    public ImageWorkMetrics Images { get; }

    /// <summary>Volumes.</summary>
    public VolumeWorkMetrics Volumes { get; }

    /// <summary>What containers are given for themselves.</summary>
    public PlacementMetrics Placement { get; }

    /// <summary>Changes of what pods that run may use.</summary>
    public ResizeMetrics Resizes { get; }

    /// <summary>The node as a whole.</summary>
    public NodeWorkMetrics Node { get; }

    /// <summary>The process.</summary>
    public AgentProcessMetrics Process { get; }

    /// <summary>Dynamic resources.</summary>
    public DraMetrics Dra { get; }

    /// <summary>Plugins and other programs.</summary>
    public PluginMetrics Plugins { get; }

    /// <summary>Certificates.</summary>
    public CertificateMetrics Certificates { get; }

    /// <summary>Probes.</summary>
    public ProbeMetrics Probes { get; }
}
