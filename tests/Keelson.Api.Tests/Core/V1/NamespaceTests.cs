using Keelson.Api.Core.V1;
using Keelson.Api.Tests.Kinds;
using Xunit;

namespace Keelson.Api.Tests.Core.V1;

public sealed class NamespaceTests
{
    [Fact]
    public void A_new_namespace_is_active_labelled_and_guarded()
    {
        Assert.Equal(
            """{"kind":"Namespace","apiVersion":"v1","metadata":{"name":"n","labels":{"kubernetes.io/metadata.name":"n"}},"spec":{"finalizers":["kubernetes"]},"status":{"phase":"Active"}}""",
            KindWrites.Json(KindWrites.Created<Namespace>("""{"metadata":{"name":"n","labels":{"kubernetes.io/metadata.name":"spoof"}},"status":{"phase":"Terminating"}}""")));
    }

    [Fact]
    public void Finalizers_change_through_their_subresource_only()
    {
        Namespace old = KindWrites.Created<Namespace>("""{"metadata":{"name":"n"}}""");

        Assert.Equal(["kubernetes"], KindWrites.Updated(old, """{"metadata":{"name":"n"},"spec":{"finalizers":[]}}""").Spec.Finalizers);
        Assert.Empty(KindWrites.SubresourceErrors("finalize", old, old with { Spec = NamespaceSpec.Empty }));
    }

    [Fact]
    public void The_phase_follows_from_the_deletion()
    {
        Namespace old = KindWrites.Created<Namespace>("""{"metadata":{"name":"n"}}""");

        Assert.Equal(
            ["status.Phase: Invalid value: \"Terminating\": may only be 'Active' if `deletionTimestamp` is empty"],
            KindWrites.SubresourceErrors("status", old, old with { Status = old.Status with { Phase = "Terminating" } }));
    }
}
