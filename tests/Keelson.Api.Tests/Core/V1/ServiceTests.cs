using System.Text;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Tests.Kinds;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;
using Keelson.Machinery.Wire;
using Xunit;

namespace Keelson.Api.Tests.Core.V1;

public sealed class ServiceTests
{
    private const string Web = """{"metadata":{"name":"web","namespace":"n"},"spec":{"ports":[{"port":80}]}}""";

    [Fact]
    public void A_minimal_service_is_filled_in()
    {
        Assert.Equal(
            """{"kind":"Service","apiVersion":"v1","metadata":{"name":"web","namespace":"n"},"spec":{"ports":[{"protocol":"TCP","port":80,"targetPort":80}],"type":"ClusterIP","sessionAffinity":"None","internalTrafficPolicy":"Cluster"},"status":{"loadBalancer":{}}}""",
            KindWrites.Json(KindWrites.Created<Service>(Web)));
    }

    [Fact]
    public void A_load_balancer_gets_node_ports_and_an_external_policy()
    {
        Service service = KindWrites.Read<Service>("""{"spec":{"type":"LoadBalancer","ports":[{"port":1}],"sessionAffinity":"ClientIP"}}""");

        Assert.True(service.Spec.AllocateLoadBalancerNodePorts);
        Assert.Equal("Cluster", service.Spec.ExternalTrafficPolicy);
        Assert.Equal(10800, service.Spec.SessionAffinityConfig?.ClientIP?.TimeoutSeconds);
    }

    [Fact]
    public void Fields_of_another_type_are_refused()
    {
        Assert.Equal(
        [
            "spec.clusterIPs: Forbidden: may not be set for ExternalName services",
            "spec.externalName: Required value",
            "spec.loadBalancerClass: Forbidden: may only be used when `type` is 'LoadBalancer'",
        ],
        KindWrites.CreateErrors<Service>(
            """{"metadata":{"name":"x"},"spec":{"type":"ExternalName","clusterIP":"10.0.0.1","loadBalancerClass":"a.b/c"}}"""));
    }

    [Fact]
    public void Ports_are_unique_by_name_by_number_and_on_nodes()
    {
        Assert.Equal(
        [
            "spec.ports[1].name: Duplicate value: \"a\"",
            "spec.ports[1].nodePort: Duplicate value: 30001",
            "spec.ports[1]: Duplicate value: {\"Name\":\"\",\"Protocol\":\"TCP\",\"AppProtocol\":null,\"Port\":80,\"TargetPort\":0,\"NodePort\":0}",
        ],
        KindWrites.CreateErrors<Service>(
            """{"spec":{"type":"NodePort","ports":[{"name":"a","port":80,"nodePort":30001},{"name":"a","port":80,"nodePort":30001}]}}"""));
    }

    [Fact]
    public void Addresses_and_families_agree()
    {
        Assert.Equal(
        [
            "spec.clusterIPs: Invalid value: [\"10.0.0.2\",\"10.0.0.3\"]: first value must match `clusterIP`",
            "spec.ipFamilies[1]: Unsupported value: \"IPX\": supported values: \"IPv4\", \"IPv6\"",
            "spec.clusterIPs: Invalid value: [\"10.0.0.2\",\"10.0.0.3\"]: may specify no more than one IP for each IP family",
            "spec.clusterIPs[0]: Invalid value: \"10.0.0.2\": expected an IPv6 value as indicated by `ipFamilies[0]`",
        ],
        KindWrites.CreateErrors<Service>(
            """{"spec":{"ports":[{"port":80}],"clusterIP":"10.0.0.1","clusterIPs":["10.0.0.2","10.0.0.3"],"ipFamilies":["IPv6","IPX"]}}"""));
    }

    [Fact]
    public void What_was_allocated_survives_an_apply_of_the_same_manifest()
    {
        Service old = Allocated("NodePort", 30080);
        Service updated = KindWrites.Updated(old, """{"metadata":{"name":"web","namespace":"n"},"spec":{"type":"NodePort","ports":[{"port":80}]}}""");

        Assert.Equal("10.96.0.9", updated.Spec.ClusterIP);
        Assert.Equal(["10.96.0.9"], updated.Spec.ClusterIPs);
        Assert.Equal(30080, updated.Spec.Ports[0].NodePort);
    }

    [Fact]
    public void Leaving_the_cluster_drops_addresses_and_ports_that_the_client_did_not_touch()
    {
        Service old = Allocated("NodePort", 30080);
        string changed = KindWrites.Json(
            old with { Spec = old.Spec with { Type = "ExternalName", ExternalName = "x.y" } });

        Assert.Equal(
            """{"ports":[{"protocol":"TCP","port":80,"targetPort":80}],"type":"ExternalName","sessionAffinity":"None","externalName":"x.y"}""",
            SpecJson(KindWrites.Updated(old, changed)));
        Assert.Empty(KindWrites.UpdateErrors(old, changed));
    }

    [Fact]
    public void An_address_once_given_stays()
    {
        Service old = Allocated("ClusterIP", 0);
        string changed = KindWrites.Json(old with { Spec = old.Spec with { ClusterIP = "10.96.0.10" } });

        Assert.Equal(
            ["spec.clusterIPs[0]: Invalid value: [\"10.96.0.10\"]: may not change once set"],
            KindWrites.UpdateErrors(old, changed));
    }

