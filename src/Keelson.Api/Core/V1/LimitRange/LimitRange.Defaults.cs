using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

public sealed partial record LimitRange
{
    /// <summary>Limits on containers fill each other in: the maximum is the default limit, that the default request.</summary>
    public static LimitRange SetDefaults(LimitRange obj)
    {
        ApiList<LimitRangeItem> limits = obj.Spec.Limits.Map(SetDefaults);
        return obj with { Spec = obj.Spec with { Limits = limits } };
    }

    private static LimitRangeItem SetDefaults(LimitRangeItem item)
    {
        if (item.Type == LimitType.Container)
        {
            ApiMap<Quantity> limit = FillIn(item.Default.IsAbsent ? ApiMap<Quantity>.Empty : item.Default, item.Max);
            ApiMap<Quantity> request = item.DefaultRequest.IsAbsent ? ApiMap<Quantity>.Empty : item.DefaultRequest;
            item = item with { Default = limit, DefaultRequest = FillIn(FillIn(request, limit), item.Min) };
        }

        return item with
        {
            Max = ResourceRules.SetDefaults(item.Max),
            Min = ResourceRules.SetDefaults(item.Min),
            Default = ResourceRules.SetDefaults(item.Default),
            DefaultRequest = ResourceRules.SetDefaults(item.DefaultRequest),
            MaxLimitRequestRatio = ResourceRules.SetDefaults(item.MaxLimitRequestRatio),
        };
    }

    private static ApiMap<Quantity> FillIn(ApiMap<Quantity> target, ApiMap<Quantity> source)
    {
        foreach (KeyValuePair<string, Quantity> entry in source)
        {
            target = target.ContainsKey(entry.Key) ? target : target.With(entry.Key, entry.Value);
        }

        return target;
    }
}
