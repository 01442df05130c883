using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Keelson.Api.Apps.V1;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Cluster.Simulator.Invariants;

namespace Keelson.Cluster.Simulator;

using Node = Keelson.Api.Core.V1.Node;

/// <summary>What the cluster's user does, by chance.</summary>
internal sealed class Scenario(World world, SimulationPlan plan, Action<string> log)
{
    private const int Steps = 30;

    private const string Body =
        """
        "selector":{"matchLabels":{"app":"APP"}},"template":{"metadata":{"labels":{"app":"APP"LABEL}},"spec":{AFFINITY
        "containers":[{"name":"c","image":"app:1","resources":{"requests":{"cpu":"CPUm"}}}]}}
        """;

    private const string Apart =
        """
        {"podAntiAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":
        [{"topologyKey":"kubernetes.io/hostname","labelSelector":{"matchLabels":{"app":"APP"}}}]}}
        """;

    private const string JobBody =
        """
        {"metadata":{"name":"NAME"},"spec":{"completions":4,"parallelism":2,"backoffLimit":1000,"completionMode":"MODE",
        "template":{"spec":{"restartPolicy":"Never","containers":[{"name":"c","image":"app:1",
        "command":["sleep","3"]}]}}}}
        """;

    private readonly Random _random = new(plan.Seed + 7);
    private int _jobs;
    private int _doomed;

    /// <summary>Sets the cluster up, changes it for a while, and puts right what the user broke.</summary>
    public async Task RunAsync()
    {
        await SetUpAsync();
        world.Faults.AreOn = true;
        for (int i = 0; i < Steps; i++)
        {
            await Task.Delay(TimeSpan.FromSeconds(_random.NextDouble() * _random.NextDouble() * 60), world.Clock);
            await StepAsync();
        }

        world.Faults.AreOn = false;
        foreach (Node node in world.History.Of<Node>().ToArray())
        {
            await SetNodeAsync(node.Metadata.Name, "Running", isCordoned: false);
        }
    }

    private async Task SetUpAsync()
    {
        foreach (string name in (string[])["work", "quota"])
        {
            await CreateAsync(ApiKinds.CoreV1Namespace, "", $"{{\"metadata\":{{\"name\":\"{name}\"}}}}");
        }

        await CreateAsync(
            ApiKinds.CoreV1ResourceQuota, "quota", """{"metadata":{"name":"pods"},"spec":{"hard":{"pods":"4"}}}""");
        await Task.Delay(TimeSpan.FromSeconds(5), world.Clock);
        string[] shares = ["0", "1", "2", "\"25%\"", "\"50%\"", "\"100%\""];
        string surge = shares[_random.Next(shares.Length)];
        string unavailable = surge == "0" ? "1" : shares[_random.Next(shares.Length)];
        string rolling = "{\"rollingUpdate\":{\"maxSurge\":" + surge + ",\"maxUnavailable\":" + unavailable + "}}";
        await DeployAsync("work", "web", _random.Next(1, 7), rolling);
        await DeployAsync("work", "apart", _random.Next(1, 4), rolling, apart: true);
        await DeployAsync("work", "anew", _random.Next(1, 4), """{"type":"Recreate"}""");
        await DeployAsync("work", "guarded", 4, rolling);
        await DeployAsync("quota", "many", 6, rolling);
        await CreateAsync(
            ApiKinds.CoreV1Service, "work",
                """{"metadata":{"name":"web"},"spec":{"selector":{"app":"web"},"ports":[{"port":80}]}}""");
        await CreateAsync(
            ApiKinds.PolicyV1PodDisruptionBudget, "work",
            """
            {"metadata":{"name":"guarded"},"spec":{"minAvailable":3,"selector":{"matchLabels":{"app":"guarded"}}}}
            """);
        string policy = _random.Next(3) == 0 ? "Parallel" : "OrderedReady";
        await CreateAsync(
            ApiKinds.AppsV1StatefulSet, "work",
            """
            {"metadata":{"name":"db"},
            "spec":{"serviceName":"db","replicas":3,"podManagementPolicy":"POLICY",TEMPLATE}}
            """
                .Replace("POLICY", policy, StringComparison.Ordinal)
                .Replace("TEMPLATE", Template("db", 100), StringComparison.Ordinal));
        await CreateAsync(
            ApiKinds.AppsV1DaemonSet, "work", 
            """{"metadata":{"name":"agent"},"spec":{TEMPLATE}}""".Replace("TEMPLATE", Template("agent", 50),
                StringComparison.Ordinal));
    }

