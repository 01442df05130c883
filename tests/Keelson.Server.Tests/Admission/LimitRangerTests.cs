using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;

namespace Keelson.Server.Tests.Admission;

public sealed class LimitRangerTests
{
    [Fact]
    public async Task Containers_without_amounts_get_the_defaults_and_a_note_says_so()
    {
        await using AdmissionBench bench = await BenchAsync("""
            {"type":"Container","default":{"cpu":"1","memory":"1Gi"},"defaultRequest":{"cpu":"500m"}}
            """);
        BenchAnswer answer = await bench.CreateAsync(ApiKinds.CoreV1Pod, """
            {"metadata":{"name":"p"},"spec":{
              "initContainers":[{"name":"i","image":"x","resources":{"requests":{"cpu":"2"},"limits":{"cpu":"2"}}}],
              "containers":[{"name":"c","image":"x"}]}}
            """);
        Pod pod = (Pod)answer.Object!;
        Assert.Equal("500m", pod.Spec.Containers[0].Resources.Requests["cpu"].ToString());
        Assert.Equal("1Gi", pod.Spec.Containers[0].Resources.Limits["memory"].ToString());
        Assert.Equal("2", pod.Spec.InitContainers[0].Resources.Requests["cpu"].ToString());
        Assert.Equal(
            "LimitRanger plugin set: cpu, memory request for container c; cpu, memory limit for container c; "
            + "memory request for init container i; memory limit for init container i",
            pod.Metadata.Annotations["kubernetes.io/limit-ranger"]);
    }

    [Theory]
    [InlineData("\"limits\":{\"cpu\":\"3\"},\"requests\":{\"cpu\":\"1\"}", "maximum cpu usage per Container is 2, but limit is 3")]
    [InlineData("\"requests\":{\"cpu\":\"50m\"},\"limits\":{\"cpu\":\"50m\"}", "minimum cpu usage per Container is 100m, but request is 50m")]
    [InlineData("\"requests\":{\"cpu\":\"200m\"},\"limits\":{\"cpu\":\"1\"}", "cpu max limit to request ratio per Container is 4, but provided ratio is 5.000000")]
    [InlineData("\"requests\":{\"cpu\":\"500m\"},\"limits\":{\"cpu\":\"1\"}", "")]
    public async Task Containers_stay_within_the_bounds(string resources, string refusal)
    {
        await using AdmissionBench bench = await BenchAsync("""
            {"type":"Container","min":{"cpu":"100m"},"max":{"cpu":"2"},"maxLimitRequestRatio":{"cpu":"4"}}
            """);
        BenchAnswer answer = await bench.CreateAsync(ApiKinds.CoreV1Pod, $$$$"""
            {"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"x","resources":{{{{{resources}}}}}}]}}
            """);
        Assert.Equal(refusal.Length == 0 ? "" : "pods \"p\" is forbidden: " + refusal, answer.Message);
    }

    [Fact]
    public async Task A_pod_counts_as_the_sum_of_its_containers_and_all_that_is_wrong_is_told()
    {
        await using AdmissionBench bench = await BenchAsync("""
            {"type":"Pod","max":{"cpu":"2","memory":"1Gi"}}
            """);
        BenchAnswer answer = await bench.CreateAsync(ApiKinds.CoreV1Pod, """
            {"metadata":{"name":"p"},"spec":{"containers":[
              {"name":"a","image":"x","resources":{"limits":{"cpu":"1500m"}}},
              {"name":"b","image":"x","resources":{"limits":{"cpu":"1"}}}]}}
            """);
        Assert.Equal(
            "pods \"p\" is forbidden: [maximum cpu usage per Pod is 2, but limit is 2500m, "
            + "maximum memory usage per Pod is 1Gi.  No limit is specified]",
            answer.Message);
    }

    [Fact]
    public async Task A_claim_stays_within_the_bounds()
    {
        await using AdmissionBench bench = await BenchAsync("""
            {"type":"PersistentVolumeClaim","min":{"storage":"1Gi"},"max":{"storage":"2Gi"}}
            """);
        BenchAnswer answer = await bench.CreateAsync(ApiKinds.CoreV1PersistentVolumeClaim, """
            {"metadata":{"name":"c"},"spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"3Gi"}}}}
            """);
        Assert.Equal(
            "persistentvolumeclaims \"c\" is forbidden: maximum storage usage per PersistentVolumeClaim is 2Gi, but request is 3Gi",
            answer.Message);
    }

    private static async Task<AdmissionBench> BenchAsync(string item)
    {
        AdmissionBench bench = await AdmissionBench.StartAsync();
        await bench.PutAsync(
            ApiKinds.CoreV1LimitRange, $$$$"""{"metadata":{"name":"l","namespace":"space"},"spec":{"limits":[{{{{item}}}}]}}""");
        return bench;
    }
}
