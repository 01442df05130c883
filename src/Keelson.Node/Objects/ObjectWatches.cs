using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Client;

namespace Keelson.Nodes.Objects;

/// <summary>
/// Watches the objects that volumes of pods on this node show, each by its name, and says when the pods have to look at
/// them again. Upstream's kubelet has such watches too, but looks at them once a minute.
/// </summary>
internal sealed class ObjectWatches(NodeContext context) : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<(ApiKind Kind, string Namespace, string Name), Watch> _watches = [];

    /// <summary>Called with the uid of a pod of which something changed.</summary>
    public Action<string>? Changed { get; set; }

    /// <summary>Tells of changes of an object from now on.</summary>
    /// <param name="pod">The pod that shows the object.</param>
    /// <param name="kind">The object's kind.</param>
    /// <param name="name">Its name, in the pod's namespace.</param>
    /// <param name="version">The resource version that the pod shows; empty when the object is not there.</param>
    public void Follow(Pod pod, ApiKind kind, string name, string version)
    {
        var key = (kind, pod.Metadata.Namespace, name);
        lock (_lock)
        {
            if (!_watches.TryGetValue(key, out Watch? watch))
            {
                _watches[key] = watch = new(new CancellationTokenSource());
                watch.Running = Task.Run(() => RunAsync(kind, key.Namespace, name, watch));
            }

            watch.Shown[pod.Metadata.Uid] = version;
        }
    }

    /// <summary>Ends the watches that only this pod needed.</summary>
    public void Forget(string podUid)
    {
        lock (_lock)
        {
            foreach (((ApiKind, string, string) key, Watch watch) in _watches.ToArray())
            {
                if (watch.Shown.Remove(podUid) && watch.Shown.Count == 0)
                {
                    _watches.Remove(key);
                    watch.Stop.Cancel();
                }
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Watch[] all;
        lock (_lock)
        {
            all = [.. _watches.Values];
            _watches.Clear();
        }

        foreach (Watch one in all)
        {
            await one.Stop.CancelAsync();
            await one.Running;
        }
    }

    private async Task RunAsync(ApiKind kind, string @namespace, string name, Watch watch)
    {
        WatchRequest request = new() { FieldSelector = "metadata.name=" + name, AllowBookmarks = false };
        try
        {
            while (true)
            {
                await foreach (WatchNotice notice in context.Client.WatchAsync(
                    kind, @namespace, request, watch.Stop.Token))
                {
                    if (notice.Object is { } obj)
                    {
                        Tell(watch, notice.Type, obj.Metadata.ResourceVersion);
                    }
                }

                await Task.Delay(Pause, context.Clock, watch.Stop.Token);
            }
        }
        catch (OperationCanceledException) when (watch.Stop.IsCancellationRequested)
        {
            // Nobody shows the object any more.
        }
    }

    private void Tell(Watch watch, WatchNoticeType type, string version)
    {
        string[] pods;
        lock (_lock)
        {
            // A watch begins with the object as it is, which most pods show already.
            pods = [.. watch.Shown
                .Where(one => type != WatchNoticeType.Added || one.Value != version)
                .Select(static one => one.Key)];
        }

        foreach (string uid in pods)
        {
            Changed?.Invoke(uid);
        }
    }

    private sealed class Watch(CancellationTokenSource stop)
    {
        public CancellationTokenSource Stop { get; } = stop;

        /// <summary>The pods, and the version that each shows.</summary>
        public Dictionary<string, string> Shown { get; } = new(StringComparer.Ordinal);

        public Task Running { get; set; } = Task.CompletedTask;
    }
}
