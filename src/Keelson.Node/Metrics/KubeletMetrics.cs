namespace Keelson.Nodes.Metrics;

/// <summary>What an agent measures of itself, by upstream's names, types, labels and buckets.</summary>
internal sealed class KubeletMetrics
{
    /// <summary>Nothing is measured yet.</summary>
    public KubeletMetrics()
    {
        Runtime = new(Own);
        Pods = new(Own);
        Images = new(Own);
        Volumes = new(Own);
        Placement = new(Own);
        Resizes = new(Own);
        Node = new(Own);
        Process = new(Own);
        Probes = new(Probing);
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

    /// <summary>Probes.</summary>
    public ProbeMetrics Probes { get; }
}
