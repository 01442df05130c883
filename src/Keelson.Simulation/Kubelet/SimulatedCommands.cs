using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Keelson.Api.Core.V1;
using Keelson.Nodes.Server.Backends;

namespace Keelson.Simulation.Kubelet;

/// <summary>Commands, attachments and ports of a simulated node's pods.</summary>
internal sealed class SimulatedCommands(IKubeletPods pods, SimulatedLogs logs, TimeProvider clock) : IContainerStreams
{
    /// <summary>Pods whose files are kept; those of others are made anew.</summary>
    private const int FilesMax = 256;

    private readonly ConcurrentDictionary<string, PodFiles> _files = new(StringComparer.Ordinal);

    public ValueTask<KubeletResult<CommandRun>> ExecAsync(
        ContainerCommand command, CancellationToken cancellationToken) =>
        new(KubeletResult<CommandRun>.Of((streams, cancellation) => RunAsync(command, streams, cancellation)));

    public ValueTask<KubeletResult<CommandRun>> AttachAsync(
        ContainerCommand command, CancellationToken cancellationToken) =>
        new(KubeletResult<CommandRun>.Of((streams, cancellation) => AttachAsync(command, streams, cancellation)));

    public ValueTask<KubeletResult<PortDialer>> ForwardAsync(Pod pod, CancellationToken cancellationToken) =>
        new(KubeletResult<PortDialer>.Of((port, _) => new(Dial(pod, port))));

    private async Task<CommandEnd> RunAsync(
        ContainerCommand command, CommandStreams streams, CancellationToken cancellation)
    {
        if (command.Words.Count == 0 || !SimulatedShell.Has(command.Words[0]))
        {
            string word = command.Words.Count == 0 ? "" : command.Words[0];
            byte[] seed = Encoding.UTF8.GetBytes(command.Pod.Metadata.Uid + word);
            string id = Convert.ToHexStringLower(SHA256.HashData(seed));
            return new CommandEnd(0, $"failed to exec in container: failed to start exec \"{id}\": OCI runtime exec "
                + "failed: exec failed: unable to start container process: exec: "
                + $"\"{word}\": executable file not found in $PATH: unknown");
        }

        return new CommandEnd(await ShellOf(command).RunAsync([.. command.Words], streams, cancellation));
    }

    /// <summary>
    /// A container that runs a shell takes commands; of others what they write is shown until they end.
    /// </summary>
    private async Task<CommandEnd> AttachAsync(
        ContainerCommand command, CommandStreams streams, CancellationToken cancellation)
    {
        Container container = SimulatedContainers.Find(command.Pod, command.ContainerName)!;
        string[] words = [.. container.Command, .. container.Args];
        if (streams.Stdin is not null && container.Stdin && words.Length > 0 && SimulatedShell.Has(words[0]))
        {
            return new CommandEnd(await ShellOf(command).RunAsync(words, streams, cancellation));
        }

        string id = SimulatedContainers.Statuses(command.Pod)
            .First(one => one.Name == command.ContainerName).ContainerID;
        ContainerLogSource source = new(command.Pod, command.ContainerName, id, false, 0, true);
        KubeletResult<IAsyncEnumerable<ContainerLogEntry>> opened = await logs.OpenAsync(source, cancellation);
        await foreach (ContainerLogEntry entry in opened.Value!)
        {
            await (streams.Stdout?.WriteAsync((byte[])[.. entry.Text.Span, (byte)'\n'], cancellation) ?? default);
        }

        return new CommandEnd(0);
    }

    private SimulatedShell ShellOf(ContainerCommand command)
    {
        if (_files.Count > FilesMax)
        {
            foreach (string uid in _files.Keys.Except(pods.All.Select(static one => one.Metadata.Uid)))
            {
                _files.TryRemove(uid, out _);
            }
        }

        PodFiles files = _files.GetOrAdd(command.Pod.Metadata.Uid, _ => new PodFiles(command.Pod));
        Container container = SimulatedContainers.Find(command.Pod, command.ContainerName)!;
        return new SimulatedShell(command.Pod, container, files, clock);
    }

    private static KubeletResult<ForwardedConnection> Dial(Pod pod, int port)
    {
        bool declares = pod.Spec.Containers.Any(static one => one.Ports.Count > 0);
        bool listens = pod.Spec.Containers.Any(one => one.Ports.Any(it => it.ContainerPortValue == port));
        return declares && !listens
            ? new KubeletRefusal(500,
                $"failed to connect to localhost:{port} inside namespace \"{pod.Metadata.Uid}\", IPv4: dial tcp4 "
                + $"127.0.0.1:{port}: connect: connection refused IPv6 dial tcp6: address localhost: no suitable "
                + "address found")
            : KubeletResult<ForwardedConnection>.Of(ForwardedConnection.Of(new SimulatedPort(pod.Metadata.Name, port)));
    }
}
