using System.Text.Json.Nodes;

namespace Keelson.EndToEnd.Tests.Controllers;

/// <summary>Claims of devices from when they are made until they go, with a driver that just shows devices.</summary>
public sealed class DeviceTests(SimulatedClusterFixture cluster) : IClassFixture<SimulatedClusterFixture>
{
    private const string Slices = "/apis/resource.k8s.io/v1/resourceslices";

    [Fact]
    public async Task A_claim_is_made_of_a_template_used_and_deleted_with_its_pod()
    {
        const string Space = "templates";
        await DevicesAsync(Space);
        await cluster.PostAsync(
            $"/apis/resource.k8s.io/v1/namespaces/{Space}/resourceclaimtemplates",
            $$$$$"""
            {"metadata":{"name":"one"},"spec":{"metadata":{"labels":{"of":"template"}},"spec":{"devices":{"requests":[
            {"name":"gpu","exactly":{"deviceClassName":"{{{{{Space}}}}}"}}]}}}}
            """);
        await PodAsync(Space, "p", "", """,{"name":"two","resourceClaimTemplateName":"one"}""");

        JsonNode pod = await RunningAsync(Space, "p");
        JsonArray statuses = pod["status"]!["resourceClaimStatuses"]!.AsArray();
        Assert.Equal(["gpu", "two"], statuses.Select(static one => (string)one!["name"]!).Order());
        Assert.All(statuses, static one => Assert.StartsWith(
            $"p-{one!["name"]}-", (string)one["resourceClaimName"]!, StringComparison.Ordinal));
        foreach (JsonNode? one in statuses)
        {
            JsonNode claim = await cluster.GetAsync(ClaimPath(Space, (string)one!["resourceClaimName"]!));
            Assert.Equal("template", (string)claim["metadata"]!["labels"]!["of"]!);
            Assert.Equal(
                (string)one["name"]!,
                (string)claim["metadata"]!["annotations"]!["resource.kubernetes.io/pod-claim-name"]!);
            Assert.Equal("p", (string)claim["metadata"]!["ownerReferences"]![0]!["name"]!);
            Assert.Equal(
                (string)pod["metadata"]!["uid"]!, (string)claim["status"]!["reservedFor"]![0]!["uid"]!);
            Assert.Equal(
                "resource.kubernetes.io/delete-protection", (string)claim["metadata"]!["finalizers"]![0]!);
        }

        await cluster.DeleteAsync($"/api/v1/namespaces/{Space}/pods/p");
        foreach (JsonNode? one in statuses)
        {
            await cluster.GoneAsync(ClaimPath(Space, (string)one!["resourceClaimName"]!));
        }

        await MetricsAsync("resourceclaim_controller_creates_total{admin_access=\"false\",status=\"success\"} ");
    }

    [Fact]
    public async Task A_claim_of_its_own_gives_its_devices_back_with_the_last_pod_and_stays()
    {
        const string Space = "owned";
        await DevicesAsync(Space);
        await cluster.PostAsync($"/apis/resource.k8s.io/v1/namespaces/{Space}/resourceclaims", ClaimBody(Space));
        await PodAsync(Space, "first", "mine");
        await PodAsync(Space, "second", "mine");
        await RunningAsync(Space, "first");
        await RunningAsync(Space, "second");
        await cluster.EventuallyAsync(
            ClaimPath(Space, "mine"), static one => one["status"]!["reservedFor"]!.AsArray().Count == 2);

        await cluster.DeleteAsync($"/api/v1/namespaces/{Space}/pods/first");
        JsonNode used = await cluster.EventuallyAsync(
            ClaimPath(Space, "mine"), static one => one["status"]!["reservedFor"]!.AsArray().Count == 1);
        Assert.Equal("second", (string)used["status"]!["reservedFor"]![0]!["name"]!);
        Assert.NotNull(used["status"]!["allocation"]);

        await cluster.DeleteAsync($"/api/v1/namespaces/{Space}/pods/second");
        JsonNode free = await cluster.EventuallyAsync(
            ClaimPath(Space, "mine"),
            static one => one["status"]?["allocation"] is null && one["metadata"]!["finalizers"] is null);
        Assert.Null(free["status"]?["reservedFor"]);
    }

