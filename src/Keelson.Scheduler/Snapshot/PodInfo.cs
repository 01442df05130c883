using Keelson.Api.Core.V1;
using Keelson.Client;
using Keelson.Machinery.Values;

namespace Keelson.Scheduler.Snapshot;

/// <summary>A pod with everything computed once that is asked again and again. Immutable.</summary>
internal sealed class PodInfo
{
    private static readonly HostPort[] NoPorts = [];
    private static readonly string[] NoClaims = [];

    /// <summary>Computes what is asked of a pod.</summary>
    public PodInfo(Pod pod)
    {
        Pod = pod;
        Key = ObjectKey.Of(pod);
        Priority = pod.Spec.Priority ?? 0;
        (Requests, NonZeroMilliCpu, NonZeroMemory) = PodRequests.Compute(pod);
        HostPorts = PortsOf(pod.Spec);
        ClaimNames = ClaimsOf(pod);
        RequiredAffinity =
            AffinityTerm.Required(
                pod, pod.Spec.Affinity?.PodAffinity?.RequiredDuringSchedulingIgnoredDuringExecution ?? default);
        RequiredAntiAffinity = AffinityTerm.Required(
            pod, pod.Spec.Affinity?.PodAntiAffinity?.RequiredDuringSchedulingIgnoredDuringExecution ?? default);
        PreferredAffinity = AffinityTerm.Preferred(
            pod, pod.Spec.Affinity?.PodAffinity?.PreferredDuringSchedulingIgnoredDuringExecution ?? default);
        PreferredAntiAffinity = AffinityTerm.Preferred(
            pod, pod.Spec.Affinity?.PodAntiAffinity?.PreferredDuringSchedulingIgnoredDuringExecution ?? default);
    }

    /// <summary>The pod.</summary>
    public Pod Pod { get; }

    /// <summary>Its namespace and name.</summary>
    public ObjectKey Key { get; }

    /// <summary>Its uid.</summary>
    public string Uid => Pod.Metadata.Uid;

    /// <summary>Its namespace.</summary>
    public string Namespace => Key.Namespace;

    /// <summary>Its labels.</summary>
    public ApiMap<string> Labels => Pod.Metadata.Labels;

    /// <summary>The node it is bound to; empty for none. An assumed pod has it already.</summary>
    public string NodeName => Pod.Spec.NodeName;

    /// <summary>Its priority, 0 by default.</summary>
    public int Priority { get; }

    /// <summary>True when it is going away.</summary>
    public bool IsTerminating => Pod.Metadata.DeletionTimestamp is not null;

    /// <summary>What it asks for, overhead, sidecars and pod-level resources counted.</summary>
    public ResourceAmounts Requests { get; }

    /// <summary>Processor time that scoring takes it for.</summary>
    public long NonZeroMilliCpu { get; }

    /// <summary>Memory that scoring takes it for.</summary>
    public long NonZeroMemory { get; }

    /// <summary>The ports of the node that it takes.</summary>
    public HostPort[] HostPorts { get; }

    /// <summary>The persistent volume claims it uses, those of its ephemeral volumes among them.</summary>
    public string[] ClaimNames { get; }

    /// <summary>Pods it must be near to.</summary>
    public AffinityTerm[] RequiredAffinity { get; }

    /// <summary>Pods it must be away from.</summary>
    public AffinityTerm[] RequiredAntiAffinity { get; }

    /// <summary>Pods it likes to be near to.</summary>
    public AffinityTerm[] PreferredAffinity { get; }

    /// <summary>Pods it likes to be away from.</summary>
    public AffinityTerm[] PreferredAntiAffinity { get; }

    /// <summary>True when it says anything about pods it is to be near to or away from.</summary>
    public bool HasAffinity => RequiredAffinity.Length + RequiredAntiAffinity.Length
        + PreferredAffinity.Length + PreferredAntiAffinity.Length > 0;

    /// <summary>The same pod as it would be on a node.</summary>
    public PodInfo On(string nodeName) => new(this, Pod with { Spec = Pod.Spec with { NodeName = nodeName } });

    private PodInfo(PodInfo other, Pod pod)
    {
        Pod = pod;
        Key = other.Key;
        Priority = other.Priority;
        Requests = other.Requests;
        NonZeroMilliCpu = other.NonZeroMilliCpu;
        NonZeroMemory = other.NonZeroMemory;
        HostPorts = other.HostPorts;
        ClaimNames = other.ClaimNames;
        RequiredAffinity = other.RequiredAffinity;
        RequiredAntiAffinity = other.RequiredAntiAffinity;
        PreferredAffinity = other.PreferredAffinity;
        PreferredAntiAffinity = other.PreferredAntiAffinity;
    }

    private static HostPort[] PortsOf(PodSpec spec)
    {
        List<HostPort>? ports = null;
        foreach (Container one in spec.InitContainers)
        {
            // Other init containers have ended before the pod's ports matter.
            if (PodResources.IsSidecar(one))
            {
                AddPorts(one, ref ports);
            }
        }

        foreach (Container one in spec.Containers)
        {
            AddPorts(one, ref ports);
        }

        return ports is null ? NoPorts : [.. ports];
    }

    private static void AddPorts(Container container, ref List<HostPort>? ports)
    {
        foreach (ContainerPort port in container.Ports)
        {
            if (port.HostPort > 0)
            {
                (ports ??= []).Add(new(
                    port.HostIP.Length == 0 ? HostPort.AnyAddress : port.HostIP,
                    port.Protocol.Length == 0 ? Protocol.TCP : port.Protocol,
                    port.HostPort));
            }
        }
    }

    private static string[] ClaimsOf(Pod pod)
    {
        List<string>? claims = null;
        foreach (Volume volume in pod.Spec.Volumes)
        {
            if (volume.VolumeSource.PersistentVolumeClaim is { } claim)
            {
                (claims ??= []).Add(claim.ClaimName);
            }
            else if (volume.VolumeSource.Ephemeral is not null)
            {
                (claims ??= []).Add(pod.Metadata.Name + "-" + volume.Name);
            }
        }

        return claims is null ? NoClaims : [.. claims];
    }
}
