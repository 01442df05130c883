using System.Collections.Concurrent;
using Keelson.Client;
using Keelson.Nodes.Plugins;
using Keelson.Nodes.Volumes.Csi.Protos;
using Keelson.Rpc;

namespace Keelson.Nodes.Volumes.Csi;

/// <summary>The storage drivers that made themselves known on this node.</summary>
internal sealed class CsiDrivers(CsiNodeRecord record, NodeContext context) : IPluginType, IDisposable
{
    // The shortest period there may be, and how soon it is noticed that there is one.
    private static readonly TimeSpan Refresh = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan UnaskedPause = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, CsiDriver> _drivers = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public string Type => "CSIPlugin";

    /// <summary>The names of the drivers.</summary>
    public IEnumerable<string> Names => _drivers.Keys;

    /// <summary>A driver; null while it is not known.</summary>
    public CsiDriver? Find(string name) => _drivers.GetValueOrDefault(name);

    /// <summary>Upstream's words for a driver that is not known.</summary>
    public static string NotFound(string name) =>
        $"driver name {name} not found in the list of registered CSI drivers";

    /// <inheritdoc/>
    public string? Validate(RegisteredPlugin plugin) =>
        plugin.Versions.Any(static one => one.TrimStart('v').StartsWith("1.", StringComparison.Ordinal)) ? null
            : $"Validate failed for driver {plugin.Name} at endpoint {plugin.Endpoint}: "
                + "None of the CSI versions reported by this driver are supported";

    /// <inheritdoc/>
    public async Task<string?> RegisterAsync(RegisteredPlugin plugin, CancellationToken cancellationToken)
    {
        CsiDriver driver = new(plugin.Name, plugin.Endpoint, context.Clock) { Metrics = context.Metrics.Plugins };
        try
        {
            NodeGetInfoResponse info =
                await driver.CallAsync(CsiMethods.GetInfo, new NodeGetInfoRequest(), cancellationToken);
            if (await record.AddAsync(plugin.Name, info, cancellationToken) is { } error)
            {
                driver.Dispose();
                return error;
            }
        }
        catch (RpcException exception)
        {
            driver.Dispose();
            return exception.Message;
        }

        CsiDriver? before = null;
        _drivers.AddOrUpdate(plugin.Name, driver, (_, old) =>
        {
            before = old;
            return driver;
        });
        before?.Dispose();
        return null;
    }

    /// <inheritdoc/>
    public async Task DeregisterAsync(RegisteredPlugin plugin, CancellationToken cancellationToken)
    {
        string name = plugin.Name;
        if (_drivers.TryRemove(name, out CsiDriver? driver))
        {
            driver.Dispose();
        }

        if (await record.RemoveAsync(name, cancellationToken) is { } error)
        {
            context.Log($"driver {name} could not be taken out of the CSINode object: {error}");
        }
    }

    /// <summary>Asks drivers anew how many volumes they take, as often as their objects say
    /// (<c>nodeAllocatableUpdatePeriodSeconds</c>).</summary>
    public async Task RefreshAsync(NodeContext context, CancellationToken cancellationToken)
    {
        Dictionary<string, DateTimeOffset> due = new(StringComparer.Ordinal);
        using PeriodicTimer timer = new(Refresh, context.Clock);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            DateTimeOffset now = context.Steady.Now;
            foreach (CsiDriver driver in _drivers.Values)
            {
                if (due.TryGetValue(driver.Name, out DateTimeOffset at) && now < at)
                {
                    continue;
                }

                due[driver.Name] = now + (await RefreshAsync(context, driver, cancellationToken) ?? UnaskedPause);
            }
        }
    }

    /// <summary>Asks a driver now how many volumes it takes, and tells the cluster.</summary>
    public Task AskAnewAsync(string name, CancellationToken cancellationToken) =>
        Find(name) is { } driver ? RefreshAsync(context, driver, cancellationToken) : Task.CompletedTask;

    /// <summary>Asks one driver; the result is how often it is to be asked, null for never.</summary>
    private async Task<TimeSpan?> RefreshAsync(
        NodeContext context, CsiDriver driver, CancellationToken cancellationToken)
    {
        var read = await context.Client.GetAsync<Api.Storage.V1.CSIDriver>("", driver.Name, cancellationToken);
        if (read.Error is not null || read.Value.Spec.NodeAllocatableUpdatePeriodSeconds is not { } seconds)
        {
            return null;
        }

        try
        {
            NodeGetInfoResponse info =
                await driver.CallAsync(CsiMethods.GetInfo, new NodeGetInfoRequest(), cancellationToken);
            if (await record.UpdateAsync(driver.Name, info, cancellationToken) is { } error)
            {
                context.Log($"what driver {driver.Name} takes could not be told: {error}");
            }
        }
        catch (RpcException exception)
        {
            context.Log($"driver {driver.Name}: {exception.Message}");
        }

        return TimeSpan.FromSeconds(seconds);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (CsiDriver driver in _drivers.Values)
        {
            driver.Dispose();
        }
    }
}
