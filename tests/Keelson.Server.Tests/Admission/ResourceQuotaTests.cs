using System.Globalization;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Machinery.Values;

namespace Keelson.Server.Tests.Admission;

public sealed class ResourceQuotaTests
{
    [Fact]
    public async Task Of_fifty_at_once_ten_get_what_ten_are_allowed()
    {
        await using AdmissionBench bench = await BenchAsync(""" "hard":{"pods":"10"} """);
        BenchAnswer[] answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(index => Task.Run(
            () => bench.CreateAsync(ApiKinds.CoreV1Pod, PodNamed("p" + index.ToString(CultureInfo.InvariantCulture))))));

        Assert.Equal(10, answers.Count(one => one.Error is null));
        Assert.All(
            answers.Where(one => one.Error is not null),
            one => Assert.EndsWith("exceeded quota: q, requested: pods=1, used: pods=10, limited: pods=10", one.Message, StringComparison.Ordinal));
        Assert.Equal("10", Used(bench, "pods"));

        // What is not used any more makes room, once whoever counts has said so.
        await CountAsync(bench, used: "9");
        Assert.Equal("", (await bench.CreateAsync(ApiKinds.CoreV1Pod, PodNamed("last"))).Message);
        Assert.Equal("10", Used(bench, "pods"));
    }

    [Fact]
    public async Task A_pod_says_what_it_needs_where_that_is_limited()
    {
        await using AdmissionBench bench = await BenchAsync(""" "hard":{"requests.cpu":"1","limits.memory":"1Gi"} """);
        Assert.Equal(
            "pods \"p\" is forbidden: failed quota: q: must specify limits.memory for: c; requests.cpu for: c",
            (await bench.CreateAsync(ApiKinds.CoreV1Pod, PodNamed("p"))).Message);
        Assert.Equal(
            "pods \"p\" is forbidden: exceeded quota: q, requested: limits.memory=2Gi,requests.cpu=2, "
            + "used: limits.memory=0,requests.cpu=0, limited: limits.memory=1Gi,requests.cpu=1",
            (await bench.CreateAsync(
                ApiKinds.CoreV1Pod,
                PodNamed("p", "\"resources\":{\"requests\":{\"cpu\":\"2\"},\"limits\":{\"memory\":\"2Gi\"}}"))).Message);
    }

    [Theory]
    [InlineData("\"scopes\":[\"BestEffort\"],", "", "1")]
    [InlineData("\"scopes\":[\"NotBestEffort\"],", "", "0")]
    [InlineData("\"scopes\":[\"Terminating\"],", "\"activeDeadlineSeconds\":5,", "1")]
    [InlineData("\"scopes\":[\"NotTerminating\"],", "\"activeDeadlineSeconds\":5,", "0")]
    [InlineData("\"scopes\":[\"PriorityClass\"],", "\"priorityClassName\":\"high\",", "1")]
    [InlineData("\"scopeSelector\":{\"matchExpressions\":[{\"scopeName\":\"PriorityClass\",\"operator\":\"In\",\"values\":[\"low\"]}]},", "\"priorityClassName\":\"high\",", "0")]
    [InlineData("\"scopeSelector\":{\"matchExpressions\":[{\"scopeName\":\"PriorityClass\",\"operator\":\"NotIn\",\"values\":[\"low\"]}]},", "", "1")]
    public async Task Scopes_choose_the_pods_that_count(string scope, string spec, string used)
    {
        await using AdmissionBench bench = await BenchAsync(scope + "\"hard\":{\"pods\":\"5\"}");
        await bench.PutAsync(ApiKinds.SchedulingV1PriorityClass, """{"metadata":{"name":"high"},"value":5}""");
        BenchAnswer answer = await bench.CreateAsync(ApiKinds.CoreV1Pod, PodNamed("p", "", spec));
        Assert.Equal("", answer.Message);
        Assert.Equal(used, Used(bench, "pods"));
    }

    [Fact]
    public async Task Any_kind_can_be_counted()
    {
        await using AdmissionBench bench = await BenchAsync(
            """ "hard":{"count/leases.coordination.k8s.io":"1","configmaps":"1","services.nodeports":"0"} """);
        Assert.Equal("", (await bench.CreateAsync(ApiKinds.CoordinationV1Lease, """{"metadata":{"name":"a"}}""")).Message);
        Assert.Equal(
            "leases.coordination.k8s.io \"b\" is forbidden: exceeded quota: q, requested: count/leases.coordination.k8s.io=1, "
            + "used: count/leases.coordination.k8s.io=1, limited: count/leases.coordination.k8s.io=1",
            (await bench.CreateAsync(ApiKinds.CoordinationV1Lease, """{"metadata":{"name":"b"}}""")).Message);
        Assert.Equal(
            "services \"s\" is forbidden: exceeded quota: q, requested: services.nodeports=1, used: services.nodeports=0, "
            + "limited: services.nodeports=0",
            (await bench.CreateAsync(
                ApiKinds.CoreV1Service, """{"metadata":{"name":"s"},"spec":{"type":"NodePort","ports":[{"port":80}]}}""")).Message);
    }

    private static string PodNamed(string name, string container = "", string spec = "")
    {
        string more = container.Length > 0 ? "," + container : "";
        return $$$$"""{"metadata":{"name":"{{{{name}}}}"},"spec":{{{{{spec}}}}"containers":[{"name":"c","image":"i"{{{{more}}}}}]}}""";
    }

    /// <summary>A bench with a quota whose status has been worked out.</summary>
    private static async Task<AdmissionBench> BenchAsync(string spec)
    {
        AdmissionBench bench = await AdmissionBench.StartAsync();
        BenchAnswer answer = await bench.CreateAsync(
            ApiKinds.CoreV1ResourceQuota, $$$$"""{"metadata":{"name":"q"},"spec":{{{{{spec}}}}}}""");
        Assert.Equal("", answer.Message);
        await CountAsync(bench, used: "0");
        return bench;
    }

    /// <summary>Writes the quota's status as a controller does.</summary>
    private static async Task CountAsync(AdmissionBench bench, string used)
    {
        BenchAnswer answer = await bench.UpdateAsync<ResourceQuota>(
            ApiKinds.CoreV1ResourceQuota,
            "q",
            one => one with
            {
                Status = new ResourceQuotaStatus
                {
                    Hard = one.Spec.Hard,
                    Used = ApiMap<Quantity>.From(
                        one.Spec.Hard.Keys.Select(name => KeyValuePair.Create(name, Quantity.Parse(used)))),
                },
            },
            "status");
        Assert.Equal("", answer.Message);
    }

    private static string Used(AdmissionBench bench, string name) =>
        ((ResourceQuota)bench.Find(ApiKinds.CoreV1ResourceQuota, "q")!).Status.Used[name].ToString();
}
