using Keelson.Api.Kinds;
using Keelson.Machinery.Wire;
using Keelson.Server.Storage;

namespace Keelson.Server.Tests.Storage;

public sealed class ObjectFormsTests
{
    private readonly ProtoBuffer _scratch = new();

    [Fact]
    public void A_protobuf_message_is_made_once_as_long_as_there_is_room()
    {
        FormBudget budget = new(10_000);
        StoredObject pod = StoredPods.Filled(budget, 1).Snapshot.All.Single();
        byte[] message = pod.Proto(_scratch).ToArray();
        Assert.InRange(budget.Bytes, message.Length, message.Length + 200);
        Assert.Equal(0, AllocatedBy(() => _ = pod.Proto(_scratch)));
        Assert.Equal(message, pod.Proto(_scratch).ToArray());
    }

    [Fact]
    public void Without_room_a_message_is_made_for_its_answer_only()
    {
        FormBudget budget = new(100);
        StoredObject pod = StoredPods.Filled(budget, 1).Snapshot.All.Single();
        byte[] message = pod.Proto(_scratch).ToArray();
        Assert.Equal(0, budget.Bytes);
        Assert.Equal(message.Length, pod.ProtoLength(_scratch));
        Assert.Equal(message, pod.Proto(_scratch).ToArray());
    }

    [Fact]
    public void What_was_made_of_replaced_versions_is_let_go_when_watchers_have_had_it()
    {
        FormBudget budget = new(1_000_000);
        ObjectCache cache = StoredPods.Filled(budget, 1);
        for (int revision = 2; revision < 400; revision++)
        {
            cache.Snapshot.All.Single().Proto(_scratch);
            cache.Apply("/registry/pods/n/pod-000000", StoredPods.Pod(0, revision), revision);
        }

        long each = cache.Snapshot.All.Single().Proto(_scratch).Length;
        Assert.InRange(budget.Bytes, each, 140 * (each + 200));
        cache.Apply("/registry/pods/n/pod-000000", null, 400);
        for (int revision = 401; revision < 800; revision++)
        {
            cache.Apply("/registry/pods/n/pod-000001", StoredPods.Pod(1, revision), revision);
        }

        Assert.Equal(0, budget.Bytes);
    }

    [Fact]
    public void Forms_that_nobody_asks_for_are_dropped_after_some_rounds()
    {
        FormBudget budget = new(1_000_000);
        ObjectCache cache = StoredPods.Filled(budget, 2);
        StoredObject[] pods = [.. cache.Snapshot.All];
        pods[0].Proto(_scratch);
        long one = budget.Bytes;
        pods[1].Proto(_scratch);
        for (int round = 0; round < 5; round++)
        {
            budget.NextRound();
            pods[0].Proto(_scratch);
            cache.DropColdForms();
        }

        Assert.Equal(one, budget.Bytes);
    }

    [Fact]
    public void Metadata_is_read_without_the_rest()
    {
        StoredObject pod = StoredPods.Pod(7, 42);
        Assert.Equal(pod.Record.Metadata, pod.DecodeMetadata(withManagedFields: true));
        Assert.Equal(pod.Record.Metadata with { ManagedFields = default }, pod.Metadata);
        Assert.Equal(
            pod.Record.Metadata with { ManagedFields = default, ResourceVersion = "" }, pod.Abridged.Metadata);
    }

    [Fact]
    public void A_kept_record_has_all_but_managed_fields_and_goes_when_the_version_is_replaced()
    {
        StoredObject pod = StoredPods.Pod(7, 42);
        IObject whole = pod.Record;
        IObject kept = pod.KeptRecord;
        Assert.NotEqual(whole, kept);
        Assert.Equal(whole.WithMetadata(whole.Metadata with { ManagedFields = default }), kept);
        Assert.Equal(whole, pod.Record);
        Assert.Same(kept, pod.KeptRecord);
        pod.ReleaseForms();
        Assert.NotSame(kept, pod.KeptRecord);
        Assert.Equal(kept, pod.KeptRecord);
    }

    private static long AllocatedBy(Action run)
    {
        run();
        long before = GC.GetAllocatedBytesForCurrentThread();
        run();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
