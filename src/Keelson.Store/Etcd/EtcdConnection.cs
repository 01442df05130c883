using System.Collections.Immutable;
using Keelson.Rpc;
using Proto = Keelson.Store.Etcd.Protos;

namespace Keelson.Store.Etcd;

/// <summary>An answer from etcd: a response, or an outcome other than Ok.</summary>
internal readonly record struct EtcdAnswer<T>(StoreOutcome Outcome, T Response);

/// <summary>
/// Calls etcd's members, tries again where that can do no harm, and remembers how far the revisions have come.
/// </summary>
internal sealed class EtcdConnection : IDisposable
{
    private static readonly TimeSpan RetryFirst = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan RetryMax = TimeSpan.FromMilliseconds(500);

    private readonly TimeSpan unreachableAfter;
    private readonly TimeProvider time;
    private long currentRevision;
    private long compactRevision;
    private volatile bool closed;

    public EtcdConnection(EtcdStoreConfig config)
    {
        RpcChannelConfig channel = config.Channel();
        unreachableAfter = config.UnreachableAfter;
        time = config.Time;
        Channel = new RpcChannel(channel);
        Members = [.. channel.Endpoints.Select(endpoint => new RpcChannel(channel with { Endpoints = [endpoint] }))];
    }

    /// <summary>All members in turn.</summary>
    public RpcChannel Channel { get; }

    /// <summary>Each member by itself, for what members don't do for each other.</summary>
    public ImmutableArray<RpcChannel> Members { get; }

    public long CurrentRevision => Volatile.Read(ref currentRevision);

    public long CompactRevision => Volatile.Read(ref compactRevision);

    public bool IsClosed => closed;

    /// <summary>A call that may be made twice: tried again until a member answers.</summary>
    public ValueTask<EtcdAnswer<TResponse>> ReadAsync<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method, TRequest request, CancellationToken cancellation) =>
        CallAsync(method, request, static error => error.Code == RpcStatusCode.Unavailable, cancellation);

    /// <summary>A call that may not be made twice: tried again only while it can't have left this machine.</summary>
    public ValueTask<EtcdAnswer<TResponse>> WriteAsync<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method, TRequest request, CancellationToken cancellation) =>
        CallAsync(method, request, static error => error.NeverSent, cancellation);

    /// <summary>A header came in: the store is at least there.</summary>
    public long Learn(Proto.ResponseHeader? header)
    {
        long revision = header?.Revision ?? 0;
        Raise(ref currentRevision, revision);
        return revision;
    }

    /// <summary>History before this revision is gone.</summary>
    public void LearnCompaction(long revision) => Raise(ref compactRevision, revision);

    /// <summary>Throws when the store was closed.</summary>
    public void ThrowIfClosed()
    {
        if (closed)
        {
            throw new StoreUnavailableException("the store is closed");
        }
    }

    public void Dispose()
    {
        closed = true;
        Channel.Dispose();
        foreach (RpcChannel member in Members)
        {
            member.Dispose();
        }
    }

    private static void Raise(ref long field, long value)
    {
        long seen = Volatile.Read(ref field);
        while (value > seen)
        {
            long before = Interlocked.CompareExchange(ref field, value, seen);
            if (before == seen)
            {
                return;
            }

            seen = before;
        }
    }

    private async ValueTask<EtcdAnswer<TResponse>> CallAsync<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method, TRequest request, Func<RpcException, bool> mayRetry,
        CancellationToken cancellation)
    {
        long began = time.GetTimestamp();
        TimeSpan pause = RetryFirst;
        while (true)
        {
            ThrowIfClosed();
            try
            {
                return new(StoreOutcome.Ok, await Channel.UnaryAsync(method, request, null, cancellation)
                    .ConfigureAwait(false));
            }
            catch (RpcException error) when (EtcdErrors.Outcome(error) is { } outcome)
            {
                return new(outcome, default!);
            }
            catch (RpcException error) when (!mayRetry(error) || time.GetElapsedTime(began) > unreachableAfter)
            {
                throw EtcdErrors.Unavailable(error);
            }
            catch (RpcException)
            {
                await Task.Delay(pause, time, cancellation).ConfigureAwait(false);
                pause = pause * 2 < RetryMax ? pause * 2 : RetryMax;
            }
        }
    }
}