    private Task StepAsync() => _random.Next(plan.IsCalm ? 11 : 16) switch
    {
        0 or 1 => RollAsync(ApiKinds.AppsV1Deployment, Pick("web", "apart", "anew")),
        2 => ScaleAsync(ApiKinds.AppsV1Deployment, Pick("web", "apart", "anew"), _random.Next(0, 5)),
        3 => RollAsync(ApiKinds.AppsV1StatefulSet, "db"),
        4 => ScaleAsync(ApiKinds.AppsV1StatefulSet, "db", _random.Next(0, 5)),
        5 => RollAsync(ApiKinds.AppsV1DaemonSet, "agent"),
        6 => EvictAsync(),
        7 or 8 => RestartAsync(world.RoleAt(_random.Next(3))),
        9 => StartJobAsync(),
        10 => _random.Next(3) == 0 ? DoomAsync() : QuotaAsync(),
        11 => ReplaceDeploymentAsync(),
        12 or 13 => SetNodeAsync(
            "node-" + Text(_random.Next(SimulationPlan.NodeCount)), Pick("Stopped", "Running", "Partitioned"),
                _random.Next(2) == 0),
        14 => DeletePodAsync(),
        _ => DeleteNodeAsync("node-" + Text(_random.Next(SimulationPlan.NodeCount))),
    };

    private Task DeployAsync(string space, string name, int replicas, string strategy, bool apart = false) =>
        CreateAsync(
        ApiKinds.AppsV1Deployment, space,
        $"{{\"metadata\":{{\"name\":\"{name}\"}},\"spec\":{{\"replicas\":{replicas},"
            + $"\"strategy\":{strategy},{Template(name, 200, apart)}}}}}");

    private static string Template(string app, int milliCpu, bool apart = false)
    {
        string label = apart ? $",\"{Pods.ApartLabel}\":\"{app}\"" : "";
        string affinity = !apart ? "" : "\"affinity\":" + Apart.Replace("APP", app, StringComparison.Ordinal) + ",";
        return Body.Replace("LABEL", label, StringComparison.Ordinal)
            .Replace("AFFINITY", affinity, StringComparison.Ordinal)
            .Replace("APP", app, StringComparison.Ordinal).Replace("CPU", Text(milliCpu), StringComparison.Ordinal);
    }

    private Task RollAsync(ApiKind kind, string name)
    {
        string image = "app:" + Text(_random.Next(1, 5));
        return PatchAsync(
            kind, "work", name,
            """{"spec":{"template":{"spec":{"containers":[{"name":"c","image":"IMAGE"}]}}}}""".Replace("IMAGE", image,
                StringComparison.Ordinal));
    }

    private Task ScaleAsync(ApiKind kind, string name, int replicas) =>
        PatchAsync(kind, "work", name, "{\"spec\":{\"replicas\":" + Text(replicas) + "}}");

    private Task QuotaAsync() => PatchAsync(
        ApiKinds.CoreV1ResourceQuota, "quota", "pods", """{"spec":{"hard":{"pods":"COUNT"}}}""".Replace("COUNT",
            Text(_random.Next(4, 9)), StringComparison.Ordinal));

    private async Task EvictAsync()
    {
        Pod[] guarded = [.. world.History.Of<Pod>()
            .Where(static pod => pod.Metadata.Labels.GetValueOrDefault("app") == "guarded")];
        foreach (Pod pod in guarded.Take(3))
        {
            IObject eviction = ApiKinds.PolicyV1Eviction.DecodeJson(
                Encoding.UTF8.GetBytes("{\"metadata\":{\"name\":\"" + pod.Metadata.Name
                    + "\",\"namespace\":\"work\"}}"));
            ApiResult<IObject> result = await world.Admin.CreateAsync(
                new(ApiKinds.CoreV1Pod, "work", pod.Metadata.Name, "eviction"), eviction, WriteRequest.Default,
                    CancellationToken.None);
            Say($"evict {pod.Metadata.Name}: {result.Error?.Message ?? "done"}");
        }
    }

    private async Task RestartAsync(Role role)
    {
        bool killed = _random.Next(2) == 0;
        string name = role == world.Controllers ? "controllers" : role == world.Scheduler ? "scheduler" : "nodes";
        Say($"{(killed ? "kill" : "stop")} role {name}");
        if (killed)
        {
            role.Kill();
        }
        else
        {
            await role.StopAsync();
        }

        await Task.Delay(TimeSpan.FromSeconds(_random.NextDouble() * 20), world.Clock);
        role.Start();
    }

