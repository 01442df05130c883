using Keelson.Client.Https;

namespace Keelson.Client.Tests.Https;

public sealed class RequestRatesTests
{
    private readonly RequestRates _rates = new(0.001, 1, TimeProvider.System);

    [Theory]
    [InlineData("/api/v1/namespaces/default/events")]
    [InlineData("/api/v1/namespaces/default/events/web.17")]
    [InlineData("/apis/events.k8s.io/v1/namespaces/default/events?fieldManager=kubelet")]
    public void Many_events_do_not_hold_up_other_requests(string url)
    {
        Assert.True(IsAtOnce(url));
        Assert.False(IsAtOnce(url));
        Assert.True(IsAtOnce("/api/v1/namespaces/default/pods/web/status"));
        Assert.False(IsAtOnce("/api/v1/namespaces/default/pods/web/status"));
    }

    [Theory]
    [InlineData("/api/v1/namespaces/events")]
    [InlineData("/api/v1/namespaces/events/pods")]
    [InlineData("/api/v1/namespaces/default/eventsources")]
    [InlineData("/api/v1/events")]
    public void What_is_only_called_like_events_is_none(string url)
    {
        Assert.True(IsAtOnce("/api/v1/nodes"));
        Assert.False(IsAtOnce(url));
    }

    [Fact]
    public void Leases_wait_for_nothing()
    {
        for (int i = 0; i < 10; i++)
        {
            Assert.True(IsAtOnce("/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/node-1"));
        }
    }

    private bool IsAtOnce(string url) => _rates.WaitAsync(url, TestContext.Current.CancellationToken).IsCompleted;
}
