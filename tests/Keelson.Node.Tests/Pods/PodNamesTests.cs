using Keelson.Api.Core.V1;
using Keelson.Nodes.Pods;
using static Keelson.Nodes.Tests.Pods.PodFixture;

namespace Keelson.Nodes.Tests.Pods;

/// <summary>How pods call themselves and what their logs tell.</summary>
public sealed class PodNamesTests
{
    [Fact]
    public void A_log_is_never_written_twice_even_if_the_runtime_forgot_the_container()
    {
        string directory = Directory.CreateTempSubdirectory("logs").FullName;
        try
        {
            Assert.Equal(0, PodNames.RestartsByLogs(Path.Combine(directory, "none")));
            foreach (string name in (ReadOnlySpan<string>)["0.log", "3.log.20260504-030201.gz", "x.log", "9.logs"])
            {
                File.WriteAllText(Path.Combine(directory, name), "");
            }

            Assert.Equal(4, PodNames.RestartsByLogs(directory));
            PodNames.RemoveLog(Path.Combine(directory, "3.log"));
            PodNames.RemoveLog(Path.Combine(directory, "none", "0.log"));
            Assert.Equal(1, PodNames.RestartsByLogs(directory));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public void A_name_that_overrides_has_no_domain()
    {
        Pod pod = Pod("Always", Container("a"));
        pod = pod with { Spec = pod.Spec with { Hostname = "h", Subdomain = "sub" } };
        Assert.Equal("h", SandboxConfigs.Hostname(pod, "cluster.local"));
        Assert.Contains(
            "10.0.0.5\th.sub.default.svc.cluster.local\th\n", HostsFile.Write(pod, ["10.0.0.5"], "cluster.local", ""));
        pod = pod with { Spec = pod.Spec with { HostnameOverride = new string('o', 70) } };
        Assert.Equal(new string('o', 63), SandboxConfigs.Hostname(pod, "cluster.local"));
        Assert.Contains(
            $"10.0.0.5\t{new string('o', 63)}\n", HostsFile.Write(pod, ["10.0.0.5"], "cluster.local", ""));
    }

    [Fact]
    public void A_full_name_that_kernels_do_not_take_is_refused()
    {
        Pod pod = Pod("Always", Container("a"));
        pod = pod with { Spec = pod.Spec with { Hostname = "h", Subdomain = "sub", SetHostnameAsFQDN = true } };
        Assert.Null(SandboxConfigs.HostnameError(pod, "cluster.local"));
        pod = pod with { Spec = pod.Spec with { Hostname = new string('h', 40) } };
        Assert.Equal(
            $"failed to construct FQDN from pod hostname and cluster domain, FQDN {new string('h', 40)}"
            + ".sub.default.svc.cluster.local is too long (64 characters is the max, 70 characters requested)",
            SandboxConfigs.HostnameError(pod, "cluster.local"));
    }
}
