using System.Globalization;
using System.Net.Sockets;
using Keelson.Nodes.Bus;
using Keelson.Nodes.Linux;

namespace Keelson.Nodes.Cgroups;

/// <summary>
/// Units of systemd, by its D-Bus interface: over the system's bus, or where there is none over the socket that systemd
/// keeps for root. A connection that broke is made anew.
/// </summary>
/// <param name="clock">The clock.</param>
/// <param name="log">Told of what went wrong without doing harm.</param>
internal sealed class SystemdUnits(TimeProvider clock, Action<string> log) : IAsyncDisposable
{
    private const string Service = "org.freedesktop.systemd1";
    private const string ManagerPath = "/org/freedesktop/systemd1";
    private const string Manager = Service + ".Manager";
    private const string Unknown = Service + ".NoSuchUnit";
    private const string Exists = Service + ".UnitExists";
    private const string Replace = "replace";
    private const string Done = "done";

    // What libcontainer gives systemd for a unit.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Dictionary<string, TaskCompletionSource<string>> _jobs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _early = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _connecting = new(1);
    private int _starting;
    private SystemBus? _bus;
    private int? _version;

    /// <summary>The socket of the system's bus.</summary>
    public string BusSocket { get; init; } = BusAddress.SystemSocket();

    /// <summary>The socket that systemd itself listens on, for root alone.</summary>
    public string PrivateSocket { get; init; } = "/run/systemd/private";

    /// <summary>True when this machine was started by systemd.</summary>
    public static bool IsRunning() => Directory.Exists("/run/systemd/system");

    /// <summary>systemd's version: 252 of <c>252.30-1~deb12u2</c>; 0 when it does not say.</summary>
    public async Task<int> VersionAsync(CancellationToken cancellationToken)
    {
        if (_version is { } known)
        {
            return known;
        }

        BusReply reply = await CallAsync(
            "org.freedesktop.DBus.Properties", "Get", "ss", BusWriter.Texts(Manager, "Version"), cancellationToken);
        string text = reply.Values.Signature() == "s" ? reply.Values.Text() : "";
        string digits = string.Concat(text.TrimStart('v').TakeWhile(char.IsAsciiDigit));
        _version = int.TryParse(digits, CultureInfo.InvariantCulture, out int version) ? version : 0;
        return _version.Value;
    }

    /// <summary>Makes and starts a unit that has no file; one that is there already is started if it is not.</summary>
    /// <param name="unit">Its name.</param>
    /// <param name="properties">What it is like; of no matter for one that is there.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="IOException">systemd refuses, fails or does not answer.</exception>
    public async Task StartAsync(
        string unit, IReadOnlyList<UnitProperty> properties, CancellationToken cancellationToken)
    {
        BusWriter body = new();
        body.Text(unit);
        body.Text(Replace);
        UnitProperty.Write(body, properties);

        // No further units come with it.
        body.Array(8, static () => { });
        string result;
        try
        {
            result = await JobAsync("StartTransientUnit", "ssa(sv)a(sa(sv))", body.Written, cancellationToken);
        }
        catch (BusException exception) when (exception.Name == Exists)
        {
            result = await JobAsync("StartUnit", "ss", BusWriter.Texts(unit, Replace), cancellationToken);
        }

        if (result != Done)
        {
            await ForgetFailureAsync(unit, cancellationToken);
            throw new IOException($"error creating systemd unit `{unit}`: got `{result}`");
        }
    }

    /// <summary>Changes a unit until the machine is started anew.</summary>
    /// <exception cref="IOException">systemd refuses or does not answer.</exception>
    public async Task SetAsync(
        string unit, IReadOnlyList<UnitProperty> properties, CancellationToken cancellationToken)
    {
        BusWriter body = new();
        body.Text(unit);
        body.Number(1);
        UnitProperty.Write(body, properties);
        await CallAsync(Manager, "SetUnitProperties", "sba(sv)", body.Written, cancellationToken);
    }

    /// <summary>Stops a unit and all that is in it; one that there is not is no error.</summary>
    /// <exception cref="IOException">systemd refuses or does not answer.</exception>
    public async Task StopAsync(string unit, CancellationToken cancellationToken)
    {
        try
        {
            string result = await JobAsync("StopUnit", "ss", BusWriter.Texts(unit, Replace), cancellationToken);
            if (result != Done)
            {
                log($"error removing unit `{unit}`: got `{result}`");
            }
        }
        catch (BusException exception) when (exception.Name == Unknown)
        {
            return;
        }

        // systemd keeps one that failed until it is told not to.
        await ForgetFailureAsync(unit, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_bus is not null)
        {
            await _bus.DisposeAsync();
        }

        _connecting.Dispose();
    }

