using Keelson.Api.Core.V1;
using Keelson.Api.Tests.Kinds;
using Keelson.Machinery.Values;
using Xunit;

namespace Keelson.Api.Tests.Core.V1;

public sealed class PersistentVolumeClaimTests
{
    private const string Claim =
        """{"metadata":{"name":"c","namespace":"n"},"spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"3Gi"}},"storageClassName":"fast"}}""";

    private const string InForce = "is forbidden when status.currentVolumeAttributesClassName is not nil";

    [Fact]
    public void The_two_fields_for_a_source_show_the_same()
    {
        PersistentVolumeClaim claim = KindWrites.Created<PersistentVolumeClaim>("""{"spec":{"dataSource":{"kind":"PersistentVolumeClaim","name":"a"}}}""");
        Assert.Equal("a", claim.Spec.DataSourceRef?.Name);

        claim = KindWrites.Created<PersistentVolumeClaim>("""{"spec":{"dataSourceRef":{"apiGroup":"x.io","kind":"Thing","name":"t"}}}""");
        Assert.Equal("Thing", claim.Spec.DataSource?.Kind);

        claim = KindWrites.Created<PersistentVolumeClaim>("""{"spec":{"dataSource":{"apiGroup":"x.io","kind":"Thing","name":"t"}}}""");
        Assert.Null(claim.Spec.DataSource);
    }

    [Fact]
    public void A_change_is_shown_line_by_line()
    {
        PersistentVolumeClaim old = KindWrites.Created<PersistentVolumeClaim>(Claim);

        Assert.Equal(
        [
            """
            spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims
            @@ -6,7 +6,7 @@
              "Resources": {
               "Limits": null,
               "Requests": {
            -   "storage": "3Gi"
            +   "storage": "5Gi"
               }
              },
              "VolumeName": "",

            """,
        ],
        KindWrites.UpdateErrors(old, Claim.Replace("3Gi", "5Gi")));
    }

    [Fact]
    public void A_bound_claim_may_grow_and_shrink_back_to_more_than_it_has()
    {
        PersistentVolumeClaim old = KindWrites.Created<PersistentVolumeClaim>(Claim);
        PersistentVolumeClaim bound = old with
        {
            Status = old.Status with { Phase = "Bound", Capacity = ApiMap<Quantity>.Empty.With("storage", Quantity.Parse("2Gi")) },
        };

        Assert.Empty(KindWrites.UpdateErrors(bound, Claim.Replace("3Gi", "5Gi")));
        Assert.Empty(KindWrites.UpdateErrors(bound, Claim.Replace("3Gi", "2.5Gi")));
        Assert.Equal(
            ["spec.resources.requests.storage: Forbidden: field can not be less than status.capacity"],
            KindWrites.UpdateErrors(bound, Claim.Replace("3Gi", "2Gi")));
    }

    [Fact]
    public void The_exclusive_access_mode_stands_alone()
    {
        Assert.Equal(
        [
            "spec.accessModes: Forbidden: may not use ReadWriteOncePod with other access modes",
            "spec.resources[storage]: Required value",
        ],
        KindWrites.CreateErrors<PersistentVolumeClaim>("""{"spec":{"accessModes":["ReadWriteOncePod","ReadWriteOnce"]}}"""));
    }

    [Theory]
    [InlineData("gold", null, "update to nil")]
    [InlineData("gold", "", "update to empty string")]
    [InlineData("gold", "silver", "")]
    [InlineData("", null, "")]
    [InlineData("", "", "")]
    public void A_class_of_attributes_is_given_up_only_before_it_is_in_force(string current, string? name, string error)
    {
        PersistentVolumeClaim old = KindWrites.Created<PersistentVolumeClaim>(WithClass("gold"));
        PersistentVolumeClaim bound = old with
        {
            Status = old.Status with
            {
                Phase = "Bound",
                CurrentVolumeAttributesClassName = current.Length > 0 ? current : null,
            },
        };

        Assert.Equal(
            error.Length > 0 ? [$"spec.volumeAttributesClassName: Forbidden: {error} {InForce}"] : [],
            KindWrites.UpdateErrors(bound, WithClass(name)));
    }

    [Fact]
    public void States_of_resizes_are_checked_under_their_name()
    {
        PersistentVolumeClaim old = KindWrites.Created<PersistentVolumeClaim>(Claim);
        PersistentVolumeClaim changed = old with
        {
            Status = old.Status with { AllocatedResourceStatuses = ApiMap<string>.Empty.With("storage", "Strange") },
        };

        Assert.StartsWith(
            "status.allocatedResourceStatuses: Unsupported value: ",
            Assert.Single(KindWrites.SubresourceErrors("status", old, changed)),
            StringComparison.Ordinal);
    }

    private static string WithClass(string? name) => name is null
        ? Claim
        : Claim.Replace("\"storageClassName\"", $"\"volumeAttributesClassName\":\"{name}\",\"storageClassName\"");
}
