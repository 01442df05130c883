using Keelson.Server.Upkeep;

namespace Keelson.Server.Tests.Upkeep;

public sealed class IdentityLeaseTests
{
    [Fact]
    public void A_server_is_named_after_its_host() =>
        Assert.Equal("apiserver-gwlrxzxjxmbevckvql7a4qxaja", IdentityLease.NameOf("node-1"));
}
