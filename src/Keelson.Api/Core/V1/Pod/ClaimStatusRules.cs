using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>Validates what a pod's status says about its resource claims.</summary>
internal static class ClaimStatusRules
{
    public static void Validate(Pod pod, FieldPath path, FieldErrors errors)
    {
        ValidateStatuses(
            pod.Status.ResourceClaimStatuses, pod.Spec.ResourceClaims, path.Child("resourceClaimStatuses"), errors);
        if (pod.Status.ExtendedResourceClaimStatus is { } extended)
        {
            ValidateExtended(extended, pod.Spec, path.Child("extendedResourceClaimStatus"), errors);
        }
    }

    private static void ValidateStatuses(
        ApiList<PodResourceClaimStatus> statuses, ApiList<PodResourceClaim> claims, FieldPath path, FieldErrors errors)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        for (int i = 0; i < statuses.Count; i++)
        {
            FieldPath name = path.Index(i).Child("name");
            if (!claims.Any(one => one.Name == statuses[i].Name))
            {
                errors.Invalid(name, statuses[i].Name, "must match the name of an entry in `spec.resourceClaims`");
            }

            if (!names.Add(statuses[i].Name))
            {
                errors.Duplicate(name, statuses[i].Name);
            }

            if (statuses[i].ResourceClaimName is { } claim)
            {
                errors.Subdomain(path.Index(i).Child("resourceClaimName"), claim);
            }
        }
    }

    private static void ValidateExtended(
        PodExtendedResourceClaimStatus status, PodSpec spec, FieldPath path, FieldErrors errors)
    {
        FieldPath mappings = path.Child("requestMappings");
        if (status.RequestMappings.Count == 0)
        {
            errors.Required(mappings, "at least one request mapping is required");
        }

        HashSet<ContainerExtendedResourceRequest> seen = [];
        for (int i = 0; i < status.RequestMappings.Count; i++)
        {
            ContainerExtendedResourceRequest one = status.RequestMappings[i];
            FieldPath at = mappings.Index(i);
            Container? container = spec.Containers.Concat(spec.InitContainers).FirstOrDefault(
                each => each.Name == one.ContainerName);
            if (container is null)
            {
                errors.Invalid(
                    at.Child("containerName"),
                    one.ContainerName,
                    "must match the name of an entry in spec.initContainers.name or spec.containers.name");
            }
            else if (!container.Resources.Requests.ContainsKey(one.ResourceName))
            {
                errors.Invalid(
                    at.Child("resourceName"),
                    one.ResourceName,
                    "must match the extended resource name of an entry in spec.initContainers.resources.requests or "
                    + "spec.containers.resources.requests");
            }

            errors.Label(path.Child("requestName"), one.RequestName);
            if (!seen.Add(one))
            {
                errors.Duplicate(at.Child("containerName"), one.ContainerName);
                errors.Duplicate(at.Child("resourceName"), one.ResourceName);
                errors.Duplicate(at.Child("requestName"), one.RequestName);
            }
        }

        if (status.ResourceClaimName.Length == 0)
        {
            errors.Required(path.Child("resourceClaimName"), "");
        }
        else
        {
            errors.Subdomain(path.Child("resourceClaimName"), status.ResourceClaimName);
        }
    }
}
