using System.Diagnostics.Metrics;
using Keelson.Client.Devices;
using Keelson.Client.Informers;
using Claim = Keelson.Api.Resource.V1.ResourceClaim;

namespace Keelson.Controllers.ResourceClaims;

/// <summary>The <c>resourceclaim_controller_*</c> metrics, under the meter <c>Keelson.Controllers</c>.</summary>
internal sealed class ResourceClaimMetrics : IDisposable
{
    private static readonly Meter Meter = new("Keelson.Controllers");
    private static readonly Counter<long> Creates =
        Meter.CreateCounter<long>("resourceclaim_controller_creates_total");

    private readonly Meter _gauges = new("Keelson.Controllers");

    /// <summary>Shows how many claims there are.</summary>
    public ResourceClaimMetrics(IInformer<Claim> claims) => _gauges.CreateObservableGauge(
        "resourceclaim_controller_resource_claims",
        () => Tally(claims.List()).Select(static one => new Measurement<int>(
            one.Value,
            new("allocated", Text(one.Key.IsAllocated)),
            new("admin_access", Text(one.Key.IsAdmin)),
            new("source", one.Key.Source))));

    /// <summary>A claim was made for a pod, or was to be.</summary>
    public static void Created(Claim claim, bool succeeded) => Creates.Add(
        1, new("status", succeeded ? "success" : "failure"), new("admin_access", Text(IsAdmin(claim))));

    /// <summary>Numbers of claims by whether they have devices, what access they ask for, and who made them.</summary>
    public static Dictionary<(bool IsAllocated, bool IsAdmin, string Source), int> Tally(IEnumerable<Claim> claims) =>
        claims.CountBy(static one => (one.Status.Allocation is not null, IsAdmin(one), SourceOf(one)))
            .ToDictionary();

    /// <inheritdoc/>
    public void Dispose() => _gauges.Dispose();

    private static string Text(bool value) => value ? "true" : "false";

    private static bool IsAdmin(Claim claim) =>
        claim.Spec.Devices.Requests.Any(static one => one.Exactly is { AdminAccess: true });

    private static string SourceOf(Claim claim) =>
        DeviceClaims.IsForExtendedResources(claim) ? "extended_resource"
        : claim.Metadata.Annotations.ContainsKey(PodClaimPlan.EntryAnnotation) ? "resource_claim_template"
        : "";
}
