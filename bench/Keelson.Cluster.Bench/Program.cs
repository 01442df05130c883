using System.Globalization;
using System.Text;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Cluster.Bench;

// Usage: SCENARIO NODES PODS. Scenarios: basic, antiaffinity, preemption, deployments, rollout.
string scenario = args.Length > 0 ? args[0] : "basic";
int nodes = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 500;
int pods = args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 3000;
const int Groups = 100;
BenchCluster.CountAttempts();
await using BenchCluster cluster = await BenchCluster.StartAsync();
await BenchCluster.MeasureAsync($"{nodes} nodes up", nodes, () => cluster.AddNodesAsync(nodes));
switch (scenario)
{
    case "antiaffinity":
        await BenchCluster.MeasureAsync("required anti-affinity", pods, () => PlaceAsync(i => Pod(
            "apart-", i, $",\"labels\":{{\"group\":\"{i % Groups}\"}}", Apart(i % Groups))));
        break;
    case "preemption":
        await PreemptAsync();
        break;
    case "deployments":
        await DeployAsync();
        break;
    case "rollout":
        await RollAsync();
        break;
    default:
        await BenchCluster.MeasureAsync("basic", pods, () => PlaceAsync(i => Pod("basic-", i, "", "")));
        break;
}

return;

async Task PlaceAsync(Func<int, string> json)
{
    int before = Placed();
    await cluster.CreatePodsAsync(pods, json);
    await BenchCluster.UntilAsync(() => Placed() >= before + pods);
}

// Four pods fill a node; each of the important ones needs the place of one of them.
async Task PreemptAsync()
{
    await cluster.CreateAsync(
        ApiKinds.SchedulingV1PriorityClass, "", """{"metadata":{"name":"important"},"value":1000}""");
    await cluster.CreatePodsAsync(nodes * 4, i => Pod("low-", i, "", $",\"nodeName\":\"node-{i % nodes}\"", cpu: 8000));
    await BenchCluster.UntilAsync(() => Running() >= nodes * 4);
    await BenchCluster.MeasureAsync("preemption", pods, async () =>
    {
        await cluster.CreatePodsAsync(
            pods, i => Pod("high-", i, "", ",\"priorityClassName\":\"important\"", cpu: 8000));
        await BenchCluster.UntilAsync(() => cluster.Pods.List().Count(
            static pod => pod.Spec.Priority > 0 && pod.Spec.NodeName.Length > 0) >= pods);
    });
}

async Task DeployAsync()
{
    const int deployments = 10;
    await BenchCluster.MeasureAsync("pods of deployments running", pods, async () =>
    {
        for (int i = 0; i < deployments; i++)
        {
            await cluster.CreateAsync(ApiKinds.AppsV1Deployment, "default", Deployment($"d{i}", pods / deployments));
        }

        await BenchCluster.UntilAsync(() => Running() >= pods);
    });
    await BenchCluster.MeasureAsync("pods of deployments gone", pods, async () =>
    {
        for (int i = 0; i < deployments; i++)
        {
            BenchCluster.Check((await cluster.Admin.DeleteAsync(
                new(ApiKinds.AppsV1Deployment, "default", $"d{i}"), DeleteOptions.Empty,
                CancellationToken.None)).Error);
        }

        await BenchCluster.UntilAsync(() => cluster.Pods.Count == 0);
    });
}

async Task RollAsync()
{
    await cluster.CreateAsync(ApiKinds.AppsV1Deployment, "default", Deployment("d", pods));
    await BenchCluster.UntilAsync(() => Running() >= pods);
    await BenchCluster.MeasureAsync("rollout", pods, async () =>
    {
        byte[] patch = Encoding.UTF8.GetBytes(
            """{"spec":{"template":{"spec":{"containers":[{"name":"c","image":"app:2"}]}}}}""");
        BenchCluster.Check((await cluster.Admin.PatchAsync(
            new(ApiKinds.AppsV1Deployment, "default", "d"), PatchType.Strategic, patch, WriteRequest.Default,
            CancellationToken.None)).Error);
        await BenchCluster.UntilAsync(() => cluster.Pods.Count == pods && cluster.Pods.List().All(
            static pod => pod.Status.Phase == PodPhase.Running && pod.Spec.Containers[0].Image == "app:2"));
    });
}

int Placed() => cluster.Pods.List().Count(static pod => pod.Spec.NodeName.Length > 0);

int Running() => cluster.Pods.List().Count(static pod => pod.Status.Phase == PodPhase.Running);

static string Pod(string name, int number, string metadata, string spec, int cpu = 100) =>
    $"{{\"metadata\":{{\"namespace\":\"default\",\"name\":\"{name}{number}\"{metadata}}},\"spec\":{{\"containers\":[{{"
    + $"\"name\":\"c\",\"image\":\"app:1\",\"resources\":{{\"requests\":{{\"cpu\":\"{cpu}m\"}}}}}}]{spec}}}}}";

static string Apart(int group) =>
    """
    ,"affinity":{"podAntiAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":
    [{"topologyKey":"kubernetes.io/hostname","labelSelector":{"matchLabels":{"group":"GROUP"}}}]}}
    """.Replace("GROUP", group.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);

static string Deployment(string name, int replicas) =>
    """
    {"metadata":{"namespace":"default","name":"NAME"},
    "spec":{"replicas":COUNT,"selector":{"matchLabels":{"app":"NAME"}},
    "template":{"metadata":{"labels":{"app":"NAME"}},"spec":{"containers":[{"name":"c","image":"app:1"}]}}}}
    """
    .Replace("NAME", name, StringComparison.Ordinal)
    .Replace("COUNT", replicas.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
