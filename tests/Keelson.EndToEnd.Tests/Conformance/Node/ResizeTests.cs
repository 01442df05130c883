using System.Globalization;
using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Nodes;

namespace Keelson.EndToEnd.Tests.Conformance.Node;

/// <summary>Pods that get more or less while they run: in their spec, their status, and the kernel.</summary>
[Collection(NodeClusterCollection.Name)]
public sealed class ResizeTests(NodeClusterFixture cluster)
{
    private const string Area = "[sig-node] Pod InPlace Resize Container";
    private const string Since = "[MinimumKubeletVersion:1.34]";
    private const string Three = "guaranteed pods with multiple containers 3 containers -";

    private const string ReadGroup =
        """
        cd /sys/fs/cgroup
        if [ -e cpu/cpu.shares ]; then
          cat cpu/cpu.shares cpu/cpu.cfs_quota_us memory/memory.limit_in_bytes
        else
          cat cpu.weight; cut -d ' ' -f 1 cpu.max; cat memory.max
        fi
        """;

    [Fact]
    [Conformance(Area, Three, "increase cpu & mem on c1, c2, decrease cpu & mem on c3 - net increase", Since)]
    public Task Three_containers_net_increase() => ResizeAsync(
        [Even("c1", 50, 30), Even("c2", 100, 40), Even("c3", 70, 50)],
        [Even("c1", 80, 50), Even("c2", 130, 60), Even("c3", 60, 40)]);

    [Fact]
    [Conformance(Area, Three, "increase cpu & mem on c1, decrease cpu & mem on c2, c3 - net decrease", Since)]
    public Task Three_containers_net_decrease() => ResizeAsync(
        [Even("c1", 50, 30), Even("c2", 100, 40), Even("c3", 70, 50)],
        [Even("c1", 60, 35), Even("c2", 70, 30), Even("c3", 50, 40)]);

    [Fact]
    [Conformance(Area, Three, "increase: CPU (c1,c3), memory (c2, c3) ; decrease: CPU (c2)", Since)]
    public Task Three_containers_here_more_there_less() => ResizeAsync(
        [Even("c1", 50, 30), Even("c2", 100, 40), Even("c3", 70, 50)],
        [Even("c1", 60, 30), Even("c2", 70, 50), Even("c3", 80, 60)]);

    [Fact]
    [Conformance(
        Area,
        "burstable pods - extended 6 containers - various operations performed (including adding limits and requests)",
        Since)]
    public Task Six_containers_various_operations() => ResizeAsync(
        [
            new("c1", null, null, null, null),
            new("c2", 20, null, null, null),
            new("c3", 20, 40, null, null),
            new("c4", 20, 40, 20, 40),
            new("c5", null, null, 20, null),
            new("c6", 20, 40, 20, 40),
        ],
        [
            new("c1", 10, 30, null, null),
            new("c2", 10, 30, null, null),
            new("c3", 30, 60, 20, null),
            new("c4", 20, 40, 20, 40),
            new("c5", null, null, 30, 50),
            new("c6", 10, 50, 30, 60),
        ]);

    [Fact]
    [Conformance(Area, "burstable pods - extended resize with equivalents", Since)]
    public Task Resize_with_equivalents() => ResizeAsync([new("c1", 2, 10, null, null)], [new("c1", 1, 5, null, null)]);

