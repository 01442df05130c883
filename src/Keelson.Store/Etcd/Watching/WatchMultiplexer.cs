using System.Threading.Channels;
using Keelson.Rpc;
using Proto = Keelson.Store.Etcd.Protos;

namespace Keelson.Store.Etcd.Watching;

/// <summary>
/// Carries all watches over one stream. When the stream breaks, a new one, to the next member, takes them up where
/// they were. One lock guards everything here and in the watches; nothing is awaited under it.
/// </summary>
internal sealed class WatchMultiplexer : IWatchStreamUser, IAsyncDisposable
{
    private const long EveryWatch = -1;

    // The API server asks etcd for progress this often while somebody waits for it.
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(100);

    private readonly EtcdConnection connection;
    private readonly EtcdStoreConfig config;
    private readonly bool progressInOrder;
    private readonly Lock guard = new();
    private readonly HashSet<EtcdWatch> watches = [];
    private readonly Dictionary<long, EtcdWatch> attached = [];
    private readonly Queue<EtcdWatch> creating = new();
    private readonly CancellationTokenSource stop = new();
    private readonly WatchStream stream;
    private ChannelWriter<Proto.WatchRequest>? outbox;
    private TaskCompletionSource? firstWatch;
    private Task running = Task.CompletedTask;
    private Task progress = Task.CompletedTask;
    private long lastId;
    private bool stopped;
    private bool progressAsked;
    private bool progressWantedSince;

    public WatchMultiplexer(EtcdConnection connection, EtcdStoreConfig config, bool progressInOrder)
    {
        this.connection = connection;
        this.config = config;
        this.progressInOrder = progressInOrder;
        stream = new WatchStream(connection, config.Time, this);
    }

    /// <summary>Opens a watch; returns when etcd has it.</summary>
    public async Task<EtcdWatch> OpenAsync(WatchRequest request, CancellationToken cancellation)
    {
        var watch = new EtcdWatch(this, request, config.Time);
        lock (guard)
        {
            connection.ThrowIfClosed();
            watches.Add(watch);
            if (running.IsCompleted)
            {
                running = Task.Run(() => stream.RunAsync(stop.Token), CancellationToken.None);
            }

            firstWatch?.TrySetResult();
            Create(watch);
        }

        try
        {
            await watch.Opened.WaitAsync(config.UnreachableAfter, config.Time, cancellation).ConfigureAwait(false);
            return watch;
        }
        catch (TimeoutException timeout)
        {
            Close(watch);
            throw new StoreUnavailableException($"etcd: {stream.LastFailure}", timeout);
        }
        catch
        {
            Close(watch);
            throw;
        }
    }

    /// <summary>The reader wants no more.</summary>
    public void Close(EtcdWatch watch)
    {
        lock (guard)
        {
            if (watches.Remove(watch))
            {
                Detach(watch);
                watch.OnFailed(new StoreUnavailableException("the watch is closed"));
            }
        }
    }

    /// <summary>The reader has caught up: etcd may send again.</summary>
    public void Resume(EtcdWatch watch)
    {
        lock (guard)
        {
            if (watch.IsSuspended && watches.Contains(watch))
            {
                watch.IsSuspended = false;
                Create(watch);
                PursueProgress();
            }
        }
    }

