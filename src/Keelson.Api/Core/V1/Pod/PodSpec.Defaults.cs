using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

public sealed partial record PodSpec
{
    /// <summary>How long a pod may take to stop unless it says otherwise.</summary>
    public const long DefaultTerminationGracePeriodSeconds = 30;

    /// <summary>The scheduler that places pods which name none.</summary>
    public const string DefaultSchedulerName = "default-scheduler";

    /// <summary>Every container of the pod: init containers, containers, ephemeral ones.</summary>
    public IEnumerable<Container> AllContainers()
    {
        foreach (Container one in (IEnumerable<Container>)InitContainers)
        {
            yield return one;
        }

        foreach (Container one in (IEnumerable<Container>)Containers)
        {
            yield return one;
        }

        foreach (EphemeralContainer one in (IEnumerable<EphemeralContainer>)EphemeralContainers)
        {
            yield return one.EphemeralContainerCommon.ToContainer();
        }
    }

    /// <summary>
    /// The defaults of pods and of templates alike. Fields of features that 1.36 ships switched off are dropped, here and in
    /// what is below: scheduling groups, stop signals, projected trust bundles and certificates.
    /// </summary>
    internal static PodSpec SetDefaults(PodSpec spec) => spec with
    {
        DnsPolicy = OrDefault(spec.DnsPolicy, DNSPolicy.ClusterFirst),
        RestartPolicy = OrDefault(spec.RestartPolicy, V1.RestartPolicy.Always),
        SecurityContext = spec.SecurityContext ?? new(),
        TerminationGracePeriodSeconds = spec.TerminationGracePeriodSeconds ?? DefaultTerminationGracePeriodSeconds,
        SchedulerName = OrDefault(spec.SchedulerName, DefaultSchedulerName),

        // Upstream keeps the old name of the field in step on every read.
        ServiceAccountName = OrDefault(spec.ServiceAccountName, spec.ServiceAccount),
        ServiceAccount = OrDefault(spec.ServiceAccountName, spec.ServiceAccount),
        Volumes = spec.Volumes.Map(Volume.SetDefaults),
        InitContainers = spec.InitContainers.Map(Container.SetDefaults),
        Containers = spec.Containers.Map(Container.SetDefaults),
        EphemeralContainers = spec.EphemeralContainers.Map(EphemeralContainer.SetDefaults),
        Overhead = ResourceRules.SetDefaults(spec.Overhead),
        Resources = spec.Resources is null ? null : ResourceRules.SetDefaults(spec.Resources),
        SchedulingGroup = null,
    };

    internal static string OrDefault(string value, string fallback) => value.Length == 0 ? fallback : value;
}
