using System.Collections.Concurrent;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Api.Resource.V1;
using Keelson.Client;

namespace Keelson.Nodes.Dra;

/// <summary>
/// Takes devices that can't be prepared out of what the scheduler sees: a node's slices go when the agent starts, as no
/// driver is known yet, and those of a driver when it is away for a while. Drivers that come back show them anew.
/// </summary>
internal sealed class ResourceSliceWipe(NodeContext context)
{
    // Upstream's default for how long a driver may be away; one that is replaced is back sooner.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<string, CancellationTokenSource> _pending = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Wipes all slices of the node, then those of drivers that are away for too long, until it is cancelled.
    /// </summary>
    /// <param name="registered">Completes when the node has an object.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task RunAsync(Task registered, CancellationToken cancellationToken)
    {
        using CancellationTokenRegistration ending = cancellationToken.Register(_stop.Cancel);
        await registered.WaitAsync(cancellationToken);
        await WipeAsync("", cancellationToken);
    }

    /// <summary>Takes in that a driver can be used, or not any more.</summary>
    public void Take(string driver, bool isUsable)
    {
        if (isUsable)
        {
            if (_pending.TryRemove(driver, out CancellationTokenSource? pending))
            {
                pending.Cancel();
            }

            return;
        }

        CancellationTokenSource own = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        if (_pending.TryAdd(driver, own))
        {
            _ = Task.Run(() => WipeLaterAsync(driver, own), CancellationToken.None);
        }
    }

    private async Task WipeLaterAsync(string driver, CancellationTokenSource own)
    {
        try
        {
            await Task.Delay(Patience, context.Clock, own.Token);
            await WipeAsync(driver, own.Token);
        }
        catch (OperationCanceledException)
        {
            // It is back, or the agent ends.
        }
        finally
        {
            _pending.TryRemove(KeyValuePair.Create(driver, own));
        }
    }

    private async Task WipeAsync(string driver, CancellationToken cancellationToken)
    {
        string selector = "spec.nodeName=" + context.NodeName + (driver.Length > 0 ? ",spec.driver=" + driver : "");
        for (TimeSpan pause = FirstRetry; ; pause = pause * 2 < LongestRetry ? pause * 2 : LongestRetry)
        {
            ApiResult<int> wiped = await context.Client.DeleteCollectionAsync(
                KindOf<ResourceSlice>.Kind, "", new(), new() { FieldSelector = selector }, cancellationToken);
            if (wiped.Error is null or { Code: 404 })
            {
                return;
            }

            context.Log($"slices of devices ({selector}) could not be deleted: {wiped.Error.Message}");
            await Task.Delay(pause, context.Clock, cancellationToken);
        }
    }
}
