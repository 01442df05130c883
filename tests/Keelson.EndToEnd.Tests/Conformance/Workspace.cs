using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Controllers;

namespace Keelson.EndToEnd.Tests.Conformance;

/// <summary>A test's own namespace and the resources in it.</summary>
/// <param name="Cluster">The cluster.</param>
/// <param name="Namespace">The namespace.</param>
internal sealed record Workspace(ClusterFixture Cluster, string Namespace)
{
    public Resource ConfigMaps => In("v1", "configmaps");

    public Resource Events => In("v1", "events");

    public Resource LimitRanges => In("v1", "limitranges");

    public Resource Pods => In("v1", "pods");

    public Resource PodTemplates => In("v1", "podtemplates");

    public Resource Quotas => In("v1", "resourcequotas");

    public Resource ReplicationControllers => In("v1", "replicationcontrollers");

    public Resource Secrets => In("v1", "secrets");

    public Resource ServiceAccounts => In("v1", "serviceaccounts");

    public Resource Services => In("v1", "services");

    public Resource ControllerRevisions => In("apps/v1", "controllerrevisions");

    public Resource DaemonSets => In("apps/v1", "daemonsets");

    public Resource Deployments => In("apps/v1", "deployments");

    public Resource ReplicaSets => In("apps/v1", "replicasets");

    public Resource StatefulSets => In("apps/v1", "statefulsets");

    public Resource CronJobs => In("batch/v1", "cronjobs");

    public Resource Jobs => In("batch/v1", "jobs");

    public Resource Budgets => In("policy/v1", "poddisruptionbudgets");

    /// <summary>Makes a namespace in which pods can be created.</summary>
    public static async Task<Workspace> CreateAsync(ClusterFixture cluster)
    {
        JsonNode made = await cluster.PostAsync(
            "/api/v1/namespaces", """{"metadata":{"generateName":"conformance-"}}""");
        Workspace space = new(cluster, made.Name());
        await space.ServiceAccounts.UntilAsync("default", static _ => true);
        return space;
    }

    /// <summary>A resource of this namespace.</summary>
    public Resource In(string groupVersion, string resource) =>
        new(Cluster, $"{Root(groupVersion)}/namespaces/{Namespace}/{resource}");

    /// <summary>A resource of the cluster, or of all namespaces.</summary>
    public Resource Everywhere(
        string groupVersion, string resource) => new(Cluster, $"{Root(groupVersion)}/{resource}");

    /// <summary>The pods with a label, once there are so many and all are ready.</summary>
    public Task<IReadOnlyList<JsonNode>> ReadyPodsAsync(string labelSelector, int count) => Pods.UntilAllAsync(
        found => found.Count == count && found.All(static one => one.IsReadyPod()), labelSelector);

    private static string Root(string groupVersion) => groupVersion == "v1" ? "/api/v1" : "/apis/" + groupVersion;
}
