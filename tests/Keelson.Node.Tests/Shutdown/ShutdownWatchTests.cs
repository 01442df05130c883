using System.Diagnostics;
using Keelson.Nodes.Shutdown;
using Keelson.Nodes.Tests.Nodes;

namespace Keelson.Nodes.Tests.Shutdown;

/// <summary>How logind is held back while pods end.</summary>
public sealed class ShutdownWatchTests : IAsyncDisposable
{
    private const string Inhibit =
        "org.freedesktop.login1 Inhibit shutdown kubelet Kubelet needs time to handle node shutdown delay";

    private const string Get =
        "org.freedesktop.login1 Get org.freedesktop.login1.Manager InhibitDelayMaxUSec";

    private const string Match = "org.freedesktop.DBus AddMatch "
        + "type='signal',interface='org.freedesktop.login1.Manager',"
        + "member='PrepareForShutdown',path='/org/freedesktop/login1'";

    private readonly TestNode _node = new();
    private readonly CancellationTokenSource _stop =
        CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

    private readonly TaskCompletionSource _begun = new();
    private readonly TaskCompletionSource _ended = new();
    private readonly TaskCompletionSource _cancelled = new();
    private Task _watching = Task.CompletedTask;

    private string Directory => _node.DirectoryFor("bus");

    private string BusSocket => Path.Combine(Directory, "socket");

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAny(_watching);
        _stop.Dispose();
        _node.Dispose();
    }

    [Fact]
    public async Task The_lock_is_held_until_the_pods_have_ended()
    {
        await using FakeLogind logind = new(BusSocket);
        Watch(seconds: 5);
        await ExpectAsync(logind, "org.freedesktop.DBus Hello", Get, Inhibit, Match);

        ValueTask<int> released = logind.Lock!.ReadAsync(new byte[1], _stop.Token);
        await logind.SignalAsync(isGoingDown: true);
        await _begun.Task.WaitAsync(_stop.Token);
        Assert.False(released.IsCompleted);
        _ended.SetResult();
        Assert.Equal(0, await released);
    }

    [Fact]
    public async Task Another_lock_is_taken_when_the_machine_stays_up_after_all()
    {
        await using FakeLogind logind = new(BusSocket);
        Watch(seconds: 5);
        await ExpectAsync(logind, "org.freedesktop.DBus Hello", Get, Inhibit, Match);

        await logind.SignalAsync(isGoingDown: false);
        await _cancelled.Task.WaitAsync(_stop.Token);
        await ExpectAsync(logind, Inhibit);
    }

    [Fact]
    public async Task Logind_is_told_to_wait_longer()
    {
        await using FakeLogind logind = new(BusSocket);
        Watch(seconds: 30);
        await ExpectAsync(
            logind,
            "org.freedesktop.DBus Hello",
            Get,
            "org.freedesktop.systemd1 KillUnit systemd-logind.service all 1",
            Get,
            Inhibit,
            Match);
        Assert.Equal(
            "# Kubelet logind override\n[Login]\nInhibitDelayMaxSec=30\n",
            await File.ReadAllTextAsync(Path.Combine(Directory, "logind", "99-kubelet.conf"), _stop.Token));
    }

    [Fact]
    public async Task Without_a_bus_there_is_nothing_to_watch()
    {
        Watch(seconds: 5);
        await _watching.WaitAsync(_stop.Token);
        Assert.StartsWith(
            "Failed to start node shutdown manager: ", Assert.Single(_node.Logged), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_real_bus_is_understood()
    {
        const string program = "/usr/bin/dbus-daemon";
        Assert.SkipUnless(File.Exists(program), "no " + program);
        using Process daemon = Process.Start(new ProcessStartInfo(
            program, ["--session", "--nofork", "--nopidfile", "--print-address", "--address=unix:path=" + BusSocket])
        {
            RedirectStandardOutput = true,
        })!;
        try
        {
            Assert.NotNull(await daemon.StandardOutput.ReadLineAsync(_stop.Token));
            Watch(seconds: 5);
            await _watching.WaitAsync(_stop.Token);
            Assert.Equal(
                "Failed to start node shutdown manager: The name org.freedesktop.login1 was not provided by any "
                    + ".service files",
                Assert.Single(_node.Logged));
        }
        finally
        {
            daemon.Kill();
            await daemon.WaitForExitAsync(CancellationToken.None);
        }
    }

    private async Task ExpectAsync(FakeLogind logind, params string[] calls)
    {
        foreach (string call in calls)
        {
            Assert.Equal(call, await logind.CallAsync().WaitAsync(TimeSpan.FromSeconds(30), _stop.Token));
        }
    }

    private void Watch(int seconds)
    {
        ShutdownConfig config = new()
        {
            GracePeriod = TimeSpan.FromSeconds(seconds),
            BusSocket = BusSocket,
            LogindDirectory = Path.Combine(Directory, "logind"),
        };
        ShutdownWatch watch = new(_node.Context, config)
        {
            ShutDown = async stop =>
            {
                _begun.SetResult();
                await _ended.Task.WaitAsync(stop);
            },
            Cancelled = _cancelled.SetResult,
        };
        _watching = watch.RunAsync(_stop.Token);
    }
}
