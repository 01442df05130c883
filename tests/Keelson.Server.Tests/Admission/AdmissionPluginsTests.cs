using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Server.Authentication;

namespace Keelson.Server.Tests.Admission;

public sealed class AdmissionPluginsTests
{
    private const string Bare = """{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"i:1"}]}}""";

    [Theory]
    [InlineData("Nope", "", "enable-admission-plugins plugin \"Nope\" is unknown")]
    [InlineData("", "Nope", "disable-admission-plugins plugin \"Nope\" is unknown")]
    [InlineData("Priority", "Priority", "[Priority] in enable-admission-plugins and disable-admission-plugins overlapped")]
    [InlineData("ImagePolicyWebhook", "", "couldn't init admission plugin \"ImagePolicyWebhook\": no config specified")]
    public async Task Names_that_make_no_sense_are_refused_at_the_start(string enabled, string disabled, string text)
    {
        InvalidOperationException thrown = await Assert.ThrowsAsync<InvalidOperationException>(
            () => AdmissionBench.StartAsync(Names(enabled), Names(disabled)));
        Assert.Equal(text, thrown.Message);

        static string[] Names(string name) => name.Length == 0 ? [] : [name];
    }

    [Fact]
    public async Task Plugins_run_in_upstreams_order_whatever_the_order_of_the_options()
    {
        await using AdmissionBench bench = await AdmissionBench.StartAsync(
            ["AlwaysDeny", "AlwaysPullImages", "NodeRestriction"], ["LimitRanger"]);
        string[] names = [.. bench.Chain.Plugins.Select(one => one.Name)];
        Assert.DoesNotContain("LimitRanger", names);
        Assert.Equal(
            ["ServiceAccount", "NodeRestriction", "TaintNodesByCondition", "AlwaysPullImages", "PodSecurity", "ResourceQuota", "AlwaysDeny"],
            names.Where(one => one is "ServiceAccount" or "NodeRestriction" or "TaintNodesByCondition" or "AlwaysPullImages"
                or "PodSecurity" or "ResourceQuota" or "AlwaysDeny"));
    }

    [Fact]
    public async Task Images_are_always_pulled_where_that_is_asked_for()
    {
        await using AdmissionBench bench = await AdmissionBench.StartAsync(["AlwaysPullImages"]);
        BenchAnswer answer = await bench.CreateAsync(ApiKinds.CoreV1Pod, Bare);
        Assert.Equal("Always", ((Pod)answer.Object!).Spec.Containers[0].ImagePullPolicy);
    }

    [Fact]
    public async Task AlwaysDeny_denies_always()
    {
        await using AdmissionBench bench = await AdmissionBench.StartAsync(["AlwaysDeny"]);
        Assert.Equal(
            "pods \"p\" is forbidden: admission control is denying all modifications",
            (await bench.CreateAsync(ApiKinds.CoreV1Pod, Bare)).Message);
    }

    [Fact]
    public async Task Namespaces_are_made_where_that_is_asked_for()
    {
        await using AdmissionBench bench = await AdmissionBench.StartAsync(["NamespaceAutoProvision"]);
        await bench.DeleteAsync(ApiKinds.CoreV1Namespace, AdmissionBench.Space);
        await bench.UpdateAsync<Namespace>(
            ApiKinds.CoreV1Namespace, AdmissionBench.Space, one => one with { Spec = new() }, "finalize");
        await bench.DeleteAsync(ApiKinds.CoreV1Namespace, AdmissionBench.Space);
        Assert.Null(bench.Find(ApiKinds.CoreV1Namespace, AdmissionBench.Space));

        Assert.Equal("", (await bench.CreateAsync(ApiKinds.CoreV1ConfigMap, """{"metadata":{"name":"c"}}""")).Message);
        Namespace made = (Namespace)bench.Find(ApiKinds.CoreV1Namespace, AdmissionBench.Space)!;
        Assert.Equal("Active", made.Status.Phase);
        Assert.Equal(AdmissionBench.Space, made.Metadata.Labels["kubernetes.io/metadata.name"]);
    }

    [Fact]
    public async Task A_namespaces_annotations_choose_nodes_and_tolerations_for_its_pods()
    {
        await using AdmissionBench bench = await AdmissionBench.StartAsync(
            ["PodNodeSelector", "PodTolerationRestriction", "ExtendedResourceToleration"]);
        await bench.PutAsync(
            ApiKinds.CoreV1Namespace,
            """
            {"metadata":{"name":"space","annotations":{
              "scheduler.alpha.kubernetes.io/node-selector":"disk=ssd, zone=a",
              "scheduler.alpha.kubernetes.io/defaultTolerations":"[{\"key\":\"k\",\"operator\":\"Exists\"}]"}}}
            """);
        BenchAnswer answer = await bench.CreateAsync(
            ApiKinds.CoreV1Pod,
            """
            {"metadata":{"name":"p"},"spec":{"tolerations":[{"key":"k","operator":"Exists","effect":"NoSchedule"}],
             "containers":[{"name":"c","image":"i","resources":{"limits":{"example.com/gpu":1}}}]}}
            """);
        PodSpec spec = ((Pod)answer.Object!).Spec;
        Assert.Equal(["disk=ssd", "zone=a"], spec.NodeSelector.Select(one => $"{one.Key}={one.Value}"));

        // The namespace's own toleration is wider than the pod's, which goes.
        Assert.Equal(
            ["k:", "example.com/gpu:"],
            spec.Tolerations.Where(one => !one.Key.StartsWith("node.", StringComparison.Ordinal)).Select(one => $"{one.Key}:{one.Effect}"));

        BenchAnswer refused = await bench.CreateAsync(
            ApiKinds.CoreV1Pod, """{"metadata":{"name":"q"},"spec":{"nodeSelector":{"zone":"b"},"containers":[{"name":"c","image":"i"}]}}""");
        Assert.Equal(
            "pods \"q\" is forbidden: pod node label selector conflicts with its namespace node label selector", refused.Message);
    }

    [Fact]
    public async Task Owners_are_named_by_those_alone_who_may_delete_the_dependent()
    {
        await using AdmissionBench bench = await AdmissionBench.StartAsync(["OwnerReferencesPermissionEnforcement"]);
        UserInfo nobody = new() { Name = "nobody" };
        BenchAnswer answer = await bench.CreateAsync(
            ApiKinds.CoreV1ConfigMap,
            """{"metadata":{"name":"c","ownerReferences":[{"apiVersion":"v1","kind":"Pod","name":"p","uid":"u"}]}}""",
            nobody);
        Assert.Equal(
            "configmaps \"c\" is forbidden: cannot set an ownerRef on a resource you can't delete: , <nil>",
            answer.Message);
    }
}
