using System.Text.Json;
using Keelson.Nodes.Server.Agent;

namespace Keelson.Nodes.Tests.Server;

/// <summary>The configuration that an agent shows.</summary>
public sealed class ConfigurationJsonTests
{
    [Fact]
    public void What_an_agent_works_with_has_the_names_and_forms_of_kubelets_configuration()
    {
        NodeAgentConfig config = new()
        {
            NodeName = "n",
            Client = null!,
            Informers = null!,
            RootDirectory = "/",
            MaxPods = 77,
            Placement = new() { CpuPolicyOptions = new Dictionary<string, string> { ["a"] = "b" } },
            Shutdown = new() { SecondsByPriority = new Dictionary<int, long> { [0] = 10 } },
        };
        using MemoryStream bytes = new();
        using (Utf8JsonWriter json = new(bytes))
        {
            ConfigurationJson.Write(json, config, "unix:///run/c.sock");
        }

        JsonElement shown = JsonDocument.Parse(bytes.ToArray()).RootElement;
        Assert.Equal(77, shown.GetProperty("maxPods").GetInt32());
        Assert.Equal("1m0s", shown.GetProperty("syncFrequency").GetString());
        Assert.Equal("5m0s", shown.GetProperty("nodeStatusReportFrequency").GetString());
        Assert.Equal("100Mi", shown.GetProperty("evictionHard").GetProperty("memory.available").GetString());
        Assert.Equal("10Mi", shown.GetProperty("containerLogMaxSize").GetString());
        Assert.Equal("b", shown.GetProperty("cpuManagerPolicyOptions").GetProperty("a").GetString());
        Assert.Equal("unix:///run/c.sock", shown.GetProperty("containerRuntimeEndpoint").GetString());
        Assert.Equal(
            10, shown.GetProperty("shutdownGracePeriodByPodPriority")[0].GetProperty("shutdownGracePeriodSeconds")
                .GetInt32());
        Assert.Equal(
            "2m0s", shown.GetProperty("authentication").GetProperty("webhook").GetProperty("cacheTTL").GetString());
    }
}
