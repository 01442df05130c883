using Keelson.Api.Networking.V1;
using Keelson.Api.Tests.Kinds;

namespace Keelson.Api.Tests.Networking.V1;

public sealed class AddressKindsTests
{
    [Theory]
    [InlineData("2001:db8::1", null)]
    [InlineData("192.0.2.1", null)]
    [InlineData("192.0.2.01", "must not have leading 0s")]
    [InlineData("2001:DB8::1", "must be in canonical form (\"2001:db8::1\")")]
    [InlineData("nonsense", "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)")]
    public void An_address_is_named_by_its_canonical_form(string name, string? problem) =>
        Assert.Equal(problem, IPAddress.NameErrors(name, false).SingleOrDefault());

    [Fact]
    public void An_address_keeps_its_parent() => Assert.Equal(
        ["spec.parentRef: Invalid value: {\"Group\":\"\",\"Resource\":\"services\",\"Namespace\":\"\",\"Name\":\"b\"}: field is immutable"],
        KindProbe.UpdateErrors<IPAddress>(
            """{"spec":{"parentRef":{"resource":"services","name":"a"}}}""",
            """{"spec":{"parentRef":{"resource":"services","name":"b"}}}"""));

    [Fact]
    public void Service_networks_may_only_gain_a_second_family()
    {
        const string ipv4 = """{"spec":{"cidrs":["10.96.0.0/16"]}}""";
        Assert.Empty(KindProbe.UpdateErrors<ServiceCIDR>(ipv4, """{"spec":{"cidrs":["10.96.0.0/16","2001:db8::/64"]}}"""));
        Assert.Equal(
            ["spec.cidrs[0]: Invalid value: \"10.97.0.0/16\": field is immutable"],
            KindProbe.UpdateErrors<ServiceCIDR>(ipv4, """{"spec":{"cidrs":["10.97.0.0/16"]}}"""));
        Assert.Equal(
            ["spec.cidrs: Invalid value: [\"10.96.0.0/16\",\"10.97.0.0/16\"]: may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64"],
            KindProbe.UpdateErrors<ServiceCIDR>(ipv4, """{"spec":{"cidrs":["10.96.0.0/16","10.97.0.0/16"]}}"""));
    }

    [Fact]
    public void Parameters_of_a_class_are_cluster_wide_unless_said_otherwise()
    {
        IngressClass made = KindProbe.Read<IngressClass>(
            """{"metadata":{"name":"c"},"spec":{"controller":"a.io/b","parameters":{"apiGroup":"a.io","kind":"P","name":"x"}}}""");
        Assert.Equal("Cluster", made.Spec.Parameters!.Scope);
        Assert.Equal("c | a.io/b | P.a.io/x | <unknown>", KindProbe.Row(made));
        Assert.Equal(
            ["spec.controller: Invalid value: \"b\": must be a domain-prefixed path (such as \"acme.io/foo\")"],
            KindProbe.CreateErrors<IngressClass>("""{"spec":{"controller":"b"}}"""));
    }
}
