using System.Globalization;
using System.Net.Sockets;
using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;
using Keelson.Nodes.Cri;
using Keelson.Nodes.Pods;
using Keelson.Nodes.Probes;
using Keelson.Rpc;
using Proto = Keelson.Nodes.Cri.Protos;

namespace Keelson.Nodes.Containers;

/// <summary>Runs what a container wants done after its start and before its end.</summary>
internal sealed class LifecycleHooks(CriClient runtime, TimeProvider clock)
{
    private static readonly TimeSpan Unlimited = TimeSpan.FromDays(1);

    /// <summary>Runs a hook.</summary>
    /// <returns>Null, or what went wrong.</returns>
    public async Task<string?> RunAsync(HookRequest request, CancellationToken cancellationToken)
    {
        LifecycleHandler handler = request.Handler;
        try
        {
            if (handler.Exec is { } exec)
            {
                return await ExecAsync(request, exec, cancellationToken);
            }

            if (handler.HttpGet is { } http)
            {
                return await HttpAsync(request, http, cancellationToken);
            }

            if (handler.TcpSocket is { } tcp)
            {
                string host = tcp.Host.Length > 0 ? tcp.Host : request.PodAddress;
                using TcpClient client = new();
                await client.ConnectAsync(
                    host, ProbePorts.Resolve(tcp.Port, request.Container.Container), cancellationToken);
                return null;
            }

            if (handler.Sleep is { } sleep)
            {
                await Task.Delay(TimeSpan.FromSeconds(sleep.Seconds), clock, cancellationToken);
            }

            return null;
        }
        catch (Exception exception)
            when (exception is RpcException or HttpRequestException or SocketException or FormatException)
        {
            return exception.Message;
        }
    }

    private async Task<string?> ExecAsync(HookRequest request, ExecAction exec, CancellationToken cancellationToken)
    {
        Proto.ExecSyncRequest command = new() { ContainerId = request.ContainerId };
        command.Cmd.AddRange(exec.Command);
        Proto.ExecSyncResponse answer = await runtime.CallAsync(
            CriMethods.ExecSync, command, Unlimited, cancellationToken);
        if (answer.ExitCode == 0)
        {
            return null;
        }

        string output = answer.Stdout.ToStringUtf8() + answer.Stderr.ToStringUtf8();
        string words = string.Join(' ', exec.Command);
        return $"Exec lifecycle hook ([{words}]) for Container \"{request.Container.Name}\" in Pod "
            + $"\"{PodNames.Text(request.Pod)}\" failed - error: command '{words}' exited with "
            + $"{answer.ExitCode.ToString(CultureInfo.InvariantCulture)}: {answer.Stderr.ToStringUtf8()}, "
            + $"message: \"{output}\"";
    }

    private static async Task<string?> HttpAsync(
        HookRequest request, HTTPGetAction http, CancellationToken cancellationToken)
    {
        using HttpClient client = HttpProbe.CreateClient(Timeout.InfiniteTimeSpan);
        using HttpRequestMessage message = HttpProbe.Request(
            http, request.PodAddress, ProbePorts.Resolve(http.Port, request.Container.Container),
                "kube-lifecycle/1.36");
        using HttpResponseMessage answer = await client.SendAsync(message, cancellationToken);

        // Unlike with probes, whatever the server answers: it was told.
        return null;
    }
}

/// <summary>A hook that is to run.</summary>
/// <param name="Handler">What it does.</param>
/// <param name="Pod">The pod.</param>
/// <param name="Container">The container.</param>
/// <param name="ContainerId">The container's id.</param>
/// <param name="PodAddress">The pod's address.</param>
internal sealed record HookRequest(
    LifecycleHandler Handler, Pod Pod, ContainerSpec Container, string ContainerId, string PodAddress);