    /// <summary>Every watch that is open now is to say when it has everything up to the revision.</summary>
    public void RequestProgress(long revision)
    {
        lock (guard)
        {
            foreach (EtcdWatch watch in watches)
            {
                watch.OweProgress(revision);
            }

            AskForProgress();
            PursueProgress();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        Task[] tasks;
        lock (guard)
        {
            stopped = true;
            tasks = [running, progress];
        }

        await Task.WhenAll(tasks).ConfigureAwait(false);
        lock (guard)
        {
            foreach (EtcdWatch watch in watches)
            {
                watch.OnFailed(new StoreUnavailableException("the store is closed"));
            }

            watches.Clear();
        }
    }

    /// <inheritdoc/>
    public Task NeededAsync()
    {
        lock (guard)
        {
            if (watches.Count > 0)
            {
                return Task.CompletedTask;
            }

            firstWatch = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return firstWatch.Task;
        }
    }

    /// <inheritdoc/>
    public void OnConnected(ChannelWriter<Proto.WatchRequest> requests)
    {
        lock (guard)
        {
            outbox = requests;
            foreach (EtcdWatch watch in watches)
            {
                if (!watch.IsSuspended)
                {
                    Create(watch);
                }
            }

            AskForProgress();
        }
    }

    /// <inheritdoc/>
    public void OnDisconnected()
    {
        lock (guard)
        {
            outbox = null;
            progressAsked = false;
            attached.Clear();
            creating.Clear();
            foreach (EtcdWatch watch in watches)
            {
                watch.OnDetached();
            }
        }
    }

    /// <inheritdoc/>
    public void OnResponse(Proto.WatchResponse response)
    {
        lock (guard)
        {
            Handle(response);
        }
    }

    private void Create(EtcdWatch watch)
    {
        if (outbox is null)
        {
            return;
        }

        watch.Id = ++lastId;
        var create = new Proto.WatchCreateRequest
        {
            WatchId = watch.Id,
            Key = EtcdMessages.Key(watch.Request.Keys.Start),
            StartRevision = watch.NextRevision,
            ProgressNotify = watch.Request.ProgressNotifications,
            PrevKv = watch.Request.PreviousValues,
            Fragment = true,
        };
        if (watch.Request.Keys.IsEmpty)
        {
            // etcd refuses to watch an empty range; a key of which nothing is wanted is as silent.
            create.Filters.Add(Proto.WatchCreateRequest.Types.FilterType.Noput);
            create.Filters.Add(Proto.WatchCreateRequest.Types.FilterType.Nodelete);
        }
        else
        {
            create.RangeEnd = EtcdMessages.End(watch.Request.Keys);
        }

        creating.Enqueue(watch);
        outbox.TryWrite(new Proto.WatchRequest { CreateRequest = create });
    }

    private void Detach(EtcdWatch watch)
    {
        if (attached.Remove(watch.Id))
        {
            Cancel(watch.Id);
        }

        watch.OnDetached();
    }

    private void Cancel(long id) => outbox?.TryWrite(
        new Proto.WatchRequest { CancelRequest = new Proto.WatchCancelRequest { WatchId = id } });

    private void Handle(Proto.WatchResponse response)
    {
        long revision = connection.Learn(response.Header);
        if (response.Created)
        {
            HandleCreated(response, revision);
        }
        else if (response.WatchId == EveryWatch)
        {
            HandleProgress(revision);
        }
        else if (attached.TryGetValue(response.WatchId, out EtcdWatch? watch))
        {
            HandleFor(watch, response);
        }
    }

    private void HandleProgress(long revision)
    {
        foreach (EtcdWatch watch in attached.Values)
        {
            watch.OnProgress(revision, progressInOrder);
        }

        progressAsked = false;
        if (progressWantedSince)
        {
            AskForProgress();
        }
    }

    // etcd creates watches in the order in which it was asked, and names a watch that it refuses with no number.
    private void HandleCreated(Proto.WatchResponse response, long revision)
    {
        EtcdWatch watch = creating.Dequeue();
        if (response.Canceled)
        {
            End(watch, response);
        }
        else if (!watches.Contains(watch) || watch.Id != response.WatchId)
        {
            Cancel(response.WatchId);
        }
        else
        {
            attached.Add(watch.Id, watch);
            watch.OnCreated(revision);
        }
    }

    private void HandleFor(EtcdWatch watch, Proto.WatchResponse response)
    {
        if (response.Canceled)
        {
            attached.Remove(watch.Id);
            End(watch, response);
            return;
        }

        watch.OnResponse(response);
        if (watch.IsFull)
        {
            watch.IsSuspended = true;
            Detach(watch);
        }
    }

    private void End(EtcdWatch watch, Proto.WatchResponse response)
    {
        watches.Remove(watch);
        if (response.CompactRevision > 0)
        {
            connection.LearnCompaction(response.CompactRevision);
            watch.OnCompacted(response.CompactRevision);
        }
        else
        {
            watch.OnFailed(new StoreUnavailableException($"etcd ended the watch: {response.CancelReason}"));
        }
    }

    // One question at a time: who wants to know while it is under way gets the answer to the next one.
    private void AskForProgress()
    {
        progressWantedSince = progressAsked;
        if (!progressAsked && attached.Values.Any(watch => watch.OwedProgress > 0 && !watch.HoldsProgress))
        {
            progressAsked = outbox is not null && outbox.TryWrite(
                new Proto.WatchRequest { ProgressRequest = new Proto.WatchProgressRequest() });
        }
    }

    // etcd answers a progress request only if no watch of the stream is behind, so it has to be asked again.
    private void PursueProgress()
    {
        if (progress.IsCompleted && !stopped)
        {
            progress = Task.Run(PursueProgressAsync, CancellationToken.None);
        }
    }

    private async Task PursueProgressAsync()
    {
        while (true)
        {
            await Task.Delay(ProgressInterval, config.Time, stop.Token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            lock (guard)
            {
                foreach (EtcdWatch watch in watches)
                {
                    watch.ReleaseProgress();
                }

                bool owed = watches.Any(watch => watch.OwedProgress > 0 && !watch.IsSuspended);
                if (!owed || stop.IsCancellationRequested)
                {
                    // Under the lock, so that who asks next starts this anew.
                    progress = Task.CompletedTask;
                    return;
                }

                progressAsked = false;
                AskForProgress();
            }
        }
    }
}
