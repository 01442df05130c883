using Keelson.Rpc;
using Keelson.Store.Etcd;
using Proto = Keelson.Store.Etcd.Protos;

namespace Keelson.Store.Tests.Etcd;

/// <summary>Corners of etcd's protocol, played by a script.</summary>
public sealed class EtcdProtocolTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Parts_of_a_response_become_one_batch_and_half_of_one_is_asked_for_again()
    {
        List<(long Start, string? Leader)> created = [];
        await using var etcd = new ScriptedEtcd
        {
            Watch = async (requests, responses, context) =>
            {
                await foreach (Proto.WatchRequest request in requests)
                {
                    long id = request.CreateRequest.WatchId;
                    created.Add((request.CreateRequest.StartRevision, context.RequestMetadata["hasleader"]));
                    await responses.WriteAsync(Created(id, 4));
                    await responses.WriteAsync(Part(id, fragment: true, ScriptedEtcd.Put("a", 5)));
                    if (created.Count == 1)
                    {
                        throw new RpcException(RpcStatusCode.Unavailable, "etcdserver: no leader");
                    }

                    await responses.WriteAsync(Part(id, fragment: true, ScriptedEtcd.Put("b", 5)));
                    await responses.WriteAsync(Part(id, fragment: false, ScriptedEtcd.Put("c", 5)));
                }
            },
        };
        await using EtcdStore store = await etcd.StartAsync();

        await using IStoreWatch watch = await store.WatchAsync(new WatchRequest(KeyRange.All));
        WatchBatch batch = await watch.ReadAsync().AsTask().WaitAsync(Patience);

        Assert.Equal(5, watch.StartRevision);
        Assert.Equal([(0L, "true"), (5L, "true")], created);
        Assert.Equal(["a", "b", "c"], batch.Events.Select(happened => happened.Item.Key));
        Assert.Equal(5, batch.Revision);
    }

    [Fact]
    public async Task Progress_is_asked_for_until_etcd_answers_and_moves_the_watch_on()
    {
        int asked = 0;
        List<long> starts = [];
        await using var etcd = new ScriptedEtcd
        {
            Range = _ => new Proto.RangeResponse { Header = ScriptedEtcd.At(9) },
            Watch = async (requests, responses, _) =>
            {
                await foreach (Proto.WatchRequest request in requests)
                {
                    if (request.CreateRequest is { } create)
                    {
                        starts.Add(create.StartRevision);
                        await responses.WriteAsync(Created(create.WatchId, 4));
                    }
                    else if (++asked >= 3)
                    {
                        // The first two times, some watch was behind. Behind the answer the stream breaks.
                        await responses.WriteAsync(
                            new Proto.WatchResponse { Header = ScriptedEtcd.At(9), WatchId = -1 });
                        return;
                    }
                }
            },
        };
        await using EtcdStore store = await etcd.StartAsync();
        await using IStoreWatch watch = await store.WatchAsync(new WatchRequest(KeyRange.All));

        await store.RequestProgressAsync();
        WatchBatch batch = await watch.ReadAsync().AsTask().WaitAsync(Patience);
        await using IStoreWatch other = await store.WatchAsync(new WatchRequest(KeyRange.All) { FromRevision = 77 });

        Assert.Equal((9L, 0), (batch.Revision, batch.Events.Length));
        Assert.Equal([0L, 10L, 77L], starts.Order());
    }

    [Fact]
    public async Task A_watch_that_etcd_refuses_fails_with_its_reason()
    {
        await using var etcd = new ScriptedEtcd
        {
            Watch = async (requests, responses, _) =>
            {
                await foreach (Proto.WatchRequest request in requests)
                {
                    await responses.WriteAsync(new Proto.WatchResponse
                    {
                        Header = ScriptedEtcd.At(4),
                        WatchId = -1,
                        Created = true,
                        Canceled = true,
                        CancelReason = "rpc error: code = PermissionDenied desc = etcdserver: permission denied",
                    });
                }
            },
        };
        await using EtcdStore store = await etcd.StartAsync();

        StoreUnavailableException error = await Assert.ThrowsAsync<StoreUnavailableException>(
            () => store.WatchAsync(new WatchRequest(KeyRange.All)).AsTask().WaitAsync(Patience));

        Assert.EndsWith("etcdserver: permission denied", error.Message);
    }

    [Fact]
    public async Task A_read_is_tried_again_and_a_write_that_may_have_arrived_is_not()
    {
        int reads = 0;
        int writes = 0;
        await using var etcd = new ScriptedEtcd
        {
            Range = request => !request.CountOnly && ++reads == 1
                ? throw new RpcException(RpcStatusCode.Unavailable, "etcdserver: leader changed")
                : new Proto.RangeResponse { Header = ScriptedEtcd.At(6) },
            Txn = _ =>
            {
                writes++;
                throw new RpcException(RpcStatusCode.Unavailable, "etcdserver: request timed out");
            },
        };
        await using EtcdStore store = await etcd.StartAsync();

        GetResult read = await store.GetAsync("/a");
        StoreUnavailableException error = await Assert.ThrowsAsync<StoreUnavailableException>(
            () => store.PutIfAsync("/a", [1], 0).AsTask());

        Assert.Equal((2, 6L), (reads, read.Revision));
        Assert.Equal((1, "etcd: etcdserver: request timed out"), (writes, error.Message));
    }

    [Theory]
    [InlineData(RpcStatusCode.InvalidArgument, "etcdserver: request is too large", StoreOutcome.TooLarge)]
    [InlineData(RpcStatusCode.ResourceExhausted, "etcdserver: mvcc: database space exceeded", StoreOutcome.NoSpace)]
    [InlineData(
        RpcStatusCode.ResourceExhausted, "grpc: received message larger than max (9 vs. 8)", StoreOutcome.TooLarge)]
    [InlineData(RpcStatusCode.NotFound, "etcdserver: requested lease not found", StoreOutcome.LeaseNotFound)]
    public async Task Errors_that_the_contract_knows_are_outcomes(
        RpcStatusCode code, string message, StoreOutcome outcome)
    {
        await using var etcd = new ScriptedEtcd { Txn = _ => throw new RpcException(code, message) };
        await using EtcdStore store = await etcd.StartAsync();

        Assert.Equal(outcome, (await store.PutIfAsync("/a", [1], 0)).Outcome);
    }

    private static Proto.WatchResponse Created(long id, long revision) =>
        new() { Header = ScriptedEtcd.At(revision), WatchId = id, Created = true };

    private static Proto.WatchResponse Part(long id, bool fragment, Proto.Event happened) => new()
    {
        Header = ScriptedEtcd.At(5),
        WatchId = id,
        Fragment = fragment,
        Events = { happened },
    };
}
