using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Client.Quotas;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.Quotas;

/// <summary>What there is of one kind in a namespace.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Evaluator">How it counts.</param>
/// <param name="Count">How many objects.</param>
/// <param name="Objects">The objects, for kinds of which more than the number counts; null for others.</param>
internal sealed record QuotaContents(ApiKind Kind, QuotaEvaluator Evaluator, int Count, IEnumerable<IObject>? Objects);

/// <summary>What a quota's status says.</summary>
internal static class QuotaPlan
{
    /// <summary>The status by what is there now.</summary>
    /// <param name="quota">The quota.</param>
    /// <param name="contents">What the namespace holds of the kinds that the quota measures.</param>
    public static ResourceQuotaStatus Compute(ResourceQuota quota, IEnumerable<QuotaContents> contents)
    {
        QuotaAmounts used = [];
        foreach (QuotaContents one in contents)
        {
            string[] names = [.. quota.Spec.Hard.Keys.Where(one.Evaluator.Measures)];
            foreach (string name in names)
            {
                used[name] = Quantity.FromValue(0);
            }

            if (one.Objects is null)
            {
                // Kinds of which only the number counts fall into no scope.
                long count = quota.Spec.Scopes.Count > 0 || quota.Spec.ScopeSelector is not null ? 0 : one.Count;
                foreach (string name in names)
                {
                    used[name] = Quantity.FromValue(count);
                }

                continue;
            }

            foreach (IObject obj in one.Objects)
            {
                Charge(used, names, one.Evaluator, obj, quota.Spec);
            }
        }

        return quota.Status with { Hard = quota.Spec.Hard, Used = used.ToMap() };
    }

    /// <summary>True when a status says of anything that less of it is used.</summary>
    public static bool IsLess(ResourceQuotaStatus status, ResourceQuotaStatus than) =>
        status.Used.Any(one => than.Used.TryGetValue(one.Key, out Quantity before) && one.Value < before);

    private static void Charge(
        QuotaAmounts used, string[] names, QuotaEvaluator evaluator, IObject obj, ResourceQuotaSpec spec)
    {
        if (!evaluator.InScopes(obj, spec))
        {
            return;
        }

        QuotaAmounts usage = evaluator.Usage(obj);
        foreach (string name in names)
        {
            if (usage.TryGetValue(name, out Quantity amount))
            {
                // The first amount gives the sum its format.
                used[name] = used[name].IsZero ? amount : used[name] + amount;
            }
        }
    }
}