    private Task StartJobAsync()
    {
        string mode = _random.Next(2) == 0 ? "Indexed" : "NonIndexed";
        return CreateAsync(
            ApiKinds.BatchV1Job, "work",
            JobBody.Replace("NAME", "job-" + Text(++_jobs), StringComparison.Ordinal)
                .Replace("MODE", mode, StringComparison.Ordinal));
    }

    /// <summary>A namespace that is deleted while things in it still begin.</summary>
    private async Task DoomAsync()
    {
        string name = "doomed-" + Text(++_doomed);
        await CreateAsync(ApiKinds.CoreV1Namespace, "", $"{{\"metadata\":{{\"name\":\"{name}\"}}}}");
        await Task.Delay(TimeSpan.FromSeconds(3), world.Clock);
        await DeployAsync(name, "short", 2, "{}");
        await Task.Delay(TimeSpan.FromSeconds(_random.NextDouble() * 10), world.Clock);
        await DeleteAsync(ApiKinds.CoreV1Namespace, "", name, "");
    }

    /// <summary>Deletes a deployment in one of the three ways, and makes it anew under the same name.</summary>
    private async Task ReplaceDeploymentAsync()
    {
        if (world.History.Of<Deployment>().FirstOrDefault(static one => one.Metadata.Name == "web") is not { } old)
        {
            return;
        }

        await DeleteAsync(ApiKinds.AppsV1Deployment, "work", "web", Pick("Background", "Foreground", "Orphan"));
        for (int i = 0; i < 300 && world.History.Of<Deployment>().Any(one => one.Metadata.Uid == old.Metadata.Uid); i++)
        {
            await Task.Delay(TimeSpan.FromSeconds(1), world.Clock);
        }

        await DeployAsync("work", "web", old.Spec.Replicas!.Value, "{}");
    }

    private async Task DeletePodAsync()
    {
        Pod[] pods = [.. world.History.Of<Pod>().Where(static pod => pod.Metadata.Namespace == "work")];
        if (pods.Length > 0)
        {
            await DeleteAsync(ApiKinds.CoreV1Pod, "work", pods[_random.Next(pods.Length)].Metadata.Name, "");
        }
    }

    private async Task DeleteNodeAsync(string name)
    {
        await DeleteAsync(ApiKinds.CoreV1Node, "", name, "");
    }

    private Task SetNodeAsync(string name, string state, bool isCordoned) => PatchAsync(
        ApiKinds.CoreV1Node, "", name,
        """{"metadata":{"annotations":{"simulation.keelson.dev/state":"STATE"}},"spec":{"unschedulable":CORDON}}"""
            .Replace("STATE", state, StringComparison.Ordinal)
            .Replace("CORDON", isCordoned ? "true" : "null", StringComparison.Ordinal));

    private async Task CreateAsync(ApiKind kind, string space, string json)
    {
        JsonObject body = (JsonObject)JsonNode.Parse(json)!;
        body["metadata"]!["namespace"] = space;
        IObject obj = kind.DecodeJson(Encoding.UTF8.GetBytes(body.ToJsonString()));
        ApiResult<IObject> result = await world.Admin.CreateAsync(
            new(kind, space, ""), obj, WriteRequest.Default, CancellationToken.None);
        Say($"create {kind.Info.Resource} {obj.Metadata.Name}: {result.Error?.Message ?? "done"}");
    }

    private async Task PatchAsync(ApiKind kind, string space, string name, string patch)
    {
        ApiResult<IObject> result = await world.Admin.PatchAsync(
            new(kind, space, name), PatchType.Strategic, Encoding.UTF8.GetBytes(patch), WriteRequest.Default,
                CancellationToken.None);
        Say($"patch {kind.Info.Resource} {name} {patch}: {result.Error?.Message ?? "done"}");
    }

    private async Task DeleteAsync(ApiKind kind, string space, string name, string propagation)
    {
        DeleteOptions options = propagation.Length == 0
            ? DeleteOptions.Empty
            : DeleteOptions.Empty with { PropagationPolicy = propagation };
        ApiResult<Deletion> result = await world.Admin.DeleteAsync(new(kind, space, name), options,
            CancellationToken.None);
        Say($"delete {kind.Info.Resource} {name} {propagation}: {result.Error?.Message ?? "done"}");
    }

    private void Say(string what) => log($"user: {what}");

    private string Pick(params ReadOnlySpan<string> choices) => choices[_random.Next(choices.Length)];

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
