using System.Net;
using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Controllers;

namespace Keelson.EndToEnd.Tests.Conformance.ApiMachinery;

/// <summary>Quotas: what counts, and what they refuse.</summary>
public sealed class QuotaTests(SimulatedClusterFixture cluster) : IClassFixture<SimulatedClusterFixture>
{
    private const string Area = "[sig-api-machinery] ResourceQuota";

    private const string Everything =
        """
        metadata: {name: quota}
        spec:
          hard:
            pods: "5"
            services: "10"
            services.nodeports: "1"
            services.loadbalancers: "1"
            replicationcontrollers: "10"
            count/replicasets.apps: "5"
            resourcequotas: "1"
            configmaps: "10"
            secrets: "10"
            requests.cpu: "1"
            requests.memory: 500Mi
            requests.ephemeral-storage: 50Gi
            requests.example.com/dongle: "3"
        """;

    [Fact]
    [Conformance(Area, "should create a ResourceQuota and ensure its status is promptly calculated.")]
    public async Task Should_create_a_ResourceQuota_and_ensure_its_status_is_promptly_calculated()
    {
        Workspace space = await QuotaAsync();

        // The certificate that every namespace gets counts as well, and the quota itself.
        await UsedAsync(space, ("configmaps", "1"), ("secrets", "0"), ("resourcequotas", "1"));
        JsonNode quota = await space.Quotas.GetAsync("quota");
        Assert.True(JsonNode.DeepEquals(quota.At("spec.hard"), quota.At("status.hard")));
        Assert.Equal(13, ((JsonObject)quota.At("status.used")!).Count);
        Assert.Equal(("0", "0"), (Used(quota, "pods"), Used(quota, "requests.memory")));
    }

    [Fact]
    [Conformance(Area, "should create a ResourceQuota and capture the life of a configMap.")]
    public async Task Should_capture_the_life_of_a_configMap()
    {
        Workspace space = await QuotaAsync();
        await UsedAsync(space, ("configmaps", "1"));
        await space.ConfigMaps.CreateAsync("{metadata: {name: counted}, data: {a: a}}");
        await UsedAsync(space, ("configmaps", "2"));
        await space.ConfigMaps.DeleteAsync("counted");
        await UsedAsync(space, ("configmaps", "1"));
    }

    [Fact]
    [Conformance(Area, "should create a ResourceQuota and capture the life of a secret.")]
    public async Task Should_capture_the_life_of_a_secret()
    {
        Workspace space = await QuotaAsync();
        await space.Secrets.CreateAsync("{metadata: {name: counted}, stringData: {a: a}}");
        await UsedAsync(space, ("secrets", "1"), ("resourcequotas", "1"));
        await space.Secrets.DeleteAsync("counted");
        await UsedAsync(space, ("secrets", "0"));
    }

    [Fact]
    [Conformance(Area, "should create a ResourceQuota and capture the life of a replica set.")]
    public async Task Should_capture_the_life_of_a_replica_set()
    {
        Workspace space = await QuotaAsync();
        await space.ReplicaSets.CreateAsync(Manifests.Workload("counted", 0));
        await UsedAsync(space, ("count/replicasets.apps", "1"));
        await space.ReplicaSets.DeleteAsync("counted");
        await UsedAsync(space, ("count/replicasets.apps", "0"));
    }

    [Fact]
    [Conformance(Area, "should create a ResourceQuota and capture the life of a replication controller.")]
    public async Task Should_capture_the_life_of_a_replication_controller()
    {
        Workspace space = await QuotaAsync();
        await space.ReplicationControllers.CreateAsync(Manifests.ReplicationController("counted", 0));
        await UsedAsync(space, ("replicationcontrollers", "1"));
        await space.ReplicationControllers.DeleteAsync("counted", """{"propagationPolicy":"Orphan"}""");
        await UsedAsync(space, ("replicationcontrollers", "0"));
    }

    [Fact]
    [Conformance(Area, "should create a ResourceQuota and capture the life of a service.")]
    public async Task Should_capture_the_life_of_a_service()
    {
        Workspace space = await QuotaAsync();
        await space.Services.CreateAsync("{metadata: {name: inner}, spec: {ports: [{port: 80}]}}");
        await space.Services.CreateAsync("{metadata: {name: outer}, spec: {type: NodePort, ports: [{port: 80}]}}");
        await UsedAsync(
            space, ("services", "2"), (
                "services.nodeports", "1"), ("services.loadbalancers", "0"), ("resourcequotas", "1"));
        JsonNode refused = await space.Services.RefusedAsync(
            "{metadata: {name: balanced}, spec: {type: LoadBalancer, ports: [{port: 80}]}}", HttpStatusCode.Forbidden);
        Assert.Equal(
            "services \"balanced\" is forbidden: exceeded quota: quota, requested: services.nodeports=1, "
                + "used: services.nodeports=1, limited: services.nodeports=1",
            refused.Text("message"));
        await space.Services.DeleteAsync("inner");
        await space.Services.DeleteAsync("outer");
        await UsedAsync(space, ("services", "0"), ("services.nodeports", "0"));
    }

