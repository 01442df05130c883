using Keelson.Api.Core.V1;
using Keelson.Client;
using Keelson.Client.Quotas;
using Keelson.Controllers.Quotas;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.Tests.Quotas;

public sealed class QuotaPlanTests
{
    [Fact]
    public void Amounts_add_up_and_what_is_not_there_is_zero()
    {
        ResourceQuota quota = Quota("pods", "requests.cpu", "configmaps", "count/secrets");
        ResourceQuotaStatus status = QuotaPlan.Compute(
            quota,
            [
                new(KindOf<Pod>.Kind, QuotaEvaluator.Of(Pod.Info)!, 0, [PodOf("500m"), PodOf("1")]),
                new(KindOf<ConfigMap>.Kind, QuotaEvaluator.Of(ConfigMap.Info)!, 7, null),
                new(KindOf<Secret>.Kind, QuotaEvaluator.Of(Secret.Info)!, 0, null),
            ]);
        Assert.Equal(quota.Spec.Hard, status.Hard);
        Assert.Equal(
            ["configmaps=7", "count/secrets=0", "pods=2", "requests.cpu=1500m"],
            status.Used.Select(static one => $"{one.Key}={one.Value}"));
    }

    [Fact]
    public void Pods_outside_the_scopes_do_not_count()
    {
        ResourceQuota quota = Quota("pods") with { Spec = Quota("pods").Spec with { Scopes = ["BestEffort"] } };
        ResourceQuotaStatus status = QuotaPlan.Compute(
            quota, [new(KindOf<Pod>.Kind, QuotaEvaluator.Of(Pod.Info)!, 0, [PodOf("1"), new Pod()])]);
        Assert.Equal("1", status.Used["pods"].ToString());
    }

    private static ResourceQuota Quota(params string[] names) => new()
    {
        Spec = new ResourceQuotaSpec
        {
            Hard = ApiMap<Quantity>.From(names.Select(static name => KeyValuePair.Create(name, Quantity.Parse("10")))),
        },
    };

    private static Pod PodOf(string cpu) => new()
    {
        Spec = new PodSpec
        {
            Containers =
            [
                new Container { Name = "c", Resources = new ResourceRequirements { Requests = ApiMap<Quantity>.Empty.With("cpu", Quantity.Parse(cpu)) } },
            ],
        },
    };
}
