using System.Text;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client;

namespace Keelson.Cluster.Bench;

/// <summary>What is measured.</summary>
internal sealed class Scenarios(BenchCluster cluster, int nodes, int pods)
{
    private const int Groups = 100;
    private const int Deployments = 10;
    private const string Hosts = "kubernetes.io/hostname";
    private const string Zones = "topology.kubernetes.io/zone";

    private int _round;

    /// <summary>The scenarios by name; the first round of each pays for compiling.</summary>
    public IReadOnlyDictionary<string, Func<Task>> All => new Dictionary<string, Func<Task>>(StringComparer.Ordinal)
    {
        ["basic"] = () => PlaceAsync("basic", static _ => ""),
        ["antiaffinity"] = () => PlaceAsync(
            "required anti-affinity", group => Manifests.Affinity("podAntiAffinity", group, Hosts)),
        ["affinity"] = () => PlaceAsync("required affinity", group => Manifests.Affinity("podAffinity", group, Zones)),
        ["spread"] = () => PlaceAsync("topology spread", Manifests.Spread),
        ["preemption"] = PreemptAsync,
        ["deployments"] = DeployAsync,
        ["rollout"] = RollAsync,
        ["namespace"] = DeleteNamespaceAsync,
    };

    /// <summary>Runs a scenario.</summary>
    public async Task RunAsync(string name, int rounds)
    {
        for (_round = 1; _round <= rounds; _round++)
        {
            await All[name]();
        }
    }

    private async Task PlaceAsync(string what, Func<int, string> spec)
    {
        int before = cluster.Tally.Placed;
        await cluster.MeasureAsync(what, pods, async () =>
        {
            await cluster.CreatePodsAsync(pods, i =>
                Manifests.Pod($"p{_round}-{i}", Manifests.Group(i % Groups), spec(i % Groups)));
            await cluster.UntilAsync(() => cluster.Tally.Placed >= before + pods);
        });
    }

    /// <summary>Four pods fill a node; each of the important ones needs the place of one of them.</summary>
    private async Task PreemptAsync()
    {
        if (_round == 1)
        {
            await cluster.CreateAsync(
                ApiKinds.SchedulingV1PriorityClass, "", """{"metadata":{"name":"important"},"value":1000}""");
            await cluster.CreatePodsAsync(nodes * 4, i => Manifests.Pod(
                $"low-{i}", "", $",\"nodeName\":\"node-{i % nodes}\"", cpu: 8000));
            await cluster.UntilAsync(() => cluster.Tally.Running >= nodes * 4);
        }

        int before = cluster.Tally.PlacedImportant;
        await cluster.MeasureAsync("preemption", pods, async () =>
        {
            await cluster.CreatePodsAsync(pods, i => Manifests.Pod(
                $"high-{_round}-{i}", "", ",\"priorityClassName\":\"important\"", cpu: 8000));
            await cluster.UntilAsync(() => cluster.Tally.PlacedImportant >= before + pods);
        });
    }

    private async Task DeployAsync()
    {
        await cluster.MeasureAsync("pods of deployments running", pods, async () =>
        {
            for (int i = 0; i < Deployments; i++)
            {
                await cluster.CreateAsync(
                    ApiKinds.AppsV1Deployment, "default",
                    Manifests.Deployment($"d{_round}-{i}", pods / Deployments));
            }

            await cluster.UntilAsync(() => cluster.Tally.Running >= pods);
        });
        await cluster.MeasureAsync("pods of deployments gone", pods, async () =>
        {
            for (int i = 0; i < Deployments; i++)
            {
                BenchCluster.Check((await cluster.Admin.DeleteAsync(
                    new(ApiKinds.AppsV1Deployment, "default", $"d{_round}-{i}"), DeleteOptions.Empty,
                    CancellationToken.None)).Error);
            }

            await cluster.UntilAsync(() => cluster.Tally.All == 0);
        });
    }

    private async Task RollAsync()
    {
        string name = $"d{_round}";
        int running = cluster.Tally.Running;
        int newest = cluster.Tally.RunningNewest;
        await cluster.CreateAsync(ApiKinds.AppsV1Deployment, "default", Manifests.Deployment(name, pods));
        await cluster.UntilAsync(() => cluster.Tally.Running >= running + pods);
        await cluster.MeasureAsync("rollout", pods, async () =>
        {
            byte[] patch = Encoding.UTF8.GetBytes(
                """{"spec":{"template":{"spec":{"containers":[{"name":"c","image":"app:2"}]}}}}""");
            BenchCluster.Check((await cluster.Admin.PatchAsync(
                new(ApiKinds.AppsV1Deployment, "default", name), PatchType.Strategic, patch, WriteRequest.Default,
                CancellationToken.None)).Error);
            await cluster.UntilAsync(() =>
                cluster.Tally.RunningNewest >= newest + pods && cluster.Tally.All == running + pods);
        });
    }

    private async Task DeleteNamespaceAsync()
    {
        string name = $"ns{_round}";
        await cluster.CreateAsync(ApiKinds.CoreV1Namespace, "", $$$"""{"metadata":{"name":"{{{name}}}"}}""");
        await BenchCluster.ForAllAsync(pods, i => cluster.CreateAsync(
            ApiKinds.CoreV1ConfigMap, name, $$$"""{"metadata":{"name":"c{{{i}}}"},"data":{"key":"value"}}"""));
        await cluster.MeasureAsync("objects of a namespace gone", pods, async () =>
        {
            BenchCluster.Check((await cluster.Admin.DeleteAsync(
                new(ApiKinds.CoreV1Namespace, "", name), DeleteOptions.Empty, CancellationToken.None)).Error);
            await cluster.UntilAsync(() => cluster.Namespaces.Find("", name) is null);
        });
    }
}
