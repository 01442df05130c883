using System.Globalization;
using Keelson.Api.Core.V1;
using Keelson.Client.Events;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;
using Keelson.Nodes.Cri;
using Keelson.Nodes.Metrics;
using Keelson.Nodes.Pods;
using Keelson.Nodes.Probes;
using Keelson.Rpc;
using Proto = Keelson.Nodes.Cri.Protos;

namespace Keelson.Nodes.Containers;

/// <summary>Runs what a container wants done after its start and before its end.</summary>
internal sealed class LifecycleHooks(CriClient runtime, EventRecorder events, TimeProvider clock)
{
    private static readonly TimeSpan Unlimited = TimeSpan.FromDays(1);

    /// <summary>Where hooks are counted; null for nowhere.</summary>
    public PodWorkMetrics? Metrics { get; init; }

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
                return await new HttpHook(request, http, FellBack).RunAsync(cancellationToken);
            }

            if (handler.Sleep is { } sleep)
            {
                try
                {
                    await Task.Delay(TimeSpan.FromSeconds(sleep.Seconds), clock, cancellationToken);
                }
                catch (OperationCanceledException)
                {
                    Metrics?.SleepsCutShort.Count();
                    throw;
                }

                return null;
            }
        }
        catch (RpcException exception)
        {
            return ExecError(request, handler.Exec!, exception.Message, "");
        }

        // There are no hooks that connect; who asks for one is told at run time.
        string port = handler.TcpSocket is { } tcp
            ? $"&TCPSocketAction{{Port:{{{(tcp.Port.IsText ? 1 : 0)} {(tcp.Port.IsText ? 0 : tcp.Port.Number)} "
                + $"{(tcp.Port.IsText ? tcp.Port.Text : "")}}},Host:{tcp.Host},}}"
            : "nil";
        return "Cannot run handler: invalid handler: "
            + $"&LifecycleHandler{{Exec:nil,HTTPGet:nil,TCPSocket:{port},Sleep:nil,}}";
    }

    private void FellBack(Pod pod, string message)
    {
        Metrics?.HookFallbacks.Count();
        events.Warning(pod, "LifecycleHTTPFallback", message);
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

        string words = string.Join(' ', exec.Command);
        string stderr = answer.Stderr.ToStringUtf8();
        string code = answer.ExitCode.ToString(CultureInfo.InvariantCulture);
        return ExecError(
            request, exec, $"command '{words}' exited with {code}: {stderr}", answer.Stdout.ToStringUtf8() + stderr);
    }

    private static string ExecError(HookRequest request, ExecAction exec, string error, string output) =>
        $"Exec lifecycle hook ([{string.Join(' ', exec.Command)}]) for Container \"{request.Container.Name}\" in Pod "
            + $"\"{PodNames.Text(request.Pod)}\" failed - error: {error}, message: {GoText.Quote(output)}";
}

/// <summary>A hook that is to run.</summary>
/// <param name="Handler">What it does.</param>
/// <param name="Pod">The pod.</param>
/// <param name="Container">The container.</param>
/// <param name="ContainerId">The container's id.</param>
/// <param name="PodAddress">The pod's address.</param>
internal sealed record HookRequest(
    LifecycleHandler Handler, Pod Pod, ContainerSpec Container, string ContainerId, string PodAddress);
