using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>Validates what kubelets report about containers: users, devices, mounted images.</summary>
internal static class ContainerStatusRules
{
    private const int ImageReferenceMaxLength = 256;
    private const int HealthMessageMaxLength = 1024;

    public static void Validate(Pod pod, FieldPath path, FieldErrors errors)
    {
        (ApiList<ContainerStatus> Statuses, FieldPath Path)[] lists =
        [
            (pod.Status.ContainerStatuses, path.Child("containerStatuses")),
            (pod.Status.InitContainerStatuses, path.Child("initContainerStatuses")),
            (pod.Status.EphemeralContainerStatuses, path.Child("ephemeralContainerStatuses")),
        ];
        foreach ((ApiList<ContainerStatus> statuses, FieldPath at) in lists)
        {
            ValidateUsers(statuses, pod.Spec.Os?.Name ?? OSName.Linux, at, errors);
        }

        ValidateDevices(lists[0].Statuses, pod.Spec.Containers, lists[0].Path, errors);
        ValidateDevices(lists[1].Statuses, pod.Spec.InitContainers, lists[1].Path, errors);
        for (int i = 0; i < lists[2].Statuses.Count; i++)
        {
            if (lists[2].Statuses[i].AllocatedResourcesStatus.Count > 0)
            {
                errors.Forbidden(
                    lists[2].Path.Index(i).Child("allocatedResourcesStatus"),
                    "must not be specified in container status");
            }
        }

        foreach ((ApiList<ContainerStatus> statuses, FieldPath at) in lists)
        {
            ValidateImages(statuses, at, errors);
        }
    }

    private static void ValidateUsers(ApiList<ContainerStatus> statuses, string os, FieldPath path, FieldErrors errors)
    {
        for (int i = 0; i < statuses.Count; i++)
        {
            if (statuses[i].User?.Linux is not { } user)
            {
                continue;
            }

            FieldPath at = path.Index(i).Child("user").Child("linux");
            if (os == OSName.Windows)
            {
                errors.Forbidden(at, "cannot be set for a windows pod");
                continue;
            }

            errors.InvalidEach(at.Child("uid"), user.Uid, ContentRules.UserId(user.Uid));
            errors.InvalidEach(at.Child("gid"), user.Gid, ContentRules.UserId(user.Gid));
            for (int j = 0; j < user.SupplementalGroups.Count; j++)
            {
                long group = user.SupplementalGroups[j];
                errors.InvalidEach(at.Child("supplementalGroups").Index(j), group, ContentRules.UserId(group));
            }
        }
    }

    private static void ValidateDevices(
        ApiList<ContainerStatus> statuses, ApiList<Container> containers, FieldPath path, FieldErrors errors)
    {
        for (int i = 0; i < statuses.Count; i++)
        {
            Container? container = containers.FirstOrDefault(one => one.Name == statuses[i].Name);
            for (int j = 0; j < statuses[i].AllocatedResourcesStatus.Count; j++)
            {
                ResourceStatus status = statuses[i].AllocatedResourcesStatus[j];
                FieldPath at = path.Index(i).Child("allocatedResourcesStatus").Index(j);

                // The status may lag behind the spec, so an unknown container is none of its business.
                if (container is not null)
                {
                    ValidateName(status.Name, container, at.Child("name"), errors);
                }

                ValidateHealth(status.Resources, at.Child("resources"), errors);
            }
        }
    }

    private static void ValidateName(string name, Container container, FieldPath path, FieldErrors errors)
    {
        const string Claim = "claim:";
        if (!name.StartsWith(Claim, StringComparison.Ordinal))
        {
            if (!container.Resources.Requests.ContainsKey(name))
            {
                errors.Invalid(path, name, "must match one of the container's resource requests");
            }
        }
        else if (!container.Resources.Claims.Any(
            one => name == Claim + one.Name + (one.Request.Length > 0 ? "/" + one.Request : "")))
        {
            errors.Invalid(
                path, name,
                "must match one of the container's resource claims in a format 'claim:<claimName>/<request>' or "
                + "'claim:<claimName>' if request is empty");
        }
    }

    private static void ValidateHealth(ApiList<ResourceHealth> resources, FieldPath path, FieldErrors errors)
    {
        HashSet<string> ids = new(StringComparer.Ordinal);
        for (int i = 0; i < resources.Count; i++)
        {
            FieldPath at = path.Index(i);
            errors.OneOf(
                at.Child("health"),
                resources[i].Health,
                ResourceHealthStatus.Healthy,
                ResourceHealthStatus.Unhealthy,
                ResourceHealthStatus.Unknown);
            if (resources[i].Message is "")
            {
                errors.Required(at.Child("message"), "must be non-empty if specified");
            }
            else if (resources[i].Message?.Length > HealthMessageMaxLength)
            {
                errors.TooLong(at.Child("message"), HealthMessageMaxLength);
            }

            if (!ids.Add(resources[i].ResourceID))
            {
                errors.Duplicate(at.Child("resourceID"), resources[i].ResourceID);
            }
        }
    }

    private static void ValidateImages(ApiList<ContainerStatus> statuses, FieldPath path, FieldErrors errors)
    {
        for (int i = 0; i < statuses.Count; i++)
        {
            for (int j = 0; j < statuses[i].VolumeMounts.Count; j++)
            {
                if (statuses[i].VolumeMounts[j].VolumeStatus?.Image is not { } image)
                {
                    continue;
                }

                FieldPath at = path.Index(i).Child("volumeMounts").Index(j).Child("volumeStatus")
                    .Child("imageVolumeStatus").Child("imageRef");
                if (image.ImageRef.Length == 0)
                {
                    errors.Required(at, "imageRef must not be empty");
                }
                else if (image.ImageRef.Length > ImageReferenceMaxLength)
                {
                    errors.TooLong(at, ImageReferenceMaxLength);
                }
            }
        }
    }
}
