using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client.Quotas;
using Keelson.Machinery.Values;
using Keelson.Server.Storage;
using Quota = Keelson.Api.Core.V1.ResourceQuota;

namespace Keelson.Server.Admission.ResourceQuota;

/// <summary>Refuses what exceeds a quota of the namespace, and charges the quotas with what passes.</summary>
internal sealed class ResourceQuotaPlugin(QuotaCharges charges) : IAdmissionPlugin
{
    public string Name => "ResourceQuota";

    public bool Handles(AdmissionOperation operation) =>
        operation is AdmissionOperation.Create or AdmissionOperation.Update;

    public ValueTask<Status?> ValidateAsync(AdmissionContext context, CancellationToken cancellationToken)
    {
        string @namespace = context.Request.Namespace;
        return @namespace.Length == 0 || context.Object is not { } obj || charges.Cache.Snapshot.Count == 0
            ? default
            : ChargeAsync(context, @namespace, obj, cancellationToken);
    }

    private async ValueTask<Status?> ChargeAsync(
        AdmissionContext context, string @namespace, IObject obj, CancellationToken cancellationToken)
    {
        (string from, string to) = charges.Cache.RangeOf(@namespace);
        StoredObject[] found = [.. charges.Cache.Snapshot.Range(from, to)];
        if (found.Length == 0
            || QuotaEvaluator.Of(context.Kind) is not { } evaluator
            || !evaluator.Handles(context.Operation == AdmissionOperation.Create, context.Request.Subresource))
        {
            return null;
        }

        QuotaAmounts delta = evaluator.Usage(obj);
        string[] negative = [.. delta.Where(one => one.Value.Sign < 0).Select(one => one.Key)];
        if (negative.Length > 0)
        {
            return context.Forbidden($"quota usage is negative for resource(s): {string.Join(',', negative)}");
        }

        if (context.OldObject is { } old)
        {
            delta.AddAll(evaluator.Usage(old), -1);
        }

        List<(StoredObject Stored, Quota Charged)> wanted = [];
        foreach (StoredObject one in found)
        {
            (Quota? charged, string? refusal) = Charge(evaluator, obj, delta, (Quota)one.Record);
            if (refusal is not null)
            {
                return context.Forbidden(refusal);
            }

            if (charged is not null)
            {
                wanted.Add((one, charged));
            }
        }

        if (wanted.Count == 0 || context.Request.DryRun)
        {
            return null;
        }

        foreach ((StoredObject stored, Quota charged) in wanted)
        {
            if (await TakeAsync(context, evaluator, delta, stored, charged, cancellationToken) is { } refused)
            {
                return refused;
            }
        }

        return null;
    }

    /// <summary>Stores a charge; when somebody else charged in between, checks again against what they left.</summary>
    private async ValueTask<Status?> TakeAsync(
        AdmissionContext context,
        QuotaEvaluator evaluator,
        QuotaAmounts delta,
        StoredObject stored,
        Quota? charged,
        CancellationToken cancellationToken)
    {
        while (charged is not null)
        {
            WriteOutcome outcome = await charges.PutAsync(stored, charged, cancellationToken);
            if (outcome.Written is not null || outcome.Error is not null || outcome.Current is null)
            {
                return outcome.Error;
            }

            stored = outcome.Current;
            (charged, string? refusal) = Charge(evaluator, context.Object!, delta, (Quota)stored.Record);
            if (refusal is not null)
            {
                return context.Forbidden(refusal);
            }
        }

        return null;
    }

    /// <summary>The quota with an object charged to it, null when not concerned; or why it may not be.</summary>
    private static (Quota? Charged, string? Refusal) Charge(
        QuotaEvaluator evaluator, IObject obj, QuotaAmounts delta, Quota quota)
    {
        string name = quota.Metadata.Name;
        QuotaAmounts hard = QuotaAmounts.From(quota.Status.Hard);
        string[] names = [.. hard.Keys.Where(evaluator.Measures)];
        if (names.Length == 0 || !evaluator.InScopes(obj, quota.Spec))
        {
            return (null, null);
        }

        if (evaluator.Missing(obj, names) is { } missing)
        {
            return (null, $"failed quota: {name}: {missing}");
        }

        QuotaAmounts used = QuotaAmounts.From(quota.Status.Used);
        if (names.Any(one => !used.ContainsKey(one)))
        {
            return (null, $"status unknown for quota: {name}, resources: {string.Join(',', names)}");
        }

        string[] changed = [.. names.Where(one => delta.TryGetValue(one, out Quantity amount) && !amount.IsZero)];
        string[] exceeded = [.. changed.Where(one => used[one] + delta[one] > hard[one])];
        if (exceeded.Length > 0)
        {
            string state = $"used: {used.Print(exceeded)}, limited: {hard.Print(exceeded)}";
            return (null, $"exceeded quota: {name}, requested: {delta.Print(exceeded)}, {state}");
        }

        if (changed.Length == 0)
        {
            return (null, null);
        }

        foreach (string one in changed)
        {
            used.Add(one, delta[one]);
        }

        return (quota with { Status = quota.Status with { Used = used.ToMap() } }, null);
    }
}