    [Fact]
    public async Task A_template_that_is_missing_is_told()
    {
        await cluster.NamespaceAsync("missing");
        await PodAsync("missing", "p", "");
        await EventAsync(
            "missing",
            "PodResourceClaim gpu: resource claim template \"one\": "
            + "resourceclaimtemplate.resource.k8s.io \"one\" not found");
    }

    [Fact]
    public async Task A_pod_leaves_a_device_that_is_tainted_while_one_that_tolerates_it_stays()
    {
        const string Space = "tainted";
        await DevicesAsync(Space);
        await cluster.PostAsync($"/apis/resource.k8s.io/v1/namespaces/{Space}/resourceclaims", ClaimBody(Space));
        await cluster.PostAsync(
            $"/apis/resource.k8s.io/v1/namespaces/{Space}/resourceclaims",
            $$$$$"""
            {"metadata":{"name":"patient"},"spec":{"devices":{"requests":[{"name":"gpu","exactly":{
            "deviceClassName":"{{{{{Space}}}}}",
            "tolerations":[{"key":"broken","operator":"Exists","effect":"NoExecute"}]}}]}}}
            """);
        await PodAsync(Space, "leaves", "mine");
        await PodAsync(Space, "stays", "patient");
        await RunningAsync(Space, "leaves");
        await RunningAsync(Space, "stays");

        JsonNode slice = await cluster.GetAsync($"{Slices}/{Space}");
        foreach (JsonNode? device in slice["spec"]!["devices"]!.AsArray())
        {
            device!["taints"] = JsonNode.Parse("""[{"key":"broken","effect":"NoExecute"}]""");
        }

        await cluster.PutAsync($"{Slices}/{Space}", slice.ToJsonString());
        JsonNode leaving = await cluster.EventuallyAsync(
            $"/api/v1/namespaces/{Space}/events",
            static list => list["items"]!.AsArray().Any(static one =>
                (string?)one!["reason"] == "DeviceTaintManagerEviction"
                && (string?)one["involvedObject"]!["name"] == "leaves"));
        Assert.Contains(leaving["items"]!.AsArray(), static one =>
            (string?)one!["message"] == "Marking for deletion"
            && (string?)one["source"]!["component"] == "device-taint-eviction-controller");
        await cluster.GoneAsync($"/api/v1/namespaces/{Space}/pods/leaves");

        // A new one finds no device that is fit for it.
        await PodAsync(Space, "late", "mine");
        JsonNode late = await cluster.EventuallyAsync(
            $"/api/v1/namespaces/{Space}/pods/late",
            static one => one["status"]!["conditions"]?[0]?["message"] is not null);
        Assert.StartsWith(
            "0/4 nodes are available: 4 cannot allocate all claims.",
            (string)late["status"]!["conditions"]![0]!["message"]!, StringComparison.Ordinal);
        JsonNode stays = await cluster.GetAsync($"/api/v1/namespaces/{Space}/pods/stays");
        Assert.Null(stays["metadata"]!["deletionTimestamp"]);
        await MetricsAsync(
            "device_taint_eviction_controller_pod_deletions_total ",
            "device_taint_eviction_controller_pod_deletion_duration_seconds_bucket{le=\"240\"} ");
    }

