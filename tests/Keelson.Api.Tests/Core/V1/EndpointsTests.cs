using Keelson.Api.Core.V1;
using Keelson.Api.Tests.Kinds;
using Xunit;

namespace Keelson.Api.Tests.Core.V1;

public sealed class EndpointsTests
{
    [Fact]
    public void Special_addresses_are_no_endpoints()
    {
        Assert.Equal(
        [
            "subsets[0].addresses[0].ip: Invalid value: \"127.0.0.1\": may not be in the loopback range (127.0.0.0/8, ::1/128)",
            "subsets[0].addresses[1].ip: Invalid value: \"fe80::1\": may not be in the link-local range (169.254.0.0/16, fe80::/10)",
            "subsets[0].addresses[2].ip: Invalid value: \"ff02::1\": may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)",
            "subsets[0].addresses[3].ip: Invalid value: \"::\": may not be unspecified (::)",
            "subsets[1]: Required value: must specify `addresses` or `notReadyAddresses`",
        ],
        KindWrites.CreateErrors<Endpoints>(
            """{"subsets":[{"addresses":[{"ip":"127.0.0.1"},{"ip":"fe80::1"},{"ip":"ff02::1"},{"ip":"::"}]},{}]}"""));
    }

    [Fact]
    public void Tables_show_three_endpoints_and_count_the_rest()
    {
        Endpoints endpoints = KindWrites.Read<Endpoints>(
            """{"metadata":{"name":"e"},"subsets":[{"addresses":[{"ip":"10.0.0.1"},{"ip":"fd00::1"}],"ports":[{"name":"a","port":1},{"name":"b","port":2}]}]}""");

        Assert.Equal("10.0.0.1:1,[fd00::1]:1,10.0.0.1:2 + 1 more...", KindWrites.Row(endpoints)[1]);
        Assert.Equal("<none>", KindWrites.Row(Endpoints.Empty)[1]);
    }

    [Theory]
    [InlineData("{}", 2)]
    [InlineData("""{"endpoints.kubernetes.io/managed-by":"me"}""", 2)]
    [InlineData("""{"endpoints.kubernetes.io/managed-by":"endpoint-controller"}""", 0)]
    public void Addresses_in_odd_forms_are_warned_of_unless_the_cluster_wrote_them(string labels, int count)
    {
        string[] warnings =
        [
            .. Endpoints.Warnings(KindWrites.Created<Endpoints>($$"""
                {"metadata":{"name":"e","labels":{{labels}}},"subsets":[{
                  "addresses":[{"ip":"10.0.0.1"},{"ip":"FD00::1"}],"notReadyAddresses":[{"ip":"::ffff:10.0.0.1"}]}]}
                """), null),
        ];

        Assert.Equal(count, warnings.Length);
        Assert.All(warnings, one => Assert.StartsWith("subsets[0].", one, StringComparison.Ordinal));
    }
}
