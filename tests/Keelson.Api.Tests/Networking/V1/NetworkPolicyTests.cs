using Keelson.Api.Networking.V1;
using Keelson.Api.Tests.Kinds;

namespace Keelson.Api.Tests.Networking.V1;

public sealed class NetworkPolicyTests
{
    [Fact]
    public void Policy_types_follow_from_the_rules()
    {
        Assert.Equal(["Ingress"], KindProbe.Read<NetworkPolicy>("""{"spec":{"ingress":[{}]}}""").Spec.PolicyTypes);
        NetworkPolicy both = KindProbe.Read<NetworkPolicy>("""{"spec":{"egress":[{"ports":[{"port":53}]}]}}""");
        Assert.Equal(["Ingress", "Egress"], both.Spec.PolicyTypes);
        Assert.Equal("TCP", both.Spec.Egress[0].Ports[0].Protocol);
    }

    [Fact]
    public void Exceptions_lie_within_their_block() => Assert.Equal(
        [
            "spec.ingress[0].from[0].ipBlock.except[0]: Invalid value: \"10.1.0.0/16\": must be a strict subset of `cidr`",
            "spec.ingress[0].from[0].ipBlock.except[1]: Invalid value: \"10.0.0.0/8\": must be a strict subset of `cidr`",
            "spec.ingress[0].from[1]: Forbidden: may not specify both ipBlock and another peer",
            "spec.ingress[0].from[2]: Required value: must specify a peer",
        ],
        KindProbe.CreateErrors<NetworkPolicy>("""
            {"spec":{"ingress":[{"from":[
              {"ipBlock":{"cidr":"10.0.0.0/16","except":["10.1.0.0/16","10.0.0.0/8","10.0.3.0/24"]}},
              {"ipBlock":{"cidr":"10.0.0.0/16"},"podSelector":{}},
              {}]}]}}
            """));

    [Fact]
    public void A_network_in_an_odd_form_may_stay_but_not_come()
    {
        const string odd = """{"spec":{"ingress":[{"from":[{"ipBlock":{"cidr":"10.0.0.1/16"}}]}]}}""";
        Assert.Equal(
            ["spec.ingress[0].from[0].ipBlock.cidr: Invalid value: \"10.0.0.1/16\": must not have bits set beyond the prefix length"],
            KindProbe.CreateErrors<NetworkPolicy>(odd));
        Assert.Empty(KindProbe.UpdateErrors<NetworkPolicy>(odd, odd));
        Assert.Equal(
            ["spec.ingress[0].from[0].ipBlock.cidr: CIDR value \"10.0.0.1/16\" is ambiguous in this context (should be \"10.0.0.0/16\" or \"10.0.0.1/32\"?)"],
            NetworkPolicy.Warnings(KindProbe.Read<NetworkPolicy>(odd), null));
    }

    [Fact]
    public void End_ports_need_a_smaller_number_before_them() => Assert.Equal(
        [
            "spec.egress[0].ports[0].endPort: Invalid value: 79: must be greater than or equal to `port`",
            "spec.egress[0].ports[1].endPort: Invalid value: 90: may not be specified when `port` is non-numeric",
            "spec.egress[0].ports[2].endPort: Invalid value: 90: may not be specified when `port` is not specified",
        ],
        KindProbe.CreateErrors<NetworkPolicy>("""
            {"spec":{"egress":[{"ports":[{"port":80,"endPort":79},{"port":"web","endPort":90},{"endPort":90}]}]}}
            """));
}
