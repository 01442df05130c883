using Keelson.Api.Discovery.V1;
using Keelson.Api.Tests.Kinds;

namespace Keelson.Api.Tests.Discovery.V1;

public sealed class EndpointSliceTests
{
    [Fact]
    public void Addresses_are_of_the_slices_family_and_reachable() => Assert.Equal(
        [
            "endpoints[0].addresses[0]: Invalid value: \"2001:db8::1\": must be a valid IPv4 address",
            "endpoints[0].addresses[1]: Invalid value: \"169.254.0.1\": may not be in the link-local range (169.254.0.0/16, fe80::/10)",
            "endpoints[1].addresses: Required value: must contain at least 1 address",
        ],
        KindProbe.CreateErrors<EndpointSlice>("""
            {"addressType":"IPv4","endpoints":[{"addresses":["2001:db8::1","169.254.0.1","10.0.0.1"]},{}]}
            """));

    [Fact]
    public void New_labels_are_a_new_generation()
    {
        EndpointSlice old = KindProbe.Create<EndpointSlice>("""{"addressType":"IPv4"}""");
        EndpointSlice labelled = KindProbe.Read<EndpointSlice>("""{"metadata":{"labels":{"a":"b"}},"addressType":"IPv4"}""");
        Assert.Equal(2, EndpointSlice.PrepareForUpdate(labelled, old, KindProbe.Context).Metadata.Generation);
    }

    [Fact]
    public void No_endpoints_are_shown_as_null_however_they_were_sent() => Assert.True(
        KindProbe.Create<EndpointSlice>("""{"addressType":"IPv4","endpoints":[]}""").Endpoints.IsAbsent);

    [Fact]
    public void The_row_shows_three_addresses_and_counts_the_rest() => Assert.Equal(
        "s | IPv4 | 80,* | 10.0.0.1,10.0.0.2,10.0.0.3 + 1 more... | <unknown>",
        KindProbe.Row(KindProbe.Read<EndpointSlice>("""
            {"metadata":{"name":"s"},"addressType":"IPv4","ports":[{"port":80},{"name":null}],
             "endpoints":[{"addresses":["10.0.0.1","10.0.0.2"]},{"addresses":["10.0.0.3","10.0.0.4"]}]}
            """).Let(one => one with { Ports = [one.Ports[0], one.Ports[1] with { Name = null }] })));
}

internal static class LetExtension
{
    public static T Let<T>(this T value, Func<T, T> change) => change(value);
}