    [Fact]
    public async Task A_device_stands_for_an_extended_resource()
    {
        const string Space = "extended";
        await DevicesAsync(Space, $",\"extendedResourceName\":\"example.com/{Space}\"");
        await cluster.PostAsync(
            $"/api/v1/namespaces/{Space}/pods",
            $$$$$"""
            {"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"i","resources":{
            "limits":{"example.com/{{{{{Space}}}}}":"2"}}}]}}
            """);
        JsonNode pod = await cluster.EventuallyAsync(
            $"/api/v1/namespaces/{Space}/pods/p", static one => one["spec"]!["nodeName"] is not null);
        JsonNode status = pod["status"]!["extendedResourceClaimStatus"]!;
        Assert.Equal(
            $"[{{\"containerName\":\"c\",\"resourceName\":\"example.com/{Space}\","
            + "\"requestName\":\"container-0-request-0\"}]",
            status["requestMappings"]!.ToJsonString());
        string path = ClaimPath(Space, (string)status["resourceClaimName"]!);
        JsonNode claim = await cluster.GetAsync(path);
        Assert.StartsWith("p-extended-resources-", (string)claim["metadata"]!["name"]!, StringComparison.Ordinal);
        Assert.Equal(
            "true", (string)claim["metadata"]!["annotations"]!["resource.kubernetes.io/extended-resource-claim"]!);
        Assert.Equal(2, claim["status"]!["allocation"]!["devices"]!["results"]!.AsArray().Count);
        await MetricsAsync(
            "scheduler_resourceclaim_creates_total{status=\"success\"} ",
            "resourceclaim_controller_resource_claims{"
            + "admin_access=\"false\",allocated=\"true\",source=\"extended_resource\"} 1");
        await cluster.DeleteAsync($"/api/v1/namespaces/{Space}/pods/p");
        await cluster.GoneAsync(path);
    }

    private static string ClaimPath(string space, string name) =>
        $"/apis/resource.k8s.io/v1/namespaces/{space}/resourceclaims/{name}";

    private static string ClaimBody(string space) =>
        $$$$$"""
        {"metadata":{"name":"mine"},"spec":{"devices":{"requests":[
        {"name":"gpu","exactly":{"deviceClassName":"{{{{{space}}}}}"}}]}}}
        """;

    /// <summary>A namespace, and a class of its name with two devices that all nodes can use.</summary>
    private async Task DevicesAsync(string space, string spec = "")
    {
        await cluster.NamespaceAsync(space);
        await cluster.PostAsync(
            "/apis/resource.k8s.io/v1/deviceclasses",
            $$$$$"""
            {"metadata":{"name":"{{{{{space}}}}}"},"spec":{"selectors":[{"cel":{"expression":
            "device.driver == '{{{{{space}}}}}.example.com'"}}]{{{{{spec}}}}}}}
            """);
        await cluster.PostAsync(
            Slices,
            $$$$$"""
            {"metadata":{"name":"{{{{{space}}}}}"},"spec":{"driver":"{{{{{space}}}}}.example.com","allNodes":true,
            "pool":{"name":"pool","generation":1,"resourceSliceCount":1},"devices":[{"name":"a"},{"name":"b"}]}}
            """);
    }

    /// <summary>A pod that uses a claim, or one of the template for an empty name.</summary>
    private Task PodAsync(string space, string name, string claim, string more = "")
    {
        string source = claim.Length > 0
            ? $"\"resourceClaimName\":\"{claim}\""
            : "\"resourceClaimTemplateName\":\"one\"";
        return cluster.PostAsync(
            $"/api/v1/namespaces/{space}/pods",
            $$$$$"""
            {"metadata":{"name":"{{{{{name}}}}}"},"spec":{
            "resourceClaims":[{"name":"gpu",{{{{{source}}}}}}{{{{{more}}}}}],
            "terminationGracePeriodSeconds":0,
            "containers":[{"name":"c","image":"i","resources":{"claims":[{"name":"gpu"}]}}]}}
            """);
    }

    private Task<JsonNode> RunningAsync(string space, string name) => cluster.EventuallyAsync(
        $"/api/v1/namespaces/{space}/pods/{name}", static one => (string?)one["status"]!["phase"] == "Running");

    private async Task MetricsAsync(params string[] series)
    {
        string metrics = await cluster.Client.GetStringAsync("/metrics");
        Assert.All(series, one => Assert.Contains("\n" + one, metrics, StringComparison.Ordinal));
    }

    private Task EventAsync(string space, string message) => cluster.EventuallyAsync(
        $"/api/v1/namespaces/{space}/events",
        list => list["items"]!.AsArray().Any(one => (string?)one!["message"] == message));
}