    private async Task ForgetFailureAsync(string unit, CancellationToken cancellationToken)
    {
        try
        {
            await CallAsync(Manager, "ResetFailedUnit", "s", BusWriter.Texts(unit), cancellationToken);
        }
        catch (BusException)
        {
            // It did not fail, or is gone.
        }
    }

    /// <summary>Calls a method that answers with a job, and waits until that is over.</summary>
    /// <returns>How it ended: <c>done</c>.</returns>
    private async Task<string> JobAsync(
        string member, string signature, byte[] body, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = new(Patience, clock);
        using CancellationTokenSource both =
            CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        string job = "";
        try
        {
            Task<string> end = await BeginAsync(member, signature, body, found => job = found, both.Token);

            // How a job ends is not told any more to a connection that broke.
            Task first = await Task.WhenAny(end, _bus?.Ended ?? Task.CompletedTask).WaitAsync(both.Token);
            return first == end ? await end : throw new IOException("the connection to systemd broke");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"systemd did not finish {member} within {Patience.TotalSeconds} s");
        }
        finally
        {
            lock (_jobs)
            {
                _jobs.Remove(job);
            }
        }
    }

    private async Task<Task<string>> BeginAsync(
        string member, string signature, byte[] body, Action<string> found, CancellationToken cancellationToken)
    {
        // The job may be over before it is known here which one it is.
        lock (_jobs)
        {
            _starting++;
        }

        try
        {
            BusReply reply = await CallAsync(Manager, member, signature, body, cancellationToken);
            string job = reply.Values.Text();
            found(job);
            lock (_jobs)
            {
                if (_early.Remove(job, out string? result))
                {
                    return Task.FromResult(result);
                }

                TaskCompletionSource<string> end = new(TaskCreationOptions.RunContinuationsAsynchronously);
                _jobs[job] = end;
                return end.Task;
            }
        }
        finally
        {
            lock (_jobs)
            {
                if (--_starting == 0)
                {
                    _early.Clear();
                }
            }
        }
    }

    private void Take(BusMessage signal)
    {
        if (signal is not { Interface: Manager, Member: "JobRemoved", Signature: "uoss" })
        {
            return;
        }

        BusReader values = new(signal.Body);
        values.Number();
        string job = values.Text();
        values.Text();
        string result = values.Text();
        lock (_jobs)
        {
            if (_jobs.TryGetValue(job, out TaskCompletionSource<string>? end))
            {
                end.TrySetResult(result);
            }
            else if (_starting > 0)
            {
                _early[job] = result;
            }
        }
    }

    private async Task<BusReply> CallAsync(
        string face, string member, string signature, byte[] body, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = new(Patience, clock);
        using CancellationTokenSource both =
            CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            SystemBus bus = await ConnectedAsync(both.Token);
            try
            {
                return await bus.CallAsync(Service, ManagerPath, face, member, signature, body, both.Token);
            }
            catch (IOException exception) when (exception is not BusException && bus.IsClosed)
            {
                // The bus was started anew. What has been called may be called again.
                bus = await ConnectedAsync(both.Token);
                return await bus.CallAsync(Service, ManagerPath, face, member, signature, body, both.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"systemd did not answer {member} within {Patience.TotalSeconds} s");
        }
    }

    private async Task<SystemBus> ConnectedAsync(CancellationToken cancellationToken)
    {
        await _connecting.WaitAsync(cancellationToken);
        try
        {
            if (_bus is { IsClosed: true })
            {
                await _bus.DisposeAsync();
                _bus = null;
            }

            return _bus ??= await ConnectAsync(cancellationToken);
        }
        finally
        {
            _connecting.Release();
        }
    }

    private async Task<SystemBus> ConnectAsync(CancellationToken cancellationToken)
    {
        try
        {
            SystemBus bus = await SystemBus.ConnectAsync(BusSocket, Take, cancellationToken);
            await bus.MatchAsync(
                $"type='signal',interface='{Manager}',member='JobRemoved',path='{ManagerPath}'", cancellationToken);
            return bus;
        }
        catch (Exception error) when (error is SocketException or IOException or UnauthorizedAccessException)
        {
            try
            {
                if (LinuxCalls.EffectiveUser() == 0)
                {
                    return await SystemBus.ConnectDirectlyAsync(PrivateSocket, Take, cancellationToken);
                }
            }
            catch (Exception other) when (other is SocketException or IOException)
            {
                // What stands in the way of the bus says more.
            }

            throw new IOException($"failed to connect to dbus at {BusSocket}: {error.Message}", error);
        }
    }
}
