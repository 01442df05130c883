using Keelson.Api.Resource.V1;
using Keelson.Api.Tests.Kinds;

namespace Keelson.Api.Tests.Resource.V1;

public sealed class DeviceKindsTests
{
    private const string Claim = """
        {"metadata":{"name":"a","namespace":"n"},"spec":{"devices":{"requests":[
          {"name":"gpu","exactly":{"deviceClassName":"big"}},
          {"name":"any","firstAvailable":[{"name":"one","deviceClassName":"big"},{"name":"two","deviceClassName":"small"}]}]}}}
        """;

    private const string Slice = """
        {"metadata":{"name":"a"},"spec":{"driver":"d.example.com","nodeName":"node",
          "pool":{"name":"p","generation":1,"resourceSliceCount":1},"devices":[{"name":"gpu-0"}]}}
        """;

    [Fact]
    public void A_request_for_so_many_asks_for_one_when_it_does_not_say()
    {
        ResourceClaim claim = KindProbe.Read<ResourceClaim>(Claim);
        Assert.Equal("ExactCount", claim.Spec.Devices.Requests[0].Exactly!.AllocationMode.ToString());
        Assert.Equal(1, claim.Spec.Devices.Requests[0].Exactly!.Count);
        Assert.Equal(1, claim.Spec.Devices.Requests[1].FirstAvailable[1].Count);
        Assert.Empty(KindProbe.CreateErrors<ResourceClaim>(Claim));
    }

    [Fact]
    public void What_a_claim_asks_for_cannot_change() => Assert.StartsWith(
        "spec: Invalid value: {\"Devices\":",
        Assert.Single(KindProbe.UpdateErrors<ResourceClaim>(
            Claim, Claim.Replace("\"small\"", "\"tiny\"", StringComparison.Ordinal))),
        StringComparison.Ordinal);

    [Fact]
    public void Selectors_need_an_expression() => Assert.Equal(
        ["spec.selectors[0].cel: Required value"],
        KindProbe.CreateErrors<DeviceClass>("""{"metadata":{"name":"a"},"spec":{"selectors":[{}]}}"""));

    [Theory]
    [InlineData(
        "device.driver =",
        "compilation failed: "
            + "ERROR: <input>:1:15: Syntax error: token recognition error at: '='\n"
            + " | device.driver =\n | ..............^")]
    [InlineData(
        "pod.x == 1",
        "compilation failed: "
            + "ERROR: <input>:1:1: undeclared reference to 'pod' (in container '')\n | pod.x == 1\n | ^")]
    [InlineData("1 + 1", "must evaluate to bool or the unknown type, not int")]
    [InlineData("device.driver", "must evaluate to bool or the unknown type, not string")]
    public void Selectors_have_to_be_questions_about_a_device(string expression, string error) => Assert.Equal(
        [$"spec.selectors[0].cel.expression: Invalid value: \"{expression}\": {error}"],
        KindProbe.CreateErrors<DeviceClass>(
            $$$"""{"metadata":{"name":"a"},"spec":{"selectors":[{"cel":{"expression":"{{{expression}}}"}}]}}"""));

    [Theory]
    [InlineData("device.attributes['a.b'].model == 'x'")]
    [InlineData("device.attributes['a.b'].shared")]
    [InlineData("device.allowMultipleAllocations")]
    [InlineData("device.capacity['a.b'].memory.compareTo(quantity('1Gi')) >= 0")]
    [InlineData("cel.bind(one, device.attributes['a.b'], one.x == 1 && !semver(one.v).isLessThan(semver('1.0.0')))")]
    public void Selectors_may_ask_for_attributes_and_capacity(string expression) => Assert.Empty(
        KindProbe.CreateErrors<DeviceClass>(
            $$$"""{"metadata":{"name":"a"},"spec":{"selectors":[{"cel":{"expression":"{{{expression}}}"}}]}}"""));

    [Fact]
    public void A_slice_stays_with_its_driver_and_node()
    {
        Assert.Empty(KindProbe.CreateErrors<ResourceSlice>(Slice));
        Assert.Equal(
            [
                "spec.driver: Invalid value: \"x\": field is immutable",
                "spec.nodeName: Invalid value: \"other\": field is immutable",
            ],
            KindProbe.UpdateErrors<ResourceSlice>(
                Slice,
                Slice.Replace("\"d.example.com\"", "\"x\"", StringComparison.Ordinal)
                    .Replace("\"node\"", "\"other\"", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_claim_shows_whether_it_is_allocated() => Assert.Equal(
        "a | pending | 2m",
        KindProbe.Row(KindProbe.Read<ResourceClaim>(
            """{"metadata":{"name":"a","creationTimestamp":"2026-01-02T03:04:05Z"}}""")));
}
