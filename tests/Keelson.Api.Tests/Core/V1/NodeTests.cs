using Keelson.Api.Tests.Kinds;
using Xunit;
using CoreNode = Keelson.Api.Core.V1.Node;

namespace Keelson.Api.Tests.Core.V1;

public sealed class NodeTests
{
    [Fact]
    public void The_two_ways_to_give_pod_networks_agree()
    {
        Assert.Equal(["10.1.0.0/24"], KindWrites.Read<CoreNode>("""{"spec":{"podCIDR":"10.1.0.0/24"}}""").Spec.PodCIDRs);
        Assert.Equal("10.1.0.0/24", KindWrites.Read<CoreNode>("""{"spec":{"podCIDRs":["10.1.0.0/24","fd00::/64"]}}""").Spec.PodCIDR);
        Assert.Equal(["10.2.0.0/24"], KindWrites.Read<CoreNode>("""{"spec":{"podCIDR":"10.2.0.0/24","podCIDRs":["10.1.0.0/24"]}}""").Spec.PodCIDRs);
    }

    [Fact]
    public void Taints_are_well_formed_and_unique()
    {
        Assert.Equal(
        [
            "metadata.taints[1]: Duplicate value: {\"Key\":\"k\",\"Value\":\"2\",\"Effect\":\"NoSchedule\",\"TimeAdded\":null}: taints must be unique by key and effect pair",
            "metadata.taints[2].effect: Unsupported value: \"Never\": supported values: \"NoSchedule\", \"PreferNoSchedule\", \"NoExecute\"",
        ],
        KindWrites.CreateErrors<CoreNode>(
            """{"spec":{"taints":[{"key":"k","value":"1","effect":"NoSchedule"},{"key":"k","value":"2","effect":"NoSchedule"},{"key":"l","effect":"Never"}]}}"""));
    }

    [Theory]
    [InlineData(
        "scheduler.alpha.kubernetes.io/preferAvoidPods",
        "junk",
        "metadata.annotations.AvoidPods: Invalid value: \"scheduler.alpha.kubernetes.io/preferAvoidPods\": "
            + "invalid character 'j' looking for beginning of value")]
    [InlineData(
        "scheduler.alpha.kubernetes.io/preferAvoidPods",
        "{'preferAvoidPods':[{'podSignature':{'podController':{'controller':true}}},{}]}",
        "metadata.annotations.scheduler.alpha.kubernetes.io/preferAvoidPods[1].PodSignature: Required value")]
    [InlineData(
        "scheduler.alpha.kubernetes.io/taints",
        "[{'key':'a'}]",
        "metadata.annotations.scheduler.alpha.kubernetes.io/taints[0].effect: Required value")]
    [InlineData(
        "scheduler.alpha.kubernetes.io/taints",
        "{}",
        "metadata.annotations: Invalid value: \"scheduler.alpha.kubernetes.io/taints\": "
            + "json: cannot unmarshal object into Go value of type []v1.Taint")]
    public void Annotations_of_early_releases_are_still_checked(string key, string value, string error)
    {
        string quoted = value.Replace("'", "\\\"");
        Assert.Equal(
            [error],
            KindWrites.CreateErrors<CoreNode>(
                "{\"metadata\":{\"annotations\":{\"" + key + "\":\"" + quoted + "\"}}}"));
    }

    [Fact]
    public void A_node_has_one_network_of_each_family()
    {
        Assert.Empty(KindWrites.CreateErrors<CoreNode>("""{"spec":{"podCIDRs":["10.1.0.0/24","fd00::/64"]}}"""));
        Assert.Equal(
            ["spec.podCIDRs: Invalid value: [\"10.1.0.0/24\",\"10.2.0.0/24\"]: may specify no more than one CIDR for each IP family"],
            KindWrites.CreateErrors<CoreNode>("""{"spec":{"podCIDRs":["10.1.0.0/24","10.2.0.0/24"]}}"""));
    }

    [Fact]
    public void Features_are_told_in_order_and_swap_space_is_some()
    {
        const string Form = "must start with an UpperCamelCase segment, with subsequent segments separated by '/' "
            + "(e.g., MyFeature or MyFeature/mySubFeature), and contain only alphanumeric characters and slashes";

        Assert.Empty(KindWrites.CreateErrors<CoreNode>("""{"status":{"declaredFeatures":["A","B/c","B/d"]}}"""));
        Assert.Equal(
            [
                "metadata.nodeSwapStatus.capacity: Invalid value: 0: must be greater than zero",
                "status.declaredFeatures[1]: Duplicate value: \"B\"",
                "status.declaredFeatures[2]: Invalid value: \"A/\": list must be sorted alphabetically",
                $"status.declaredFeatures[2]: Invalid value: \"A/\": invalid feature name \"A/\": {Form}",
            ],
            KindWrites.CreateErrors<CoreNode>(
                """{"status":{"declaredFeatures":["B","B","A/"],"nodeInfo":{"swap":{"capacity":0}}}}"""));
    }

    [Fact]
    public void Networks_and_provider_stay_once_set()
    {
        CoreNode old = KindWrites.Created<CoreNode>("""{"metadata":{"name":"a"},"spec":{"podCIDR":"10.1.0.0/24","providerID":"x://1"}}""");

        Assert.Equal(
        [
            "spec.podCIDRs: Forbidden: node updates may not change podCIDR except from \"\" to valid",
            "spec.providerID: Forbidden: node updates may not change providerID except from \"\" to valid",
            "spec.externalID: Forbidden: may not be updated",
        ],
        KindWrites.UpdateErrors(old, """{"metadata":{"name":"a"},"spec":{"externalID":"old"}}"""));
    }

    [Fact]
    public void Tables_show_readiness_roles_and_addresses()
    {
        CoreNode node = KindWrites.Read<CoreNode>("""
            {"metadata":{"name":"a","creationTimestamp":"2026-03-01T12:00:00Z","labels":{"node-role.kubernetes.io/worker":"","node-role.kubernetes.io/control-plane":"","kubernetes.io/role":"db"}},
             "spec":{"unschedulable":true},
             "status":{"conditions":[{"type":"Ready","status":"False"}],"addresses":[{"type":"Hostname","address":"a"},{"type":"InternalIP","address":"10.0.0.1"}],
             "nodeInfo":{"kubeletVersion":"v1.36.2","osImage":"Debian","kernelVersion":"6.1"}}}
            """);

        Assert.Equal(
            ["a", "NotReady,SchedulingDisabled", "control-plane,db,worker", "5m", "v1.36.2", "10.0.0.1", "<none>", "Debian", "6.1", "<unknown>"],
            KindWrites.Row(node));
    }
}
