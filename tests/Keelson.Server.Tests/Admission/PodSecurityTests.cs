using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;

namespace Keelson.Server.Tests.Admission;

public sealed class PodSecurityTests
{
    [Theory]
    [InlineData("\"hostNetwork\":true,\"hostPID\":true", "", "host namespaces (hostNetwork=true, hostPID=true)")]
    [InlineData("\"volumes\":[{\"name\":\"v\",\"hostPath\":{\"path\":\"/\"}}]", "", "hostPath volumes (volume \"v\")")]
    [InlineData("", "\"ports\":[{\"containerPort\":80,\"hostPort\":80}]", "hostPort (container \"c\" uses hostPort 80)")]
    [InlineData("", "\"securityContext\":{\"privileged\":true}", "privileged (container \"c\" must not set securityContext.privileged=true)")]
    [InlineData(
        "",
        "\"securityContext\":{\"capabilities\":{\"add\":[\"NET_ADMIN\",\"CHOWN\"]}}",
        "non-default capabilities (container \"c\" must not include \"NET_ADMIN\" in securityContext.capabilities.add)")]
    [InlineData(
        "\"securityContext\":{\"sysctls\":[{\"name\":\"kernel.msgmax\",\"value\":\"1\"},{\"name\":\"net.ipv4.tcp_rmem\",\"value\":\"1\"}]}",
        "",
        "forbidden sysctls (kernel.msgmax)")]
    [InlineData(
        "\"securityContext\":{\"seLinuxOptions\":{\"type\":\"bad_t\",\"user\":\"u\"}}",
        "",
        "seLinuxOptions (pod set forbidden securityContext.seLinuxOptions: type \"bad_t\"; user may not be set)")]
    [InlineData(
        "\"securityContext\":{\"appArmorProfile\":{\"type\":\"Unconfined\"}}",
        "\"securityContext\":{\"seccompProfile\":{\"type\":\"Unconfined\"}}",
        "forbidden AppArmor profile (pod must not set AppArmor profile type to \"Unconfined\"), "
        + "seccompProfile (container \"c\" must not set securityContext.seccompProfile.type to \"Unconfined\")")]
    [InlineData(
        "",
        "\"livenessProbe\":{\"httpGet\":{\"port\":80,\"host\":\"10.0.0.1\"}}",
        "probe or lifecycle host (container \"c\" uses probe or lifecycle host \"10.0.0.1\")")]
    [InlineData("", "", "")]
    public async Task Baseline_refuses_ways_out_of_the_container(string spec, string container, string refusal)
    {
        await using AdmissionBench bench = await BenchAsync("\"pod-security.kubernetes.io/enforce\":\"baseline\"");
        Assert.Equal(
            refusal.Length == 0 ? "" : $"pods \"p\" is forbidden: violates PodSecurity \"baseline:latest\": {refusal}",
            (await bench.CreateAsync(ApiKinds.CoreV1Pod, Pod(spec, container))).Message);
    }

    [Fact]
    public async Task An_older_version_knows_fewer_rules()
    {
        await using AdmissionBench bench = await BenchAsync(
            "\"pod-security.kubernetes.io/enforce\":\"baseline\",\"pod-security.kubernetes.io/enforce-version\":\"v1.33\"");
        string probed = Pod("", "\"livenessProbe\":{\"httpGet\":{\"port\":80,\"host\":\"10.0.0.1\"}}");
        Assert.Equal("", (await bench.CreateAsync(ApiKinds.CoreV1Pod, probed)).Message);
    }

    [Fact]
    public async Task A_workload_is_warned_of_and_stored()
    {
        await using AdmissionBench bench = await BenchAsync(
            "\"pod-security.kubernetes.io/enforce\":\"restricted\",\"pod-security.kubernetes.io/warn\":\"baseline\"");
        BenchAnswer answer = await bench.CreateAsync(ApiKinds.AppsV1Deployment, """
            {"metadata":{"name":"d"},"spec":{"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},
             "spec":{"hostPID":true,"containers":[{"name":"c","image":"i"}]}}}}
            """);
        Assert.Equal("", answer.Message);
        Assert.Equal(
            ["would violate PodSecurity \"baseline:latest\": host namespaces (hostPID=true)"], answer.Warnings);
    }

    [Fact]
    public async Task A_stricter_namespace_tells_which_of_its_pods_would_not_pass()
    {
        await using AdmissionBench bench = await AdmissionBench.StartAsync();
        foreach (string name in (string[])["b", "a", "c"])
        {
            await bench.PutAsync(ApiKinds.CoreV1Pod, Pod("\"hostPID\":true", "").Replace("\"p\"", $"\"{name}\",\"namespace\":\"space\"", StringComparison.Ordinal));
        }

        BenchAnswer answer = await Label(bench, "enforce", "baseline");
        Assert.Equal(
            [
                "existing pods in namespace \"space\" violate the new PodSecurity enforce level \"baseline:latest\"",
                "a (and 2 other pods): host namespaces",
            ],
            answer.Warnings);
        Assert.Empty((await Label(bench, "enforce", "privileged")).Warnings);
        Assert.Equal(
            "Namespace \"space\" is invalid: metadata.labels[pod-security.kubernetes.io/warn]: Invalid value: \"strict\": "
            + "must be one of privileged, baseline, restricted",
            (await Label(bench, "warn", "strict")).Message);
    }

    private static Task<BenchAnswer> Label(AdmissionBench bench, string mode, string level) => bench.UpdateAsync<Namespace>(
        ApiKinds.CoreV1Namespace,
        AdmissionBench.Space,
        one => one with
        {
            Metadata =
                one.Metadata with { Labels = one.Metadata.Labels.With("pod-security.kubernetes.io/" + mode, level) },
        });

    private static string Pod(string spec, string container) => $$$$"""
        {"metadata":{"name":"p"},"spec":{{{{{(spec.Length > 0 ? spec + "," : "")}}}}
         "containers":[{"name":"c","image":"i"{{{{(container.Length > 0 ? "," + container : "")}}}}}]}}
        """;

    private static async Task<AdmissionBench> BenchAsync(string labels)
    {
        AdmissionBench bench = await AdmissionBench.StartAsync();
        await bench.PutAsync(
            ApiKinds.CoreV1Namespace, $$$$"""{"metadata":{"name":"space","labels":{{{{{labels}}}}}}}""");
        return bench;
    }
}
