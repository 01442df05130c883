using Keelson.Api.Meta.V1;
using Keelson.Api.Resource.V1;
using Keelson.Controllers.ResourceClaims;
using Keelson.Machinery.Values;
using Claim = Keelson.Api.Resource.V1.ResourceClaim;

namespace Keelson.Controllers.Tests.ResourceClaims;

public sealed class ResourceClaimMetricsTests
{
    [Fact]
    public void Claims_are_counted_by_devices_access_and_who_made_them()
    {
        Dictionary<(bool IsAllocated, bool IsAdmin, string Source), int> tally = ResourceClaimMetrics.Tally(
        [
            Of(""), Of(""),
            Of("resource.kubernetes.io/pod-claim-name", "gpu") with { Status = new() { Allocation = new() } },
            Of("resource.kubernetes.io/extended-resource-claim", "true"),
            Of("") with
            {
                Spec = new()
                {
                    Devices = new()
                    {
                        Requests =
                        [
                            new() { Name = "r", Exactly = new() { DeviceClassName = "c", AdminAccess = true } },
                        ],
                    },
                },
            },
        ]);
        Assert.Equal(4, tally.Count);
        Assert.Equal(2, tally[(false, false, "")]);
        Assert.Equal(1, tally[(true, false, "resource_claim_template")]);
        Assert.Equal(1, tally[(false, false, "extended_resource")]);
        Assert.Equal(1, tally[(false, true, "")]);
    }

    private static Claim Of(string annotation, string value = "") => new()
    {
        Metadata = ObjectMeta.Empty with
        {
            Name = "c",
            Namespace = "n",
            Annotations = annotation.Length == 0 ? ApiMap<string>.Empty : ApiMap<string>.Empty.With(annotation, value),
        },
    };
}
