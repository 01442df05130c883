using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Validation;

namespace Keelson.Api.Core.V1;

public sealed partial record Volume
{
    /// <summary>
    /// Validates a pod's volumes and notes the valid ones in the scope. <paramref name="podName"/> is empty for templates.
    /// </summary>
    internal static void ValidateAll(PodScope scope, string podName, FieldPath path)
    {
        FieldErrors errors = scope.Errors;
        Machinery.Values.ApiList<Volume> volumes = scope.Spec.Volumes;
        for (int i = 0; i < volumes.Count; i++)
        {
            FieldPath at = path.Index(i);
            int before = errors.Count;
            volumes[i].Validate(scope, podName, at);
            if (scope.Volumes.ContainsKey(volumes[i].Name))
            {
                errors.Duplicate(at.Child("name"), volumes[i].Name);
            }

            if (errors.Count == before)
            {
                scope.Volumes[volumes[i].Name] = volumes[i].VolumeSource;
            }

            if (podName.Length > 0 && volumes[i].VolumeSource.PersistentVolumeClaim is { } claim
                && volumes.Any(one =>
                    one.VolumeSource.Ephemeral is not null && podName + "-" + one.Name == claim.ClaimName))
            {
                errors.Invalid(
                    at.Child("persistentVolumeClaim").Child("claimName"),
                    claim.ClaimName,
                    "must not reference a PVC that gets created for an ephemeral volume");
            }
        }
    }

    private void Validate(PodScope scope, string podName, FieldPath path)
    {
        int types = 0;
        foreach (VolumeType type in VolumeType.All)
        {
            if (!type.IsUsed(VolumeSource))
            {
                continue;
            }

            types++;
            if (types > 1)
            {
                scope.Errors.Forbidden(path.Child(type.NameWhenForbidden), "may not specify more than 1 volume type");
            }
            else
            {
                type.Validate(VolumeSource, path.Child(type.Name), scope);
                ValidateNames(podName, path, scope.Errors);
            }
        }

        if (types == 0)
        {
            scope.Errors.Required(path, "must specify a volume type");
        }

        if (Name.Length == 0)
        {
            scope.Errors.Required(path.Child("name"), "");
        }
        else
        {
            scope.Errors.Label(path.Child("name"), Name);
        }
    }

    /// <summary>Limits on the volume's name that come from what is made of it.</summary>
    private void ValidateNames(string podName, FieldPath path, FieldErrors errors)
    {
        if (VolumeSource.Iscsi is { InitiatorName: not null } iscsi && (Name + ":" + iscsi.TargetPortal).Length > 64)
        {
            errors.Invalid(
                path.Child("name"),
                Name,
                "Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName "
                + "is specified.");
        }

        if (VolumeSource.Ephemeral is not null && podName.Length > 0 && Name.Length > 0)
        {
            string claim = podName + "-" + Name;
            errors.InvalidEach(
                path.Child("name"),
                Name,
                NameRules.DnsSubdomain(claim, false).Select(one => $"PVC name {GoText.Quote(claim)}: {one}"));
        }
    }
}
