using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Policy.V1;
using Keelson.Server.Authentication;

namespace Keelson.Server.Tests.Admission;

public sealed class EvictionTests
{
    private const string Eviction = """{"metadata":{"name":"p"}}""";

    [Fact]
    public async Task A_pod_goes_when_its_budget_has_a_disruption_left_and_says_why_it_went()
    {
        await using AdmissionBench bench = await BenchAsync(allowed: 1);
        Assert.Equal("", (await bench.EvictAsync("p", Eviction)).Message);

        Pod pod = (Pod)bench.Find(ApiKinds.CoreV1Pod, "p")!;
        Assert.NotNull(pod.Metadata.DeletionTimestamp);
        Assert.Contains(pod.Status.Conditions, one => one is
        {
            Type: "DisruptionTarget", Status: "True", Reason: "EvictionByEvictionAPI", Message: "Eviction API: evicting",
        });
        PodDisruptionBudgetStatus spent =
            ((PodDisruptionBudget)bench.Find(ApiKinds.PolicyV1PodDisruptionBudget, "b")!).Status;
        Assert.Equal(0, spent.DisruptionsAllowed);
        Assert.Equal(["p"], spent.DisruptedPods.Keys);
    }

    [Fact]
    public async Task A_pod_stays_when_its_budget_is_used_up()
    {
        await using AdmissionBench bench = await BenchAsync(allowed: 0);
        BenchAnswer answer = await bench.EvictAsync("p", Eviction);
        Assert.Equal(429, answer.Error!.Code);
        Assert.Equal("Cannot evict pod as it would violate the pod's disruption budget.", answer.Message);
        Assert.Equal(
            "The disruption budget b needs 2 healthy pods and has 1 currently", answer.Error.Details!.Causes[0].Message);
        Assert.Null(bench.Find(ApiKinds.CoreV1Pod, "p")!.Metadata.DeletionTimestamp);
    }

    [Fact]
    public async Task Two_budgets_for_one_pod_are_one_too_many()
    {
        await using AdmissionBench bench = await BenchAsync(allowed: 1);
        await bench.PutAsync(ApiKinds.PolicyV1PodDisruptionBudget, Budget("b2", 1));
        BenchAnswer answer = await bench.EvictAsync("p", Eviction);
        Assert.Equal(500, answer.Error!.Code);
        Assert.Equal(
            "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.", answer.Message);
    }

    [Fact]
    public async Task A_dry_run_spends_and_evicts_nothing()
    {
        await using AdmissionBench bench = await BenchAsync(allowed: 1);
        Assert.Equal("", (await bench.EvictAsync("p", """{"metadata":{"name":"p"},"deleteOptions":{"dryRun":["All"]}}""")).Message);
        Assert.Null(bench.Find(ApiKinds.CoreV1Pod, "p")!.Metadata.DeletionTimestamp);
        Assert.Equal(
            1, ((PodDisruptionBudget)bench.Find(ApiKinds.PolicyV1PodDisruptionBudget, "b")!).Status.DisruptionsAllowed);
    }

    [Fact]
    public async Task An_eviction_names_its_pod_and_a_node_evicts_its_own_pods_alone()
    {
        await using AdmissionBench bench = await BenchAsync(allowed: 1);
        Assert.Equal(
            "name in URL does not match name in Eviction object",
            (await bench.EvictAsync("p", """{"metadata":{"name":"q"}}""")).Message);
        UserInfo other = new() { Name = "system:node:n2", Groups = [WellKnownUsers.NodesGroup] };
        Assert.Equal(
            "pods \"p\" is forbidden: node n2 can only evict pods with spec.nodeName set to itself",
            (await bench.EvictAsync("p", Eviction, other)).Message);
    }

    private static async Task<AdmissionBench> BenchAsync(int allowed)
    {
        AdmissionBench bench = await AdmissionBench.StartAsync(["NodeRestriction"]);
        await bench.PutAsync(ApiKinds.CoreV1Pod, """
            {"metadata":{"name":"p","namespace":"space","labels":{"app":"a"}},
             "spec":{"nodeName":"n1","containers":[{"name":"c","image":"i"}]},
             "status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}]}}
            """);
        await bench.PutAsync(ApiKinds.PolicyV1PodDisruptionBudget, Budget("b", allowed));
        return bench;
    }

    private static string Budget(string name, int allowed) => $$$$"""
        {"metadata":{"name":"{{{{name}}}}","namespace":"space"},"spec":{"selector":{"matchLabels":{"app":"a"}}},
         "status":{"disruptionsAllowed":{{{{allowed}}}},"currentHealthy":1,"desiredHealthy":2,"expectedPods":2}}
        """;
}
