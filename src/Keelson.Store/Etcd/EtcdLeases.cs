using System.Collections.Immutable;
using Keelson.Rpc;
using Proto = Keelson.Store.Etcd.Protos;

namespace Keelson.Store.Etcd;

/// <summary>etcd's leases.</summary>
internal sealed class EtcdLeases(EtcdConnection connection) : IStoreLeases
{
    public async ValueTask<LeaseResult> GrantAsync(
        long timeToLiveSeconds, long id = 0, CancellationToken cancellationToken = default)
    {
        EtcdAnswer<Proto.LeaseGrantResponse> answer = await connection.WriteAsync(
            EtcdMethods.LeaseGrant, new Proto.LeaseGrantRequest { TTL = timeToLiveSeconds, ID = id }, cancellationToken)
            .ConfigureAwait(false);
        if (answer.Outcome != StoreOutcome.Ok)
        {
            return Refused(answer.Outcome, id);
        }

        return new LeaseResult
        {
            Id = answer.Response.ID,
            TimeToLiveSeconds = answer.Response.TTL,
            GrantedTimeToLiveSeconds = answer.Response.TTL,
            Revision = connection.Learn(answer.Response.Header),
        };
    }

    public async ValueTask<LeaseResult> RevokeAsync(long id, CancellationToken cancellationToken = default)
    {
        EtcdAnswer<Proto.LeaseRevokeResponse> answer = await connection.WriteAsync(
            EtcdMethods.LeaseRevoke, new Proto.LeaseRevokeRequest { ID = id }, cancellationToken).ConfigureAwait(false);
        return answer.Outcome == StoreOutcome.Ok
            ? new LeaseResult { Id = id, Revision = connection.Learn(answer.Response.Header) }
            : Refused(answer.Outcome, id);
    }

    public async ValueTask<LeaseResult> KeepAliveAsync(long id, CancellationToken cancellationToken = default)
    {
        connection.ThrowIfClosed();
        try
        {
            await using var call = connection.Channel.Open(EtcdMethods.LeaseKeepAlive, null, cancellationToken);
            await call.WriteAsync(new Proto.LeaseKeepAliveRequest { ID = id }, cancellationToken).ConfigureAwait(false);
            RpcReadResult<Proto.LeaseKeepAliveResponse> read = await call.ReadAsync().ConfigureAwait(false);
            if (!read.HasMessage)
            {
                throw new StoreUnavailableException("etcd ended the lease's stream without an answer");
            }

            long revision = connection.Learn(read.Message.Header);

            // etcd answers for a lease that is gone as for one that has no time left.
            return read.Message.TTL <= 0
                ? Refused(StoreOutcome.LeaseNotFound, id)
                : new LeaseResult
                {
                    Id = id,
                    TimeToLiveSeconds = read.Message.TTL,
                    GrantedTimeToLiveSeconds = read.Message.TTL,
                    Revision = revision,
                };
        }
        catch (RpcException error)
        {
            StoreOutcome? outcome = EtcdErrors.Outcome(error);
            return outcome is not null ? Refused(outcome.Value, id) : throw EtcdErrors.Unavailable(error);
        }
    }

    public async ValueTask<LeaseResult> TimeToLiveAsync(
        long id, bool includeKeys = false, CancellationToken cancellationToken = default)
    {
        EtcdAnswer<Proto.LeaseTimeToLiveResponse> answer = await connection.ReadAsync(
            EtcdMethods.LeaseTimeToLive, new Proto.LeaseTimeToLiveRequest { ID = id, Keys = includeKeys },
            cancellationToken).ConfigureAwait(false);
        if (answer.Outcome != StoreOutcome.Ok)
        {
            return Refused(answer.Outcome, id);
        }

        long revision = connection.Learn(answer.Response.Header);
        if (answer.Response.TTL < 0)
        {
            return Refused(StoreOutcome.LeaseNotFound, id);
        }

        return new LeaseResult
        {
            Id = id,
            TimeToLiveSeconds = answer.Response.TTL,
            GrantedTimeToLiveSeconds = answer.Response.GrantedTTL,
            Keys = [.. answer.Response.Keys.Select(EtcdMessages.Key).Order(StringComparer.Ordinal)],
            Revision = revision,
        };
    }

    public async ValueTask<ImmutableArray<long>> ListAsync(CancellationToken cancellationToken = default)
    {
        EtcdAnswer<Proto.LeaseLeasesResponse> answer = await connection.ReadAsync(
            EtcdMethods.LeaseLeases, new Proto.LeaseLeasesRequest(), cancellationToken).ConfigureAwait(false);
        if (answer.Outcome != StoreOutcome.Ok)
        {
            throw new StoreUnavailableException($"etcd: {answer.Outcome.Message()}");
        }

        connection.Learn(answer.Response.Header);
        return [.. answer.Response.Leases.Select(lease => lease.ID)];
    }

    private LeaseResult Refused(StoreOutcome outcome, long id) =>
        new() { Outcome = outcome, Id = id, Revision = connection.CurrentRevision };
}
