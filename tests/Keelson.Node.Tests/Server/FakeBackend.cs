using System.Text;
using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Nodes.Server.Backends;
using Keelson.Nodes.Server.Stats;

namespace Keelson.Nodes.Tests.Server;

/// <summary>
/// A node with two pods: <c>web</c> runs, <c>slow</c> waits for its image. Commands are <c>cat</c>, <c>size</c>,
/// <c>exit N</c> and <c>fail</c>; ports below 1000 are closed, others answer in capitals.
/// </summary>
internal sealed class FakeBackend : IKubeletPods, IContainerLogs, IContainerStreams, IKubeletStats
{
    public static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public TaskCompletionSource Grow { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<Pod> All { get; } =
    [
        PodOf("web", new ContainerStatus
        {
            Name = "main",
            ContainerID = "fake://1",
            State = new ContainerState { Running = new ContainerStateRunning() },
        }),
        PodOf("slow", new ContainerStatus
        {
            Name = "main",
            State = new ContainerState { Waiting = new ContainerStateWaiting { Reason = "ImagePullBackOff" } },
        }),
    ];

    public KubeletBackend ToBackend() =>
        new() { NodeName = "node-7", Pods = this, Logs = this, Streams = this, Stats = this };

    public Pod? Find(string podNamespace, string name) =>
        All.FirstOrDefault(one => one.Metadata.Namespace == podNamespace && one.Metadata.Name == name);

    public ValueTask<IReadOnlyList<Pod>> RunningAsync(CancellationToken cancellationToken) => new([All[0]]);

    public ValueTask<KubeletResult<IAsyncEnumerable<ContainerLogEntry>>> OpenAsync(
        ContainerLogSource source, CancellationToken cancellationToken) =>
        new(KubeletResult<IAsyncEnumerable<ContainerLogEntry>>.Of(LinesAsync(source)));

    public ValueTask<KubeletResult<CommandRun>> ExecAsync(
        ContainerCommand command, CancellationToken cancellationToken) =>
        new(KubeletResult<CommandRun>.Of(
            (streams, cancellation) => RunAsync([.. command.Words], streams, cancellation)));

    public ValueTask<KubeletResult<CommandRun>> AttachAsync(
        ContainerCommand command, CancellationToken cancellationToken) =>
        ExecAsync(command with { Words = ["cat"] }, cancellationToken);

    public ValueTask<KubeletResult<PortDialer>> ForwardAsync(Pod pod, CancellationToken cancellationToken) =>
        new(KubeletResult<PortDialer>.Of((port, _) => new(port < 1000
            ? new KubeletRefusal(500, "connection refused")
            : KubeletResult<ForwardedConnection>.Of(ForwardedConnection.Of(new ShoutingStream())))));

    public ValueTask<StatsSummary> SummaryAsync(bool onlyProcessorAndMemory, CancellationToken cancellationToken)
    {
        ProcessorStats processor = new(Start, 250_000_000, 12_500_000_000);
        MemoryStats memory = new(Start) { WorkingSetBytes = 4096 };
        ContainerStats container = new() { Name = "main", StartTime = Start, Processor = processor, Memory = memory };
        return new(new StatsSummary(
            new NodeStats { NodeName = "node-7", StartTime = Start, Processor = processor, Memory = memory },
            [
                new PodStats
                {
                    Name = "web",
                    Namespace = "default",
                    Uid = "uid-web",
                    StartTime = Start,
                    Containers = [container],
                    Processor = processor,
                    Memory = memory,
                },
            ]));
    }

    private async IAsyncEnumerable<ContainerLogEntry> LinesAsync(ContainerLogSource source)
    {
        (string Text, bool IsError, bool IsPartial)[] lines =
            [("one", false, false), ("tw", false, true), ("o", false, false), ("oops", true, false)];
        int skip = source.TailLines is { } tail ? Math.Max(0, lines.Length - (int)tail) : 0;
        for (int i = skip; i < lines.Length; i++)
        {
            byte[] text = Encoding.UTF8.GetBytes(lines[i].Text);
            yield return new(Start.AddSeconds(i), default, lines[i].IsError, text, lines[i].IsPartial);
        }

        if (source.Follow)
        {
            await Grow.Task;
            yield return new(Start.AddSeconds(9), default, false, "grown"u8.ToArray(), false);
        }
    }

    private static async Task<CommandEnd> RunAsync(
        string[] words, CommandStreams streams, CancellationToken cancellation)
    {
        switch (words)
        {
            case ["cat"]:
                await streams.Stdin!.CopyToAsync(streams.Stdout!, cancellation);
                return new CommandEnd(0);
            case ["size"]:
                TerminalSize size = await streams.Resizes!.ReadAsync(cancellation);
                await streams.Stdout!.WriteAsync(Encoding.ASCII.GetBytes($"{size.Width}x{size.Height}"), cancellation);
                return new CommandEnd(0);
            case ["exit", var code]:
                await streams.Stderr!.WriteAsync("bye"u8.ToArray(), cancellation);
                return new CommandEnd(int.Parse(code, System.Globalization.CultureInfo.InvariantCulture));
            default:
                return new CommandEnd(0, "no such command");
        }
    }

    private static Pod PodOf(string name, ContainerStatus status) => new()
    {
        Metadata = ObjectMeta.Empty with { Name = name, Namespace = "default", Uid = "uid-" + name },
        Spec = PodSpec.Empty with { Containers = [new Container { Name = "main", Image = "app" }] },
        Status = PodStatus.Empty with { ContainerStatuses = [status] },
    };
}