    [Fact]
    [Conformance(Area, "resize pod via the replace endpoint", Since)]
    public async Task Resize_pod_via_the_replace_endpoint()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        Sized wanted = new("c1", 60, 120, 40, 80);
        await space.ServeAsync(Pod([new("c1", 50, 100, 30, 60)]));
        JsonNode answer = await space.Pods.UpdateAsync(
            "sized/resize", one => one["spec"]!["containers"]![0]!["resources"] = wanted.Resources());
        Assert.True(JsonNode.DeepEquals(wanted.Resources(), answer.At("spec.containers.0.resources")), $"{answer}");
        await ExpectAsync(space, [wanted]);
        JsonNode resize = await space.Pods.GetAsync("sized/resize");
        JsonNode pod = await space.Pods.GetAsync("sized");
        Assert.True(JsonNode.DeepEquals(pod, resize), $"{pod}\n{resize}");
    }

    private static Sized Even(string name, int cpu, int memory) => new(name, cpu, cpu, memory, memory);

    private static string Pod(Sized[] containers) => RealManifests.Of(
        "sized",
        "",
        [.. containers.Select(static one => RealManifests.Shell(
            one.Name, "sleep 3600", "resources: " + one.Resources().ToJsonString()))]);

    private async Task ResizeAsync(Sized[] first, Sized[] then)
    {
        // There and back.
        Workspace space = await RealPods.SpaceAsync(cluster);
        await space.ServeAsync(Pod(first));
        await ExpectAsync(space, first);
        foreach (Sized[] wanted in (Sized[][])[then, .. first.Any(static one => one.IsOpen) ? [] : (Sized[][])[first]])
        {
            JsonObject patch = new()
            {
                ["spec"] = new JsonObject
                {
                    ["containers"] = new JsonArray([.. wanted.Select(static one => (JsonNode)new JsonObject
                    {
                        ["name"] = one.Name,
                        ["resources"] = one.Resources(),
                    })]),
                },
            };
            await space.Pods.StrategicAsync("sized/resize", patch.ToJsonString());
            await ExpectAsync(space, wanted);
        }
    }

    /// <summary>Waits until the containers have what they should have, and holds the kernel against it.</summary>
    private static async Task ExpectAsync(Workspace space, Sized[] wanted)
    {
        JsonNode pod = await space.Pods.UntilAsync(
            "sized",
            one => one.IsObserved() && one.Condition("PodResizePending") is null
                && one.Condition("PodResizeInProgress") is null
                && wanted.All(it => JsonNode.DeepEquals(StatusOf(one, it)!["resources"], it.Resources())));
        foreach (Sized one in wanted)
        {
            JsonNode spec = pod.Items("spec.containers").Single(it => it.Text("name") == one.Name);
            Assert.True(JsonNode.DeepEquals(one.Resources(), spec["resources"]), spec.ToJsonString());
            JsonNode status = StatusOf(pod, one)!;
            Assert.True(
                JsonNode.DeepEquals(one.Resources()["requests"], status["allocatedResources"]), status.ToJsonString());
            Assert.Equal(0, status.Number("restartCount"));
            CommandResult group = await space.ExecInAsync("sized", one.Name, "sh", "-c", ReadGroup);
            Assert.Equal(one.Group(), group.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        }
    }

    private static JsonNode? StatusOf(JsonNode pod, Sized one) =>
        pod.Items("status.containerStatuses").FirstOrDefault(it => it.Text("name") == one.Name);

    /// <summary>What a container asks for: thousandths of processors, mebibytes.</summary>
    private sealed record Sized(string Name, int? CpuRequest, int? CpuLimit, int? MemoryRequest, int? MemoryLimit)
    {
        /// <summary>True when something is left open, which can be added but not taken away.</summary>
        public bool IsOpen => CpuRequest is null || CpuLimit is null || MemoryRequest is null || MemoryLimit is null;

        public JsonObject Resources()
        {
            JsonObject resources = [];
            Add(resources, "limits", CpuLimit, MemoryLimit);
            Add(resources, "requests", CpuRequest, MemoryRequest);
            return resources;
        }

        /// <summary>Weight, quota and limit as the kernel has them.</summary>
        public string[] Group()
        {
            long shares = Math.Max(2, (CpuRequest ?? 0) * 1024 / 1000);
            long? quota = CpuLimit is { } cpu ? Math.Max(1000, cpu * 100) : null;
            long? memory = MemoryLimit * 1024L * 1024;
            return File.Exists("/sys/fs/cgroup/cgroup.controllers")
                ? [Text(1 + ((shares - 2) * 9999 / 262142)), Text(quota) ?? "max", Text(memory) ?? "max"]
                : [Text(shares), Text(quota) ?? "-1", Text(memory) ?? "9223372036854771712"];
        }

        private static void Add(JsonObject resources, string name, int? cpu, int? memory)
        {
            if (cpu is null && memory is null)
            {
                return;
            }

            JsonObject amounts = [];
            resources[name] = amounts;
            if (cpu is not null)
            {
                amounts["cpu"] = Text(cpu) + "m";
            }

            if (memory is not null)
            {
                amounts["memory"] = Text(memory) + "Mi";
            }
        }

        private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

        private static string? Text(long? value) => value?.ToString(CultureInfo.InvariantCulture);
    }
}
