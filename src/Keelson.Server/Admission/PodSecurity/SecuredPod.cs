using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;

namespace Keelson.Server.Admission.PodSecurity;

/// <summary>What the checks look at in a container of any sort.</summary>
internal sealed record SecuredContainer(
    string Name,
    SecurityContext? Security,
    ApiList<ContainerPort> Ports,
    IReadOnlyList<Probe?> Probes,
    Lifecycle? Lifecycle);

/// <summary>What the checks look at in a pod or a template, for one version of the policies.</summary>
internal sealed class SecuredPod(ApiMap<string> annotations, PodSpec spec, int minor)
{
    /// <summary>The annotations of the pod.</summary>
    public ApiMap<string> Annotations => annotations;

    /// <summary>The pod's specification.</summary>
    public PodSpec Spec => spec;

    /// <summary>The minor version of the policies.</summary>
    public int Minor => minor;

    /// <summary>The pod's security context.</summary>
    public PodSecurityContext? Security => spec.SecurityContext;

    /// <summary>True for pods of Windows, from the version on that excuses them from what is Linux's.</summary>
    public bool ExcusedAsWindows => minor >= 25 && spec.Os?.Name == OSName.Windows;

    /// <summary>True for pods with users of their own, whose root is not the host's.</summary>
    public bool ExcusedByUserNamespace => minor >= 35 && spec.HostUsers == false;

    /// <summary>All containers: initial, plain and ephemeral.</summary>
    public IReadOnlyList<SecuredContainer> Containers { get; } =
    [
        .. spec.InitContainers.Concat(spec.Containers).Select(one => new SecuredContainer(
            one.Name,
            one.SecurityContext,
            one.Ports,
            [one.LivenessProbe, one.ReadinessProbe, one.StartupProbe],
            one.Lifecycle)),
        .. spec.EphemeralContainers.Select(one => one.EphemeralContainerCommon).Select(one => new SecuredContainer(
            one.Name,
            one.SecurityContext,
            one.Ports,
            [one.LivenessProbe, one.ReadinessProbe, one.StartupProbe],
            one.Lifecycle)),
    ];

    /// <summary>The names of the containers that are so.</summary>
    public List<string> Named(Func<SecuredContainer, bool> condition) =>
        [.. Containers.Where(condition).Select(one => one.Name)];
}
