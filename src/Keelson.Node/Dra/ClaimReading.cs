using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Client.Devices;
using Claim = Keelson.Api.Resource.V1.ResourceClaim;

namespace Keelson.Nodes.Dra;

/// <summary>Finds the claims of a pod, and whether they can be prepared for it here.</summary>
internal sealed class ClaimReading(NodeContext context, DraDrivers drivers)
{
    /// <summary>The claims, of which nothing is prepared yet.</summary>
    /// <returns>The claims, or why one of them can't be used.</returns>
    public async Task<(IReadOnlyList<PreparedClaim> Claims, string? Error)> ReadAsync(
        Pod pod, CancellationToken cancellationToken)
    {
        List<PreparedClaim> wanted = [];
        foreach (PodResourceClaim entry in EntriesOf(pod))
        {
            PodClaimName name = DeviceClaims.NameOf(pod, entry);
            if (name.Name is null)
            {
                if (name.Problem is { } problem)
                {
                    return ([], problem);
                }

                continue;
            }

            (PreparedClaim? claim, string? error) = await ReadAsync(pod, name, cancellationToken);
            if (claim is null)
            {
                return ([], error);
            }

            wanted.Add(claim);
        }

        return ([.. wanted.DistinctBy(static one => one.Name)], null);
    }

    private static IEnumerable<PodResourceClaim> EntriesOf(Pod pod) =>
        pod.Status.ExtendedResourceClaimStatus is { ResourceClaimName.Length: > 0 } extended
            ? [.. pod.Spec.ResourceClaims, new PodResourceClaim { ResourceClaimName = extended.ResourceClaimName }]
            : pod.Spec.ResourceClaims.AsEnumerable();

    private async Task<(PreparedClaim? Claim, string? Error)> ReadAsync(
        Pod pod, PodClaimName name, CancellationToken cancellationToken)
    {
        ApiResult<Claim> read = await context.Client.GetAsync<Claim>(
            pod.Metadata.Namespace, name.Name!, cancellationToken);
        if (!read.TryGet(out Claim? claim, out Status? missing))
        {
            return (null, $"fetch ResourceClaim {name.Name}: {missing.Message}");
        }

        if (name.MustBeOwned && DeviceClaims.WhyNotFor(pod, claim) is { } foreign)
        {
            return (null, foreign);
        }

        if (!DeviceClaims.IsReservedFor(claim, pod.Metadata.Uid))
        {
            return (null, $"pod {pod.Metadata.Name} ({pod.Metadata.Uid}) is not allowed to use ResourceClaim "
                + $"{name.Name} ({claim.Metadata.Uid})");
        }

        if (claim.Status.Allocation is not { } allocation)
        {
            return (null, $"ResourceClaim {name.Name}: not allocated");
        }

        string[] names = [.. allocation.Devices.Results.Select(static one => one.Driver).Distinct()];
        return names.FirstOrDefault(one => drivers.Find(one) is null) is { } absent
            ? (null, DraDrivers.NotRegistered(absent))
            : (new PreparedClaim
            {
                Namespace = claim.Metadata.Namespace,
                Name = claim.Metadata.Name,
                Uid = claim.Metadata.Uid,
                Drivers = names.ToDictionary(
                    static one => one, static _ => (IReadOnlyList<PreparedDevice>)[], StringComparer.Ordinal),
            }, null);
    }
}
