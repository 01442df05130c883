using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Api.Resource.V1;
using Keelson.Client.Devices;
using Keelson.Controllers.Owners;
using Claim = Keelson.Api.Resource.V1.ResourceClaim;

namespace Keelson.Controllers.ResourceClaims;

/// <summary>What one entry of a pod's <c>spec.resourceClaims</c> needs.</summary>
/// <param name="Entry">The entry's name.</param>
/// <param name="Found">A claim that was made for it before, and that the pod's status does not show yet.</param>
/// <param name="Create">The claim to make for it.</param>
/// <param name="Problem">Why there can't be one, in upstream's words.</param>
internal sealed record PodClaimPlan(string Entry, Claim? Found, Claim? Create, string? Problem)
{
    /// <summary>Tells a made claim which entry of its pod it is for.</summary>
    public const string EntryAnnotation = "resource.kubernetes.io/pod-claim-name";

    /// <summary>Room for a hyphen and five characters in a name of at most 63.</summary>
    private const int LongestBase = 57;

    /// <summary>What is to be done; entries that have their claim are left out.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="claim">A claim of the pod's namespace by name.</param>
    /// <param name="owned">The claims that belong to the pod.</param>
    /// <param name="template">A template of the pod's namespace by name.</param>
    public static IReadOnlyList<PodClaimPlan> Compute(
        Pod pod, Func<string, Claim?> claim, IReadOnlyList<Claim> owned, Func<string, ResourceClaimTemplate?> template)
    {
        if (pod.Metadata.DeletionTimestamp is not null)
        {
            return [];
        }

        List<PodClaimPlan> plans = [];
        foreach (PodResourceClaim entry in pod.Spec.ResourceClaims)
        {
            if (entry.ResourceClaimTemplateName is not { } templateName || IsThere(pod, entry, claim))
            {
                continue;
            }

            if (owned.FirstOrDefault(
                one => one.Metadata.Annotations.GetValueOrDefault(EntryAnnotation) == entry.Name) is { } orphan)
            {
                plans.Add(new(entry.Name, orphan, null, null));
            }
            else if (template(templateName) is { } found)
            {
                plans.Add(new(entry.Name, null, Made(pod, entry, found), null));
            }
            else
            {
                string missing = $"resourceclaimtemplate.resource.k8s.io \"{templateName}\" not found";
                plans.Add(new(entry.Name, null, null, $"resource claim template \"{templateName}\": {missing}"));
            }
        }

        return plans;
    }

    /// <summary>
    /// The claims that exist already, have devices, and wait to be noted as used by a pod that has a node.
    /// </summary>
    public static IReadOnlyList<Claim> ToReserve(Pod pod, Func<string, Claim?> claim)
    {
        if (pod.Spec.NodeName.Length == 0 || pod.Metadata.DeletionTimestamp is not null)
        {
            return [];
        }

        List<Claim> claims = [];
        foreach (PodResourceClaim entry in pod.Spec.ResourceClaims)
        {
            PodClaimName name = DeviceClaims.NameOf(pod, entry);
            if (name.Name is not null && claim(name.Name) is { Status.Allocation: not null } one
                && (!name.MustBeOwned || DeviceClaims.WhyNotFor(pod, one) is null)
                && !DeviceClaims.IsReservedFor(one, pod.Metadata.Uid) && DeviceClaims.CanBeReserved(one))
            {
                claims.Add(one);
            }
        }

        return claims;
    }

    /// <summary>The names in the status: those that it has, with those that were made.</summary>
    public static IReadOnlyList<PodResourceClaimStatus> StatusesOf(Pod pod, IReadOnlyDictionary<string, string> made) =>
    [
        .. pod.Status.ResourceClaimStatuses.Where(one => !made.ContainsKey(one.Name)),
        .. made.Select(static one => new PodResourceClaimStatus { Name = one.Key, ResourceClaimName = one.Value }),
    ];

    /// <summary>A claim that the status names but that is gone, or is another pod's, is made anew.</summary>
    private static bool IsThere(Pod pod, PodResourceClaim entry, Func<string, Claim?> claim)
    {
        PodClaimName name = DeviceClaims.NameOf(pod, entry);
        return name.Problem is null
            && (name.Name is null || (claim(name.Name) is { } one && DeviceClaims.WhyNotFor(pod, one) is null));
    }

    private static Claim Made(Pod pod, PodResourceClaim entry, ResourceClaimTemplate template) => new()
    {
        Metadata = ObjectMeta.Empty with
        {
            GenerateName = BaseName(pod.Metadata.Name, entry.Name),
            Namespace = pod.Metadata.Namespace,
            Labels = template.Spec.Metadata.Labels,
            Annotations = template.Spec.Metadata.Annotations.With(EntryAnnotation, entry.Name),
            OwnerReferences = [Owner.ControllerReference(pod)],
        },
        Spec = template.Spec.Spec,
    };

    /// <summary>Long names are both cut in proportion, so that something of each is left.</summary>
    private static string BaseName(string pod, string entry)
    {
        string name = $"{pod}-{entry}-";
        return name.Length <= LongestBase ? name
            : $"{Cut(pod, name.Length)}-{Cut(entry, name.Length)}";
    }

    private static string Cut(string part, int length) => part[..(part.Length * LongestBase / length)];
}
