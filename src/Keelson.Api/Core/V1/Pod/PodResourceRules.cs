using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>Validates what a pod asks for as a whole, by itself and against its containers.</summary>
internal static class PodResourceRules
{
    public static void Validate(PodScope scope, FieldPath path)
    {
        ResourceRequirements resources = scope.Spec.Resources!;
        if (scope.Spec.Os?.Name == OSName.Windows)
        {
            scope.Errors.Forbidden(path, "may not be set for a windows pod");
            return;
        }

        if (!resources.Claims.IsAbsent)
        {
            scope.Errors.Forbidden(path.Child("claims"), "claims may not be set for Resources at pod-level");
        }

        ResourceRules.ValidatePodRequirements(resources, path, scope);
        ValidateAgainstContainers(scope.Spec, resources, path, scope.Errors);
    }

    private static void ValidateAgainstContainers(
        PodSpec spec, ResourceRequirements resources, FieldPath path, FieldErrors errors)
    {
        foreach ((string name, Quantity sum) in PodResources.AggregateContainerRequests(spec))
        {
            if (resources.Requests.TryGetValue(name, out Quantity request) && sum > request)
            {
                errors.Invalid(
                    path.Child("requests").Key(name),
                    request.ToString(),
                    $"must be greater than or equal to aggregate container requests of {sum}");
            }
        }

        // Huge pages cannot be overcommitted, so limits count as requests do.
        foreach ((string name, Quantity sum) in PodResources.AggregateContainerLimits(spec))
        {
            if (ResourceRules.IsHugePages(name)
                && resources.Limits.TryGetValue(name, out Quantity limit)
                && sum > limit)
            {
                errors.Invalid(
                    path.Child("limits").Key(name),
                    limit.ToString(),
                    $"must be greater than or equal to aggregate container limits of {sum}");
            }
        }

        for (int i = 0; i < spec.Containers.Count; i++)
        {
            foreach ((string name, Quantity own) in spec.Containers[i].Resources.Limits)
            {
                if (resources.Limits.TryGetValue(name, out Quantity limit) && own > limit)
                {
                    errors.Invalid(
                        path.Child("containers").Index(i).Key(name).Child("limits"),
                        own.ToString(),
                        $"must be less than or equal to pod limits of {limit}");
                }
            }
        }
    }
}