    [Fact]
    [Conformance(Area, "should create a ResourceQuota and capture the life of a pod.")]
    public async Task Should_capture_the_life_of_a_pod()
    {
        Workspace space = await QuotaAsync();
        await space.Pods.CreateAsync(
            Pod("fits", "{cpu: 500m, memory: 252Mi, ephemeral-storage: 30Gi, example.com/dongle: 2}"));
        (string, string)[] used =
        [
            ("pods", "1"), ("requests.cpu", "500m"), ("requests.memory", "252Mi"),
            ("requests.ephemeral-storage", "30Gi"), ("requests.example.com/dongle", "2"),
        ];
        await UsedAsync(space, used);

        // What is more than is left is refused, and so is a change of what was asked for.
        JsonNode refused = await space.Pods.RefusedAsync(
            Pod("exceeds", "{cpu: 600m, memory: 100Mi, ephemeral-storage: 1Gi}"), HttpStatusCode.Forbidden);
        Assert.Equal(
            "pods \"exceeds\" is forbidden: exceeded quota: quota, requested: requests.cpu=600m, "
                + "used: requests.cpu=500m, limited: requests.cpu=1",
            refused.Text("message"));
        await space.Pods.RefusedAsync(
            Pod("exceeds", "{cpu: 1m, memory: 1Mi, ephemeral-storage: 1Gi, example.com/dongle: 2}"),
            HttpStatusCode.Forbidden);
        await space.Pods.RefusedAsync(
            HttpMethod.Patch,
            "/fits",
            """{"spec":{"containers":[{"name":"c","resources":{"requests":{"cpu":"100m"}}}]}}""",
            "application/strategic-merge-patch+json",
            HttpStatusCode.UnprocessableEntity);
        await UsedAsync(space, used);
        await space.Pods.DeleteAsync("fits", """{"gracePeriodSeconds":0}""");
        await UsedAsync(
            space,
            ("pods", "0"),
            ("requests.cpu", "0"),
            ("requests.memory", "0"),
            ("requests.ephemeral-storage", "0"),
            ("requests.example.com/dongle", "0"));
    }

