using System.Net;
using Keelson.Api.Meta.V1;
using Keelson.Api.Networking.V1;
using Keelson.Controllers.ServiceCidrs;
using Keelson.Machinery.Values;
using IPAddress = System.Net.IPAddress;

namespace Keelson.Controllers.Tests.ServiceCidrs;

public sealed class ServiceCidrPlanTests
{
    private static readonly Time Now = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    [Fact]
    public void A_new_range_gets_its_finalizer_and_becomes_ready()
    {
        ServiceCidrPlan plan = ServiceCidrPlan.Compute(Range("10.0.0.0/24"), [], [], Now);
        Assert.Equal([ServiceCidrPlan.Finalizer], plan.Finalizers);
        Assert.Equal("Kubernetes Service CIDR is ready", plan.Ready!.Message);
    }

    [Fact]
    public void A_range_that_is_to_go_stays_while_an_address_has_no_other()
    {
        ServiceCIDR going = Going(Range("10.0.0.0/24"), Now);
        IPAddress[] taken = [IPAddress.Parse("10.0.0.7")];
        ServiceCidrPlan held = ServiceCidrPlan.Compute(going, [], taken, Now);
        Assert.Equal("Terminating", held.Ready!.Reason);
        Assert.Equal([ServiceCidrPlan.Finalizer], held.Finalizers);
        Assert.Equal(
            TimeSpan.FromSeconds(10), ServiceCidrPlan.Compute(going, [Range("10.0.0.0/16")], taken, Now).CheckAfter);
    }

    [Fact]
    public void A_range_that_nobody_needs_goes_after_ten_seconds() => Assert.Empty(
        ServiceCidrPlan.Compute(Going(Range("10.0.0.0/24"), new(Now.Instant.AddSeconds(-10))), [], [], Now).Finalizers);

    private static ServiceCIDR Range(string cidr) => new() { Spec = new ServiceCIDRSpec { Cidrs = [cidr] } };

    private static ServiceCIDR Going(ServiceCIDR range, Time since) =>
        range with { Metadata = ObjectMeta.Empty with { DeletionTimestamp = since, Finalizers = [ServiceCidrPlan.Finalizer] } };
}