    [Theory]
    [InlineData("""{"ports":[{"port":80}]}""", "IPv4", "SingleStack", "IPv4")]
    [InlineData("""{"ports":[{"port":80}],"ipFamilyPolicy":"PreferDualStack"}""", "IPv4", "PreferDualStack", "IPv4")]
    [InlineData("""{"ports":[{"port":80}],"ipFamilyPolicy":"PreferDualStack"}""", "IPv6,IPv4", "PreferDualStack", "IPv6,IPv4")]
    [InlineData("""{"clusterIP":"None"}""", "IPv4", "RequireDualStack", "IPv4,IPv6")]
    [InlineData("""{"ports":[{"port":80}],"clusterIP":"fd00::1"}""", "IPv4,IPv6", "SingleStack", "IPv6")]
    public void Families_follow_from_the_policy_the_addresses_and_the_cluster(
        string spec, string configured, string policy, string families)
    {
        FieldErrors errors = new();
        ServiceSpec decided = ServiceFamilies.Decide(
            KindWrites.Created<Service>($$"""{"spec":{{spec}}}""").Spec, null, configured.Split(','), errors);

        Assert.Empty(errors.All);
        Assert.Equal(policy, decided.IpFamilyPolicy);
        Assert.Equal(families.Split(','), decided.IpFamilies);
    }

    [Fact]
    public void Two_families_can_not_be_forced_on_a_cluster_that_has_one()
    {
        FieldErrors errors = new();
        ServiceSpec spec = KindWrites.Created<Service>("""{"spec":{"ports":[{"port":80}],"ipFamilyPolicy":"RequireDualStack"}}""").Spec;
        ServiceFamilies.Decide(spec, null, ["IPv4"], errors);

        Assert.Equal(
            "spec.ipFamilyPolicy: Invalid value: \"RequireDualStack\": this cluster is not configured for dual-stack services",
            Assert.Single(errors.All).ToString());
    }

    [Fact]
    public void Only_load_balancers_report_addresses()
    {
        Service old = Allocated("ClusterIP", 0);
        Service changed = old with
        {
            Status = old.Status with { LoadBalancer = LoadBalancerStatus.Empty with { Ingress = [LoadBalancerIngress.Empty with { Ip = "1.2.3.4" }] } },
        };

        Assert.Equal(
            ["status.loadBalancer.ingress: Forbidden: may only be used when `spec.type` is 'LoadBalancer'"],
            KindWrites.SubresourceErrors("status", old, changed));
    }

    [Fact]
    public void Tables_show_addresses_and_ports()
    {
        Service service = Allocated("LoadBalancer", 30080);

        Assert.Equal(
            ["web", "LoadBalancer", "10.96.0.9", "<pending>", "80:30080/TCP", "<unknown>", "<none>"],
            KindWrites.Row(service));
    }

    private static string SpecJson(Service service)
    {
        string json = KindWrites.Json(service);
        int from = json.IndexOf("\"spec\":", StringComparison.Ordinal) + 7;
        return json[from..json.IndexOf(",\"status\"", StringComparison.Ordinal)];
    }

    private static Service Allocated(string type, int nodePort)
    {
        Service service = KindWrites.Created<Service>(
            $$$"""{"metadata":{"name":"web","namespace":"n"},"spec":{"type":"{{{type}}}","ports":[{"port":80}]}}""");
        ServiceSpec spec = service.Spec with
        {
            ClusterIP = "10.96.0.9",
            ClusterIPs = ["10.96.0.9"],
            IpFamilies = ["IPv4"],
            IpFamilyPolicy = "SingleStack",
            Ports = service.Spec.Ports.Map(port => port with { NodePort = nodePort }),
        };
        return service with { Spec = spec };
    }

    [Theory]
    [InlineData("""{"spec":{"type":5}}""", "number into Go struct field ServiceSpec.spec.type of type v1.ServiceType", "cannot convert int64 to v1.ServiceType")]
    [InlineData("""{"metadata":{"uid":true}}""", "bool into Go struct field ObjectMeta.metadata.uid of type types.UID", "unrecognized type: string")]
    [InlineData("""{"spec":{"ports":"x"}}""", "string into Go struct field ServiceSpec.spec.ports of type []v1.ServicePort", "cannot restore slice from string")]
    [InlineData("""{"spec":[]}""", "array into Go struct field Service.spec of type v1.ServiceSpec", "cannot restore struct from: slice")]
    [InlineData("""{"metadata":{"creationTimestamp":1}}""", "number into Go value of type string", null)]
    public void A_value_of_the_wrong_type_is_told_with_the_name_of_the_type(string json, string problem, string? inTree)
    {
        DecodeException refused = Assert.Throws<DecodeException>(
            () => ApiKinds.CoreV1Service.DecodeJson(Encoding.UTF8.GetBytes(json)));
        Assert.Equal("json: cannot unmarshal " + problem, refused.Message);
        Assert.Equal(inTree ?? refused.Message, refused.TreeMessage);
    }
}