    [Fact]
    [Conformance(Area, "should be able to update and delete ResourceQuota.")]
    public async Task Should_be_able_to_update_and_delete_ResourceQuota()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await space.Quotas.CreateAsync("{metadata: {name: quota}, spec: {hard: {cpu: 1, memory: 500Mi}}}");
        Assert.Equal("500Mi", (await space.Quotas.GetAsync("quota")).Text("spec.hard.memory"));
        await space.Quotas.UpdateAsync(
            "quota",
            static one =>
            {
                one["spec"]!["hard"]!["cpu"] = "2";
                one["spec"]!["hard"]!["memory"] = "1Gi";
            });
        JsonNode updated = await space.Quotas.GetAsync("quota");
        Assert.Equal(("2", "1Gi"), (updated.Text("spec.hard.cpu"), updated.Text("spec.hard.memory")));
        await space.Quotas.DeleteAsync("quota");
        await space.Quotas.GoneAsync("quota");
    }

    [Fact]
    [Conformance(Area, "should manage the lifecycle of a ResourceQuota")]
    public async Task Should_manage_the_lifecycle_of_a_ResourceQuota()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await space.Quotas.CreateAsync(
            "{metadata: {name: quota, labels: {suite: life}}, spec: {hard: {cpu: 1, memory: 500Mi}}}");
        JsonNode listed = Assert.Single(await space.Everywhere("v1", "resourcequotas").ListAsync("suite=life"));
        Assert.Equal(space.Namespace, listed.Text("metadata.namespace"));
        JsonNode patched = await space.Quotas.StrategicAsync(
            "quota", """{"metadata":{"labels":{"patched":"yes"}},"spec":{"hard":{"memory":"750Mi"}}}""");
        Assert.Equal(("yes", "750Mi", "1"), (
            patched.Label("patched"), patched.Text("spec.hard.memory"), patched.Text("spec.hard.cpu")));
        await space.Quotas.DeleteCollectionAsync("patched=yes");
        await space.Quotas.UntilAllAsync(static found => found.Count == 0);
    }

    [Fact]
    [Conformance(Area, "should verify ResourceQuota with best effort scope.")]
    public async Task Should_verify_ResourceQuota_with_best_effort_scope()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await ScopeAsync(space, "BestEffort", "{pods: \"5\"}");
        await ScopeAsync(space, "NotBestEffort", "{pods: \"5\"}");
        await space.Pods.CreateAsync(Pod("frugal", "{}"));
        await CountAsync(space, "besteffort", 1, "notbesteffort", 0);
        await space.Pods.DeleteAsync("frugal", """{"gracePeriodSeconds":0}""");
        await CountAsync(space, "besteffort", 0, "notbesteffort", 0);
        await space.Pods.CreateAsync(Pod("asking", "{cpu: 500m, memory: 200Mi}"));
        await CountAsync(space, "besteffort", 0, "notbesteffort", 1);
        await space.Pods.DeleteAsync("asking", """{"gracePeriodSeconds":0}""");
        await CountAsync(space, "besteffort", 0, "notbesteffort", 0);
    }

    [Fact]
    [Conformance(Area, "should verify ResourceQuota with terminating scopes.")]
    public async Task Should_verify_ResourceQuota_with_terminating_scopes()
    {
        const string hard =
            "{pods: \"5\", requests.cpu: \"1\", requests.memory: 500Mi, limits.cpu: \"2\", limits.memory: 1Gi}";
        const string limits = "limits: {cpu: 1, memory: 400Mi}";
        Workspace space = await Workspace.CreateAsync(cluster);
        await ScopeAsync(space, "Terminating", hard);
        await ScopeAsync(space, "NotTerminating", hard);
        await space.Pods.CreateAsync(Pod("stays", "{cpu: 500m, memory: 200Mi}", limits));
        await CountAsync(space, "notterminating", 1, "terminating", 0);
        JsonNode quota = await space.Quotas.GetAsync("notterminating");
        Assert.Equal(
            ("500m", "200Mi", "1", "400Mi"),
            (Used(quota, "requests.cpu"), Used(
                quota, "requests.memory"), Used(quota, "limits.cpu"), Used(quota, "limits.memory")));
        await space.Pods.DeleteAsync("stays", """{"gracePeriodSeconds":0}""");
        await CountAsync(space, "notterminating", 0, "terminating", 0);
        await space.Pods.CreateAsync(Pod("ends", "{cpu: 500m, memory: 200Mi}", limits, "activeDeadlineSeconds: 3600"));
        await CountAsync(space, "notterminating", 0, "terminating", 1);
        Assert.Equal("500m", Used(await space.Quotas.GetAsync("terminating"), "requests.cpu"));
        await space.Pods.DeleteAsync("ends", """{"gracePeriodSeconds":0}""");
        await CountAsync(space, "notterminating", 0, "terminating", 0);
    }

    private static string Used(JsonNode quota, string resource) => (string?)quota.At("status.used")?[resource] ?? "";

    private static Task<JsonNode> ScopeAsync(Workspace space, string scope, string hard) => space.Quotas.CreateAsync(
        $$"""{metadata: {name: {{scope.ToLowerInvariant()}} }, spec: {hard: {{hard}}, scopes: [{{scope}}]} }""");

    private static async Task CountAsync(Workspace space, string one, int ofOne, string other, int ofOther)
    {
        await space.Quotas.UntilAsync(one, quota => Used(quota, "pods") == $"{ofOne}");
        await space.Quotas.UntilAsync(other, quota => Used(quota, "pods") == $"{ofOther}");
    }

    private static string Pod(string name, string requests, string limits = "", string spec = "")
    {
        string dongles = requests.Contains(
            "dongle", StringComparison.Ordinal) ? "limits: {example.com/dongle: 2}" : limits;
        return $$"""
            metadata: {name: {{name}} }
            spec:
              containers: [{name: c, image: nginx, resources: {requests: {{requests}}, {{dongles}} } }]
              {{spec}}
            """;
    }

    private static Task UsedAsync(Workspace space, params (string Resource, string Amount)[] expected) =>
        space.Quotas.UntilAsync("quota", one => expected.All(it => Used(one, it.Resource) == it.Amount));

    private async Task<Workspace> QuotaAsync()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await space.ConfigMaps.UntilAsync("kube-root-ca.crt", static _ => true);
        await space.Quotas.CreateAsync(Everything);
        await space.Quotas.UntilAsync("quota", static one => one.Has("status.used"));
        return space;
    }
}
