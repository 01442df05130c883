using System.Threading.Channels;
using Keelson.Rpc;
using Proto = Keelson.Store.Etcd.Protos;

namespace Keelson.Store.Etcd.Watching;

/// <summary>Who the stream is for. Calls come one after the other.</summary>
internal interface IWatchStreamUser
{
    /// <summary>Completes when there is something to watch.</summary>
    Task NeededAsync();

    /// <summary>A new stream: what is written here goes out on it.</summary>
    void OnConnected(ChannelWriter<Proto.WatchRequest> requests);

    /// <summary>The stream said something.</summary>
    void OnResponse(Proto.WatchResponse response);

    /// <summary>The stream is gone; the next one is on its way.</summary>
    void OnDisconnected();
}

/// <summary>The stream to etcd that all watches share, made anew, to the next member, whenever it breaks.</summary>
internal sealed class WatchStream
{
    private static readonly TimeSpan ReconnectFirst = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan ReconnectMax = TimeSpan.FromSeconds(1);

    private readonly EtcdConnection connection;
    private readonly TimeProvider time;
    private readonly IWatchStreamUser user;
    private readonly RpcCallOptions options;

    public WatchStream(EtcdConnection connection, TimeProvider time, IWatchStreamUser user)
    {
        this.connection = connection;
        this.time = time;
        this.user = user;

        // A member cut off from the others must end the stream instead of keeping it silent.
        var needLeader = new RpcMetadata();
        needLeader.Add("hasleader", "true");
        options = new RpcCallOptions { Metadata = needLeader };
    }

    /// <summary>Why there was no stream last time there was none.</summary>
    public string LastFailure { get; private set; } = "no member answers";

    /// <summary>Keeps a stream up until told to stop.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        TimeSpan pause = ReconnectFirst;
        while (!stop.IsCancellationRequested)
        {
            bool heard = false;
            try
            {
                await user.NeededAsync().WaitAsync(stop).ConfigureAwait(false);
                await RunOnceAsync(() => heard = true, stop).ConfigureAwait(false);
                LastFailure = "the watch stream ended";
            }
            catch (RpcException error)
            {
                LastFailure = error.Status.Message;
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }

            TimeSpan longer = pause * 2 < ReconnectMax ? pause * 2 : ReconnectMax;
            pause = heard ? ReconnectFirst : longer;
            await Task.Delay(pause, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task RunOnceAsync(Action onHeard, CancellationToken stop)
    {
        var requests = Channel.CreateUnbounded<Proto.WatchRequest>(new UnboundedChannelOptions { SingleReader = true });
        RpcCall<Proto.WatchRequest, Proto.WatchResponse> call =
            connection.Channel.Open(EtcdMethods.Watch, options, stop);
        user.OnConnected(requests.Writer);
        Task writing = WriteAsync(call, requests.Reader);
        try
        {
            while (await call.ReadAsync().ConfigureAwait(false) is { HasMessage: true } read)
            {
                onHeard();
                user.OnResponse(read.Message);
            }
        }
        finally
        {
            user.OnDisconnected();
            requests.Writer.TryComplete();
            await call.DisposeAsync().ConfigureAwait(false);
            await writing.ConfigureAwait(false);
        }
    }

    private static async Task WriteAsync(
        RpcCall<Proto.WatchRequest, Proto.WatchResponse> call, ChannelReader<Proto.WatchRequest> requests)
    {
        await foreach (Proto.WatchRequest request in requests.ReadAllAsync().ConfigureAwait(false))
        {
            if (!await call.WriteAsync(request).ConfigureAwait(false))
            {
                return;
            }
        }
    }
}
