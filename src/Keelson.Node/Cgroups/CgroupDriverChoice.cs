using System.Text.Json;
using Keelson.Nodes.Cri;
using Keelson.Nodes.Cri.Protos;
using Keelson.Rpc;

namespace Keelson.Nodes.Cgroups;

/// <summary>Which driver of control groups a node has: the one that its runtime says it has.</summary>
internal static class CgroupDriverChoice
{
    /// <summary>systemd makes control groups.</summary>
    public const string Systemd = "systemd";

    /// <summary>They are made by files.</summary>
    public const string Files = "cgroupfs";

    private const int Attempts = 3;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Asks the runtime; one that can't say leaves it to the configuration.</summary>
    /// <param name="client">The runtime.</param>
    /// <param name="config">The configuration.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="RpcException">The runtime does not answer.</exception>
    public static async Task<string> AskAsync(
        CriClient client, NodeAgentConfig config, CancellationToken cancellationToken)
    {
        string configured = config.CgroupDriver.Length > 0 ? config.CgroupDriver : Files;
        string? said = await SaidAsync(client, config.Clock, cancellationToken);
        if (said is not null && config.CgroupDriver.Length > 0 && said != configured)
        {
            config.Log($"cgroupDriver is {configured}, the container runtime has {said}, which holds");
        }

        return said ?? configured;
    }

    /// <summary>Refuses a driver that this machine can't have.</summary>
    /// <exception cref="NodeAgentException">It can't have it.</exception>
    public static void Check(string driver, NodeAgentConfig config, string endpoint)
    {
        if (config.PodCgroups && driver == Systemd && !SystemdUnits.IsRunning())
        {
            throw new NodeAgentException(
                $"systemd cgroup manager not available: the container runtime at {endpoint} has systemd make control "
                + "groups (cgroup driver \"systemd\"), and this machine was not started by systemd: set "
                + "SystemdCgroup = false in containerd's configuration, cgroup_manager = \"cgroupfs\" in CRI-O's, "
                + "or give pods no groups (--cgroups-per-qos=false)");
        }
    }

    /// <summary>What the verbose status of a containerd says of the runtime that pods get unless they ask for another.
    /// Pure.</summary>
    /// <param name="configuration">The field <c>config</c> of the status: containerd's configuration as JSON.</param>
    /// <returns>The driver; null when it is not told.</returns>
    public static string? OfContainerd(string configuration)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(configuration);
            if (document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("containerd", out JsonElement containerd)
                && containerd.TryGetProperty("defaultRuntimeName", out JsonElement name)
                && containerd.TryGetProperty("runtimes", out JsonElement runtimes)
                && runtimes.TryGetProperty(name.GetString() ?? "", out JsonElement runtime))
            {
                return runtime.TryGetProperty("options", out JsonElement options)
                    && options.ValueKind == JsonValueKind.Object
                    && options.TryGetProperty("SystemdCgroup", out JsonElement isSystemd)
                    && isSystemd.ValueKind == JsonValueKind.True
                    ? Systemd
                    : Files;
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // It is another runtime's, which has its own form.
        }

        return null;
    }

    private static async Task<string?> SaidAsync(
        CriClient client, TimeProvider clock, CancellationToken cancellationToken)
    {
        for (int attempt = 1;; attempt++)
        {
            try
            {
                RuntimeConfigResponse answer = await client.CallAsync(
                    CriMethods.RuntimeConfig, new RuntimeConfigRequest(), Patience, cancellationToken);
                return answer.Linux?.CgroupDriver switch
                {
                    null => null,
                    CgroupDriver.Systemd => Systemd,
                    CgroupDriver.Cgroupfs => Files,
                    var other => throw new NodeAgentException(
                        $"runtime returned an unknown cgroup driver {(int)other}"),
                };
            }
            catch (RpcException exception) when (exception.Code == RpcStatusCode.Unimplemented)
            {
                // containerd says so from 2.0 on; those before tell it among all the rest.
                return await SaidByStatusAsync(client, cancellationToken);
            }
            catch (RpcException) when (attempt < Attempts)
            {
                await Task.Delay(Pause, clock, cancellationToken);
            }
        }
    }

    private static async Task<string?> SaidByStatusAsync(CriClient client, CancellationToken cancellationToken)
    {
        StatusResponse status = await client.CallAsync(
            CriMethods.Status, new StatusRequest { Verbose = true }, Patience, cancellationToken);
        return status.Info.TryGetValue("config", out string? configuration) ? OfContainerd(configuration) : null;
    }
}
