using Keelson.Rpc;
using Proto = Keelson.Store.Etcd.Protos;

namespace Keelson.Store.Etcd;

/// <summary>etcd's maintenance. What members do only for themselves is asked of each.</summary>
internal sealed class EtcdMaintenance(EtcdConnection connection) : IStoreMaintenance
{
    private static readonly RpcCallOptions Brief = new() { Timeout = TimeSpan.FromSeconds(5) };

    public async ValueTask<StoreStatus> StatusAsync(CancellationToken cancellationToken = default)
    {
        EtcdAnswer<Proto.StatusResponse> answer = await connection.ReadAsync(
            EtcdMethods.Status, new Proto.StatusRequest(), cancellationToken).ConfigureAwait(false);
        Proto.RangeRequest everything = EtcdMessages.Range(new RangeRequest(KeyRange.All) { CountOnly = true });
        EtcdAnswer<Proto.RangeResponse> count = await connection.ReadAsync(
            EtcdMethods.Range, everything, cancellationToken).ConfigureAwait(false);
        if (answer.Outcome != StoreOutcome.Ok || count.Outcome != StoreOutcome.Ok)
        {
            StoreOutcome outcome = answer.Outcome != StoreOutcome.Ok ? answer.Outcome : count.Outcome;
            throw new StoreUnavailableException($"etcd: {outcome.Message()}");
        }

        // The count is linearizable, the status is one member's opinion: the count knows the revision better.
        connection.Learn(answer.Response.Header);
        connection.Learn(count.Response.Header);
        return new StoreStatus
        {
            Revision = connection.CurrentRevision,
            CompactRevision = connection.CompactRevision,
            KeyCount = count.Response.Count,
            SizeBytes = answer.Response.DbSize,
            SizeInUseBytes = answer.Response.DbSizeInUse,
            Version = $"etcd {answer.Response.Version}",
        };
    }

    /// <summary>Writes what <c>etcdctl snapshot save</c> writes: etcd's database file and its SHA-256.</summary>
    public async ValueTask<long> SnapshotAsync(Stream destination, CancellationToken cancellationToken = default)
    {
        connection.ThrowIfClosed();
        try
        {
            ulong remaining = 0;
            await foreach (Proto.SnapshotResponse part in connection.Channel.ServerStreamingAsync(
                EtcdMethods.Snapshot, new Proto.SnapshotRequest(), null, cancellationToken).ConfigureAwait(false))
            {
                await destination.WriteAsync(part.Blob.Memory, cancellationToken).ConfigureAwait(false);
                remaining = part.RemainingBytes;
            }

            return remaining == 0
                ? 0
                : throw new StoreUnavailableException($"etcd ended the snapshot {remaining} bytes before its end");
        }
        catch (RpcException error)
        {
            throw EtcdErrors.Unavailable(error);
        }
    }

    public async ValueTask DefragmentAsync(CancellationToken cancellationToken = default)
    {
        connection.ThrowIfClosed();

        // A member answers nobody while it defragments: never two at a time.
        foreach (RpcChannel member in connection.Members)
        {
            try
            {
                await member.UnaryAsync(
                    EtcdMethods.Defragment, new Proto.DefragmentRequest(), null, cancellationToken)
                    .ConfigureAwait(false);
            }
            catch (RpcException error)
            {
                throw EtcdErrors.Unavailable(error);
            }
        }
    }

    /// <summary>
    /// Whether every member that answers is new enough to send the answer to a progress request behind the events it
    /// speaks for. Before 3.4.25 and 3.5.8 it could overtake them (https://github.com/etcd-io/etcd/issues/15220).
    /// </summary>
    public async Task<bool> ReportsProgressInOrderAsync(CancellationToken cancellation)
    {
        bool?[] answers = await Task.WhenAll(connection.Members.Select(member => AskAsync(member, cancellation)))
            .ConfigureAwait(false);
        return answers.All(answer => answer != false) && answers.Any(answer => answer == true);
    }

    /// <summary>The rule by itself: 3.4.25 and on, 3.5.8 and on, everything later.</summary>
    internal static bool ReportsProgressInOrder(string version)
    {
        string release = version.Split('-', '+')[0];
        return Version.TryParse(release, out Version? parsed)
            && (parsed >= new Version(3, 5, 8) || (parsed >= new Version(3, 4, 25) && parsed < new Version(3, 5)));
    }

    private static async Task<bool?> AskAsync(RpcChannel member, CancellationToken cancellation)
    {
        try
        {
            Proto.StatusResponse status = await member.UnaryAsync(
                EtcdMethods.Status, new Proto.StatusRequest(), Brief, cancellation).ConfigureAwait(false);
            return ReportsProgressInOrder(status.Version);
        }
        catch (RpcException)
        {
            // A member that is down has no say; when it comes back, it is most likely what the others are.
            return null;
        }
    }
}
