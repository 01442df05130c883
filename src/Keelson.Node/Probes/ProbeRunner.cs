using System.Net.Sockets;
using Keelson.Api.Core.V1;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;
using Keelson.Nodes.Containers;
using Keelson.Nodes.Cri;
using Keelson.Rpc;
using Keelson.Rpc.Protos;
using Proto = Keelson.Nodes.Cri.Protos;

namespace Keelson.Nodes.Probes;

/// <summary>Runs probes of all kinds.</summary>
internal sealed class ProbeRunner(CriClient runtime, TimeProvider clock)
{
    private const int LongestOutput = 10 * 1024;
    private const int Attempts = 3;

    /// <summary>Runs a probe, again when the probe itself does not work.</summary>
    public async Task<ProbeAnswer> RunAsync(
        Probe probe, Container container, string containerId, string podAddress, CancellationToken cancellationToken)
    {
        ProbeAnswer answer = ProbeAnswer.Success;
        for (int i = 0; i < Attempts; i++)
        {
            answer = await OnceAsync(probe, container, containerId, podAddress, cancellationToken);
            if (answer.Verdict != ProbeVerdict.Unknown)
            {
                return answer;
            }
        }

        return answer;
    }

    private async Task<ProbeAnswer> OnceAsync(
        Probe probe, Container container, string containerId, string podAddress, CancellationToken cancellationToken)
    {
        TimeSpan timeout = TimeSpan.FromSeconds(Math.Max(1, probe.TimeoutSeconds));
        ProbeHandler handler = probe.ProbeHandler;
        try
        {
            if (handler.Exec is { } exec)
            {
                return await ExecAsync(exec, container, containerId, timeout, cancellationToken);
            }

            if (handler.HttpGet is { } http)
            {
                int port = ProbePorts.Resolve(http.Port, container);
                return await HttpProbe.RunAsync(http, podAddress, port, timeout, cancellationToken);
            }

            if (handler.TcpSocket is { } tcp)
            {
                string host = tcp.Host.Length > 0 ? tcp.Host : podAddress;
                return await TcpAsync(host, ProbePorts.Resolve(tcp.Port, container), timeout, cancellationToken);
            }

            return handler.Grpc is { } grpc
                ? await GrpcAsync(grpc, podAddress, timeout, cancellationToken)
                : ProbeAnswer.Success;
        }
        catch (FormatException exception)
        {
            return ProbeAnswer.Error(exception.Message);
        }
    }

    private async Task<ProbeAnswer> ExecAsync(
        ExecAction exec,
        Container container,
        string containerId,
        TimeSpan timeout,
        CancellationToken cancellationToken)
    {
        // References to variables stand for what the pod says of them, not for what they are in the container.
        string? ValueOf(string name) => container.Env.LastOrDefault(one => one.Name == name)?.Value;
        Proto.ExecSyncRequest request = new() { ContainerId = containerId, Timeout = (long)timeout.TotalSeconds };
        request.Cmd.AddRange(exec.Command.Select(word => VariableExpansion.Expand(word, ValueOf)));
        string command = GoText.Quote(string.Join(' ', request.Cmd));
        string late = $"command timed out: {command} timed out after {GoDuration.Format(timeout)}";
        try
        {
            Proto.ExecSyncResponse answer = await runtime.CallAsync(
                CriMethods.ExecSync, request, timeout + TimeSpan.FromSeconds(5), cancellationToken);
            string output = answer.Stdout.ToStringUtf8() + answer.Stderr.ToStringUtf8();
            output = output.Length > LongestOutput ? output[..LongestOutput] : output;
            return answer.ExitCode == 0 ? ProbeAnswer.Success : ProbeAnswer.Failure(output);
        }
        catch (RpcException exception) when (exception.Code == RpcStatusCode.DeadlineExceeded)
        {
            return ProbeAnswer.Failure(late);
        }
        catch (RpcException exception)
        {
            return ProbeAnswer.Error(exception.Message);
        }
    }

    private async Task<ProbeAnswer> TcpAsync(
        string host, int port, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = new(timeout, clock);
        using CancellationTokenSource both =
            CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        string address = DialErrors.Join(host, port);
        try
        {
            using TcpClient client = new();
            await client.ConnectAsync(host, port, both.Token);
            return ProbeAnswer.Success;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return ProbeAnswer.Failure($"dial tcp {address}: i/o timeout");
        }
        catch (SocketException exception)
        {
            return ProbeAnswer.Failure($"dial tcp {address}: {DialErrors.Text(exception)}");
        }
    }

    private async Task<ProbeAnswer> GrpcAsync(
        GRPCAction grpc, string podAddress, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using RpcChannel channel = new(new RpcChannelConfig
        {
            Endpoints = [RpcEndpoint.Tcp(podAddress, grpc.Port)],
            DialTimeout = timeout,
            UserAgent = "kube-probe/1.36",
            Time = clock,
        });
        try
        {
            HealthCheckResponse answer = await channel.UnaryAsync(
                RpcHealth.Check,
                new HealthCheckRequest { Service = grpc.Service ?? "" },
                new RpcCallOptions { Timeout = timeout },
                cancellationToken);
            return answer.Status == HealthCheckResponse.Types.ServingStatus.Serving
                ? ProbeAnswer.Success
                : ProbeAnswer.Failure($"service unhealthy (responded with \"{Name(answer.Status)}\")");
        }
        catch (RpcException exception)
        {
            string taken = GoDuration.Format(timeout);
            return ProbeAnswer.Failure(exception.Code switch
            {
                RpcStatusCode.Unimplemented => "error: this server does not implement the grpc health protocol "
                    + $"(grpc.health.v1.Health): {exception.Status.Message}",
                RpcStatusCode.DeadlineExceeded => $"timeout: health rpc did not complete within {taken}",
                RpcStatusCode.Unavailable when exception.NeverSent =>
                    $"timeout: failed to connect service \"{DialErrors.Join(podAddress, grpc.Port)}\" within {taken}: "
                    + "context deadline exceeded",
                _ => $"error: health rpc probe failed: {exception.Message}",
            });
        }
    }

    private static string Name(HealthCheckResponse.Types.ServingStatus status) => status switch
    {
        HealthCheckResponse.Types.ServingStatus.NotServing => "NOT_SERVING",
        HealthCheckResponse.Types.ServingStatus.Serving => "SERVING",
        HealthCheckResponse.Types.ServingStatus.ServiceUnknown => "SERVICE_UNKNOWN",
        _ => "UNKNOWN",
    };
}
