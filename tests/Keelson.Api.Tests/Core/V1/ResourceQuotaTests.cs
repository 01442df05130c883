using Keelson.Api.Core.V1;
using Keelson.Api.Tests.Kinds;
using Xunit;

namespace Keelson.Api.Tests.Core.V1;

public sealed class ResourceQuotaTests
{
    [Fact]
    public void Scopes_fit_what_is_limited_and_each_other()
    {
        Assert.Equal(
        [
            "spec.scopes: Invalid value: [\"BestEffort\",\"NotBestEffort\"]: unsupported scope applied to resource",
            "spec.scopes: Invalid value: [\"BestEffort\",\"NotBestEffort\"]: conflicting scopes",
        ],
        KindWrites.CreateErrors<ResourceQuota>("""{"spec":{"hard":{"cpu":"1","pods":"1"},"scopes":["BestEffort","NotBestEffort"]}}"""));
    }

    [Fact]
    public void Scopes_stay_in_whatever_order()
    {
        ResourceQuota old = KindWrites.Created<ResourceQuota>("""{"metadata":{"name":"q","namespace":"n"},"spec":{"scopes":["Terminating","PriorityClass"]}}""");

        Assert.Empty(KindWrites.UpdateErrors(old, """{"metadata":{"name":"q","namespace":"n"},"spec":{"scopes":["PriorityClass","Terminating"]}}"""));
        Assert.Equal(
            ["spec.scopes: Invalid value: [\"Terminating\"]: field is immutable"],
            KindWrites.UpdateErrors(old, """{"metadata":{"name":"q","namespace":"n"},"spec":{"scopes":["Terminating"]}}"""));
    }

    [Fact]
    public void Tables_show_requests_and_limits_apart()
    {
        ResourceQuota quota = KindWrites.Read<ResourceQuota>(
            """{"metadata":{"name":"q"},"status":{"hard":{"limits.cpu":"2","pods":"4","requests.cpu":"1"},"used":{"pods":"3"}}}""");

        Assert.Equal(["q", "pods: 3/4, requests.cpu: 0/1", "limits.cpu: 0/2", "<unknown>"], KindWrites.Row(quota));
    }
}
