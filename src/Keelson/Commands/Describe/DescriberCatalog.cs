using Keelson.Clusters;
using Keelson.Commands.Describe.Kinds;

namespace Keelson.Commands.Describe;

/// <summary>Which kind is described how.</summary>
internal static class DescriberCatalog
{
    private static readonly Dictionary<string, Describer> Kinds = new(StringComparer.Ordinal)
    {
        ["pods"] = PodDescriber.DescribeAsync,
        ["nodes"] = NodeDescriber.DescribeAsync,
        ["namespaces"] = NamespaceDescriber.DescribeAsync,
        ["resourcequotas"] = NamespaceDescriber.QuotaAsync,
        ["limitranges"] = NamespaceDescriber.LimitsAsync,
        ["services"] = NetworkDescribers.ServiceAsync,
        ["ingresses.networking.k8s.io"] = NetworkDescribers.IngressAsync,
        ["configmaps"] = ConfigDescribers.ConfigMapAsync,
        ["secrets"] = ConfigDescribers.SecretAsync,
        ["serviceaccounts"] = ConfigDescribers.ServiceAccountAsync,
        ["priorityclasses.scheduling.k8s.io"] = ConfigDescribers.PriorityClassAsync,
        ["persistentvolumeclaims"] = StorageDescribers.ClaimAsync,
        ["persistentvolumes"] = StorageDescribers.VolumeAsync,
        ["deployments.apps"] = WorkloadDescribers.DeploymentAsync,
        ["replicasets.apps"] = WorkloadDescribers.ReplicaSetAsync,
        ["replicationcontrollers"] = WorkloadDescribers.ReplicaSetAsync,
        ["statefulsets.apps"] = WorkloadDescribers.StatefulSetAsync,
        ["daemonsets.apps"] = WorkloadDescribers.DaemonSetAsync,
        ["jobs.batch"] = JobDescribers.JobAsync,
        ["cronjobs.batch"] = JobDescribers.CronJobAsync,
    };

    public static Describer For(ApiResource resource) =>
        Kinds.GetValueOrDefault(resource.GroupResource) ?? GenericDescriber.DescribeAsync;
}
