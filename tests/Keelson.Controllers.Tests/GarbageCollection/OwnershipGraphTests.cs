using Keelson.Api.Meta.V1;
using Keelson.Controllers.GarbageCollection;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.Tests.GarbageCollection;

public sealed class OwnershipGraphTests : IOwnershipEffects
{
    private static readonly Time Past = new(DateTimeOffset.UnixEpoch.AddDays(1));
    private readonly List<string> _effects = [];
    private readonly OwnershipGraph _graph;

    public OwnershipGraphTests() => _graph = new(this, static (_, kind) => kind == "Node");

    [Fact]
    public void An_unseen_owner_is_looked_for_and_found_by_its_event()
    {
        Observe("child", Owned("owner"));
        Assert.Equal(["delete? owner"], Taken());
        Assert.True(_graph.Find("owner")!.IsVirtual);
        Observe("owner", ObjectMeta.Empty);
        Assert.Empty(Taken());
        Assert.False(_graph.Find("owner")!.IsVirtual);
    }

    [Fact]
    public void Dependents_are_looked_at_when_their_owner_is_gone()
    {
        Observe("owner", ObjectMeta.Empty);
        Observe("child", Owned("owner"));
        _graph.Remove("owner");
        Assert.Equal(["absent owner", "delete? child"], Taken());
    }

    [Fact]
    public void A_waiting_owner_is_looked_at_when_the_last_that_blocks_it_is_gone()
    {
        Observe("owner", ObjectMeta.Empty);
        Observe("a", Owned("owner"));
        Observe("b", Owned("owner"));
        Observe("free", Owned("owner", blocks: false));
        Observe("owner", Going(OwnershipGraph.ForegroundFinalizer), ObjectMeta.Empty);
        Assert.Equal(["delete? a", "delete? b", "delete? free", "delete? owner"], Taken());
        _graph.Remove("a");
        Assert.Empty(Taken());
        Observe("b", Owned("owner", blocks: false), Owned("owner"));
        Assert.Equal(["delete? owner"], Taken().Where(static one => one.EndsWith("owner", StringComparison.Ordinal)));
    }

    [Fact]
    public void An_orphaning_owner_is_told_apart_from_a_waiting_one()
    {
        Observe("owner", Going(OwnershipGraph.OrphanFinalizer));
        Assert.Equal(["orphan owner"], Taken());
        Assert.False(_graph.Find("owner")!.WaitsForDependents);
    }

    [Fact]
    public void A_reference_into_another_namespace_is_reported_and_looked_at()
    {
        Observe("owner", ObjectMeta.Empty, null, "there");
        Observe("child", Owned("owner"), null, "here");
        Assert.Equal(["namespace child", "delete? child"], Taken());
    }

    [Fact]
    public void An_owner_called_by_two_names_is_looked_for_by_the_other_when_one_is_not_there()
    {
        Observe("a", Owned("owner", name: "right"));
        Observe("b", Owned("owner", name: "wrong"));
        Taken();
        _graph.RemoveAbsent(_graph.Find("owner")!.Identity);
        Assert.Equal("wrong", _graph.Find("owner")!.Identity.Name);
        Assert.Equal(["absent owner", "delete? a", "delete? owner"], Taken());
    }

    [Fact]
    public void An_absent_name_does_not_remove_an_owner_that_was_seen_under_another()
    {
        Observe("owner", ObjectMeta.Empty);
        Observe("child", Owned("owner", name: "wrong"));
        Taken();
        _graph.RemoveAbsent(new("v1", "ConfigMap", "ns", "wrong", "owner"));
        Assert.NotNull(_graph.Find("owner"));
        Assert.Equal(["absent owner", "delete? child"], Taken());
    }

    [Fact]
    public void A_virtual_owner_is_forgotten_with_its_last_dependent()
    {
        Observe("child", Owned("owner"));
        Observe("child", ObjectMeta.Empty, Owned("owner"));
        Assert.Null(_graph.Find("owner"));
        Assert.Equal(1, _graph.Count);
    }

    void IOwnershipEffects.AttemptToDelete(OwnershipNode node) => _effects.Add("delete? " + node.Identity.Uid);

    void IOwnershipEffects.AttemptToOrphan(OwnershipNode node) => _effects.Add("orphan " + node.Identity.Uid);

    void IOwnershipEffects.Absent(ObjectIdentity identity) => _effects.Add("absent " + identity.Uid);

    void IOwnershipEffects.InvalidNamespace(ObjectIdentity dependent, OwnerReference reference) =>
        _effects.Add("namespace " + dependent.Uid);

    private static ObjectMeta Owned(string owner, bool blocks = true, string? name = null) => ObjectMeta.Empty with
    {
        OwnerReferences =
        [
            new OwnerReference { ApiVersion = "v1", Kind = "ConfigMap", Name = name ?? owner, Uid = owner, BlockOwnerDeletion = blocks },
        ],
    };

    private static ObjectMeta Going(string finalizer) =>
        ObjectMeta.Empty with { DeletionTimestamp = Past, Finalizers = [finalizer] };

    private void Observe(string uid, ObjectMeta now, ObjectMeta? old = null, string @namespace = "ns") =>
        _graph.Observe(new("v1", "ConfigMap", @namespace, uid, uid), old, now);

    private string[] Taken()
    {
        string[] taken = [.. _effects];
        _effects.Clear();
        return taken;
    }
}
