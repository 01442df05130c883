using System.Net;
using Keelson.Api.Meta.V1;
using Keelson.Api.Networking.V1;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.ServiceCidrs;

/// <summary>What to do about a range of service addresses.</summary>
/// <param name="Finalizers">The finalizers it is to have.</param>
/// <param name="Ready">The Ready condition to set; null to leave it.</param>
/// <param name="CheckAfter">When to look again; null for not before something changes.</param>
internal sealed record ServiceCidrPlan(ApiList<string> Finalizers, Condition? Ready, TimeSpan? CheckAfter)
{
    /// <summary>The finalizer that keeps a range while addresses depend on it.</summary>
    public const string Finalizer = "networking.k8s.io/service-cidr-finalizer";

    /// <summary>How long a range stays after its deletion at least, so that every allocator knows (upstream's
    /// constant).</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    /// <summary>Decides.</summary>
    /// <param name="range">The range.</param>
    /// <param name="others">The other ranges.</param>
    /// <param name="addresses">The addresses that services have.</param>
    /// <param name="now">The present.</param>
    public static ServiceCidrPlan Compute(
        ServiceCIDR range, IEnumerable<ServiceCIDR> others, IEnumerable<System.Net.IPAddress> addresses, Time now)
    {
        ApiList<string> finalizers = range.Metadata.Finalizers;
        if (range.Metadata.DeletionTimestamp is not { } deletedAt)
        {
            Condition ready = new() { Type = "Ready", Status = "True", Message = "Kubernetes Service CIDR is ready", LastTransitionTime = now };
            bool isReady = range.Status.Conditions.Any(static one => one is { Type: "Ready", Status: "True" });
            return new(
                finalizers.Contains(Finalizer) ? finalizers : finalizers.Add(Finalizer), isReady ? null : ready, null);
        }

        if (!finalizers.Contains(Finalizer))
        {
            return new(finalizers, null, null);
        }

        IPNetwork[] own = Networks(range);
        IPNetwork[] rest = [.. others.Where(static one => one.Metadata.DeletionTimestamp is null).SelectMany(Networks)];
        bool isNeeded = addresses.Any(address =>
            own.Any(one => one.Contains(address)) && !rest.Any(one => one.Contains(address)));
        if (isNeeded)
        {
            Condition ending = new()
            {
                Type = "Ready",
                Status = "False",
                Reason = "Terminating",
                Message = "There are still IPAddresses referencing the ServiceCIDR, please remove them or create a new ServiceCIDR",
                LastTransitionTime = now,
            };
            bool isTold = range.Status.Conditions.Any(one =>
                one.Type == "Ready" && one.Status == ending.Status && one.Reason == ending.Reason && one.Message == ending.Message);
            return new(finalizers, isTold ? null : ending, null);
        }

        TimeSpan left = Grace - (now.Instant - deletedAt.Instant);
        return left > TimeSpan.Zero
            ? new(finalizers, null, left)
            : new(finalizers.Where(static one => one != Finalizer).ToApiList(), null, null);
    }

    private static IPNetwork[] Networks(ServiceCIDR range) =>
        [.. range.Spec.Cidrs.Select(static one => IPNetwork.TryParse(one, out IPNetwork network) ? network : default).Where(static one => one != default)];
}
