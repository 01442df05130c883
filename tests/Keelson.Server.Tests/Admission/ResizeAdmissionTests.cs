using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Machinery.Values;

namespace Keelson.Server.Tests.Admission;

public sealed class ResizeAdmissionTests
{
    private const string Plain = """
        {"metadata":{"name":"p","namespace":"space","generation":1},
        "spec":{"nodeName":"n","serviceAccountName":"default",
        "containers":[{"name":"c","image":"i:1","resources":{"requests":{"cpu":"1","memory":"1Gi"}}}]}}
        """;

    private const string Whole = """
        {"metadata":{"name":"p","namespace":"space","generation":1},
        "spec":{"nodeName":"n","serviceAccountName":"default",
        "resources":{"requests":{"cpu":"1"},"limits":{"cpu":"1"}},"containers":[{"name":"c","image":"i:1"}]}}
        """;

    [Theory]
    [InlineData("2", "2Gi", "")]
    [InlineData("2001m", "2Gi", "cpu, requested: 2001, allocatable: 2000")]
    [InlineData("3", "3Gi",
        "cpu, requested: 3000, allocatable: 2000; memory, requested: 3221225472, allocatable: 2147483648")]
    public async Task A_pod_gets_no_more_than_its_node_could_ever_give(string cpu, string memory, string excess)
    {
        await using AdmissionBench bench = await BenchAsync(Plain, """["RestartAllContainersOnContainerExits"]""");
        BenchAnswer answer = await bench.UpdateAsync<Pod>(
            ApiKinds.CoreV1Pod, "p", pod => WithRequests(pod, cpu, memory), "resize");
        Assert.Equal(
            excess.Length == 0
                ? ""
                : "pods \"p\" is forbidden: node didn't have enough allocatable resources: " + excess,
            answer.Message);
        Assert.Equal(excess.Length == 0 ? null : "NodeCapacity", answer.Error?.Details?.Causes[0].Reason);
    }

    [Theory]
    [InlineData("[]", false)]
    [InlineData("""["InPlacePodLevelResourcesVerticalScaling"]""", true)]
    public async Task What_a_pod_has_as_a_whole_changes_only_where_the_node_declares_it(string declared, bool isAllowed)
    {
        await using AdmissionBench bench = await BenchAsync(Whole, declared);
        BenchAnswer answer = await bench.UpdateAsync<Pod>(
            ApiKinds.CoreV1Pod,
            "p",
            static pod => pod with
            {
                Spec = pod.Spec with
                {
                    Resources = new()
                    {
                        Requests = pod.Spec.Resources!.Requests.With("cpu", Quantity.Parse("2")),
                        Limits = pod.Spec.Resources.Limits.With("cpu", Quantity.Parse("2")),
                    },
                },
            },
            "resize");
        Assert.Equal(
            isAllowed ? "" : "pods \"p\" is forbidden: pod update requires features "
                + "InPlacePodLevelResourcesVerticalScaling which are not available on node \"n\"",
            answer.Message);
    }

    [Fact]
    public async Task A_pod_whose_node_is_gone_is_not_resized()
    {
        await using AdmissionBench bench = await BenchAsync(Plain, "[]");
        await bench.DeleteAsync(ApiKinds.CoreV1Node, "n");
        BenchAnswer resized = await bench.UpdateAsync<Pod>(
            ApiKinds.CoreV1Pod, "p", static pod => WithRequests(pod, "1500m", "1Gi"), "resize");
        Assert.Equal("pods \"p\" is forbidden: node \"n\" not found", resized.Message);
        Assert.Equal(
            "",
            (await bench.UpdateAsync<Pod>(ApiKinds.CoreV1Pod, "p", static pod => pod, "resize")).Message);
    }

    private static async Task<AdmissionBench> BenchAsync(string pod, string declared)
    {
        AdmissionBench bench = await AdmissionBench.StartAsync();
        await bench.PutAsync(ApiKinds.CoreV1Node, $$$"""
            {"metadata":{"name":"n","labels":{"kubernetes.io/os":"linux"}},
            "status":{"allocatable":{"cpu":"2","memory":"2Gi"},"declaredFeatures":{{{declared}}}}}
            """);
        await bench.PutAsync(ApiKinds.CoreV1Pod, pod);
        return bench;
    }

    private static Pod WithRequests(Pod pod, string cpu, string memory) => pod with
    {
        Spec = pod.Spec with
        {
            Containers = pod.Spec.Containers.Map(one => one with
            {
                Resources = one.Resources with
                {
                    Requests = one.Resources.Requests.With("cpu", Quantity.Parse(cpu))
                        .With("memory", Quantity.Parse(memory)),
                },
            }),
        },
    };
}
