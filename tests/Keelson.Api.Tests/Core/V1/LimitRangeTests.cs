using Keelson.Api.Core.V1;
using Keelson.Api.Tests.Kinds;
using Xunit;

namespace Keelson.Api.Tests.Core.V1;

public sealed class LimitRangeTests
{
    [Fact]
    public void Container_limits_fill_each_other_in()
    {
        LimitRangeItem item = KindWrites.Read<LimitRange>(
            """{"spec":{"limits":[{"type":"Container","max":{"cpu":"2","memory":"1Gi"},"min":{"cpu":"100m"},"default":{"cpu":"1"},"defaultRequest":{"memory":"1Mi"}}]}}""").Spec.Limits[0];

        Assert.Equal("cpu=1,memory=1Gi", string.Join(',', item.Default.Select(one => $"{one.Key}={one.Value}")));
        Assert.Equal("cpu=1,memory=1Mi", string.Join(',', item.DefaultRequest.Select(one => $"{one.Key}={one.Value}")));
    }

    [Fact]
    public void Amounts_have_to_be_in_order()
    {
        Assert.Equal(
        [
            "spec.limits[0].min[cpu]: Invalid value: \"3\": min value 3 is greater than max value 2",
            "spec.limits[0].maxLimitRequestRatio[cpu]: Invalid value: \"500m\": ratio 500m is less than 1",
            "spec.limits[1].type: Duplicate value: \"Pod\"",
            "spec.limits[1].default: Forbidden: may not be specified when `type` is 'Pod'",
            "spec.limits[2].limits: Required value: either minimum or maximum storage value is required, but neither was provided",
        ],
        KindWrites.CreateErrors<LimitRange>("""
            {"metadata":{"name":"l"},"spec":{"limits":[
              {"type":"Pod","min":{"cpu":"3"},"max":{"cpu":"2"},"maxLimitRequestRatio":{"cpu":"500m"}},
              {"type":"Pod","default":{"cpu":"1"}},
              {"type":"PersistentVolumeClaim"}]}}
            """));
    }

    [Fact]
    public void A_ratio_must_be_possible()
    {
        Assert.Equal(
            ["spec.limits[0].maxLimitRequestRatio[cpu]: Invalid value: \"10\": ratio 10 is greater than max/min = 2.000000"],
            KindWrites.CreateErrors<LimitRange>(
                """{"spec":{"limits":[{"type":"Pod","min":{"cpu":"1"},"max":{"cpu":"2"},"maxLimitRequestRatio":{"cpu":"10"}}]}}"""));
    }
}
