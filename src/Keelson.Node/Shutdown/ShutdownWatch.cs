using System.Globalization;
using System.Net.Sockets;
using System.Threading.Channels;
using Keelson.Nodes.Bus;
using Keelson.Nodes.Linux;

namespace Keelson.Nodes.Shutdown;

/// <summary>
/// Holds logind back from shutting down the machine until the pods have ended: a delay lock is held, logind tells that
/// it wants to shut down, pods end, and the lock is let go.
/// </summary>
internal sealed class ShutdownWatch(NodeContext context, ShutdownConfig config)
{
    private const string Logind = "org.freedesktop.login1";
    private const string LogindPath = "/org/freedesktop/login1";
    private const string Manager = Logind + ".Manager";
    private const string Systemd = "org.freedesktop.systemd1";
    private const int NoLock = -1;
    private const int Looks = 20;

    // Few come, and the last ones say how things are.
    private const int SignalsMost = 16;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan ReconnectPause = TimeSpan.FromSeconds(1);

    private int _lock = NoLock;

    /// <summary>Ends the pods.</summary>
    public required Func<CancellationToken, Task> ShutDown { get; init; }

    /// <summary>Called when the machine does not go down after all.</summary>
    public required Action Cancelled { get; init; }

    /// <summary>Watches until it is cancelled. Without a logind there is nothing to watch; one that was there is waited
    /// for.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        bool wasThere = false;
        try
        {
            while (true)
            {
                try
                {
                    Channel<BusMessage> signals = Channel.CreateBounded<BusMessage>(
                        new BoundedChannelOptions(SignalsMost) { FullMode = BoundedChannelFullMode.DropOldest });
                    await using SystemBus bus = await SystemBus.ConnectAsync(
                        config.BusSocket, one => signals.Writer.TryWrite(one), cancellationToken);
                    await StartAsync(bus, cancellationToken);
                    wasThere = true;
                    await FollowAsync(bus, signals.Reader, cancellationToken);
                }
                catch (Exception error) when (error is SocketException or IOException or UnauthorizedAccessException)
                {
                    context.Log(wasThere
                        ? "Unable to watch the node for shutdown events: " + error.Message
                        : "Failed to start node shutdown manager: " + error.Message);
                    if (!wasThere)
                    {
                        return;
                    }
                }

                await Task.Delay(ReconnectPause, context.Clock, cancellationToken);
            }
        }
        finally
        {
            Release();
        }
    }

    private async Task StartAsync(SystemBus bus, CancellationToken cancellationToken)
    {
        await AllowDelayAsync(bus, cancellationToken);
        await LockAsync(bus, cancellationToken);
        await bus.MatchAsync(
            $"type='signal',interface='{Manager}',member='PrepareForShutdown',path='{LogindPath}'",
            cancellationToken);
    }

    private async Task FollowAsync(
        SystemBus bus, ChannelReader<BusMessage> signals, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task<BusMessage> next = signals.ReadAsync(cancellationToken).AsTask();
            if (await Task.WhenAny(next, bus.Ended) != next)
            {
                throw new IOException("the bus has hung up");
            }

            BusMessage signal = await next;
            if (signal is not { Interface: Manager, Member: "PrepareForShutdown", Signature: "b" })
            {
                continue;
            }

            if (new BusReader(signal.Body).Number() == 0)
            {
                Cancelled();
                await LockAsync(bus, cancellationToken);
                continue;
            }

            try
            {
                await ShutDown(cancellationToken);
            }
            finally
            {
                Release();
            }
        }
    }

    /// <summary>Sees to it that logind waits as long as the pods may take.</summary>
    private async Task AllowDelayAsync(SystemBus bus, CancellationToken cancellationToken)
    {
        TimeSpan wanted = TimeSpan.FromSeconds(config.TotalSeconds);
        TimeSpan delay = await DelayAsync(bus, cancellationToken);
        if (delay >= wanted)
        {
            return;
        }

        Directory.CreateDirectory(config.LogindDirectory);
        await File.WriteAllTextAsync(
            Path.Combine(config.LogindDirectory, "99-kubelet.conf"),
            string.Create(
                CultureInfo.InvariantCulture,
                $"# Kubelet logind override\n[Login]\nInhibitDelayMaxSec={config.TotalSeconds}\n"),
            cancellationToken);
        BusWriter signal = new();
        signal.Text("systemd-logind.service");
        signal.Text("all");
        signal.Number(1);
        await bus.CallAsync(
            Systemd,
            "/org/freedesktop/systemd1",
            Systemd + ".Manager",
            "KillUnit",
            "ssi",
            signal.Written,
            cancellationToken);

        // logind takes a moment to read it.
        delay = await DelayAsync(bus, cancellationToken);
        for (int look = 0; look < Looks && delay < wanted; look++)
        {
            await Task.Delay(Pause, context.Clock, cancellationToken);
            delay = await DelayAsync(bus, cancellationToken);
        }

        if (delay < wanted)
        {
            throw new IOException(
                "node shutdown manager was unable to update logind InhibitDelayMaxSec to "
                    + $"{wanted.TotalSeconds}s (ShutdownGracePeriod), current value of InhibitDelayMaxSec "
                    + $"({delay.TotalSeconds}s) is less than requested ShutdownGracePeriod");
        }
    }

    private static async Task<TimeSpan> DelayAsync(SystemBus bus, CancellationToken cancellationToken)
    {
        BusReply reply = await bus.CallAsync(
            Logind,
            LogindPath,
            "org.freedesktop.DBus.Properties",
            "Get",
            "ss",
            BusWriter.Texts(Manager, "InhibitDelayMaxUSec"),
            cancellationToken);
        return reply.Values.Signature() == "t"
            ? TimeSpan.FromMicroseconds(reply.Values.LongNumber())
            : throw new IOException("InhibitDelayMaxUSec from logind is not a uint64 as expected");
    }

    private async Task LockAsync(SystemBus bus, CancellationToken cancellationToken)
    {
        BusReply reply = await bus.CallAsync(
            Logind,
            LogindPath,
            Manager,
            "Inhibit",
            "ssss",
            BusWriter.Texts("shutdown", "kubelet", "Kubelet needs time to handle node shutdown", "delay"),
            cancellationToken);
        Release();
        _lock = reply.Descriptor();
    }

    private void Release()
    {
        if (_lock != NoLock)
        {
            LinuxCalls.Close(_lock);
            _lock = NoLock;
        }
    }
}
