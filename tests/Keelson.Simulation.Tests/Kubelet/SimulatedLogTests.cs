using System.Text;
using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;
using Keelson.Simulation.Kubelet;

namespace Keelson.Simulation.Tests.Kubelet;

public sealed class SimulatedLogTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_loop_writes_as_often_as_it_sleeps()
    {
        SimulatedLog log = LogOf(null, "sh", "-c", "while true; do echo \"tick tock\"; sleep 2; done");
        Assert.Equal([0, 1, 1, 2, 6], CountsAt(log, -1, 0, 1, 2, 10));
        Assert.Equal("tick tock", TextOf(log, 5));
        Assert.Equal(Start.AddSeconds(12), log.NextAfter(6)!.Value, TimeSpan.FromMilliseconds(2));
    }

    [Fact]
    public void A_command_that_ended_wrote_what_it_echoed_and_no_more()
    {
        SimulatedLog log = LogOf(1, "sh", "-c", "echo one; echo two; exit 1");
        Assert.Equal([2, 2], CountsAt(log, 1, 1000));
        Assert.Equal(["one", "two"], [TextOf(log, 0), TextOf(log, 1)]);
        Assert.Null(log.NextAfter(2));
    }

    [Fact]
    public void A_servers_log_is_the_same_at_every_look()
    {
        SimulatedLog log = LogOf(null, "nginx");
        Assert.Equal([2, 3, 62], CountsAt(log, 5, 10, 600));
        Assert.Equal("c: started", TextOf(log, 0));
        Assert.Equal(TextOf(log, 17), TextOf(LogOf(null, "nginx"), 17));
        Assert.NotEqual(TextOf(log, 17), TextOf(log, 18));
        Assert.True(log.TimeOf(17) < log.TimeOf(18));
    }

    private static long[] CountsAt(SimulatedLog log, params double[] seconds) =>
        [.. seconds.Select(one => log.CountAt(Start.AddSeconds(one).AddMilliseconds(1)))];

    private static string TextOf(SimulatedLog log, long line) => Encoding.UTF8.GetString(log.Entry(line).Text.Span);

    private static SimulatedLog LogOf(int? exitCode, params string[] command)
    {
        ContainerState state = exitCode is { } code
            ? new() { Terminated = new ContainerStateTerminated
                {
                    ContainerID = "simulated://1",
                    ExitCode = code,
                    StartedAt = new Time(Start),
                    FinishedAt = new Time(Start.AddSeconds(1)),
                } }
            : new() { Running = new ContainerStateRunning { StartedAt = new Time(Start) } };
        Pod pod = new()
        {
            Metadata = ObjectMeta.Empty with { Name = "p", Namespace = "default", Uid = "u" },
            Spec = PodSpec.Empty with { Containers = [new Container { Name = "c", Command = command.ToApiList() }] },
            Status = PodStatus.Empty with
            {
                ContainerStatuses = [new ContainerStatus { Name = "c", ContainerID = "simulated://1", State = state }],
            },
        };
        return SimulatedLog.Of(pod, "c", "simulated://1")!;
    }
}
