using Keelson.Api.Kinds;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Storage.V1;

public sealed partial record CSIDriver
{
    private const int MinUpdatePeriodSeconds = 10;
    private const long MinTokenSeconds = 600;
    private const long MaxTokenSeconds = 1L << 32;

    /// <inheritdoc/>
    public static void Validate(CSIDriver obj, FieldErrors errors)
    {
        StorageRules.ValidateDriverName(obj.Metadata.Name, FieldPath.Of("name"), errors);
        ValidateSpec(obj, errors);
    }

    /// <inheritdoc/>
    public static void ValidateUpdate(CSIDriver obj, CSIDriver old, FieldErrors errors)
    {
        ValidateSpec(obj, errors);
        FieldPath path = FieldPath.Of("spec");
        if (obj.Spec.AttachRequired != old.Spec.AttachRequired)
        {
            errors.Invalid(path.Child("attachedRequired"), obj.Spec.AttachRequired ?? false, "field is immutable");
        }

        if (obj.Spec.VolumeLifecycleModes != old.Spec.VolumeLifecycleModes)
        {
            errors.InvalidRaw(
                path.Child("volumeLifecycleModes"), ErrorValue.Json(obj.Spec.VolumeLifecycleModes), "field is immutable");
        }
    }

    private static void ValidateSpec(CSIDriver obj, FieldErrors errors)
    {
        FieldPath path = FieldPath.Of("spec");
        CSIDriverSpec spec = obj.Spec;
        Require(spec.AttachRequired, path.Child("attachedRequired"), errors);
        Require(spec.PodInfoOnMount, path.Child("podInfoOnMount"), errors);
        Require(spec.StorageCapacity, path.Child("storageCapacity"), errors);
        if (spec.FsGroupPolicy is not (null or FSGroupPolicy.File or FSGroupPolicy.None or FSGroupPolicy.ReadWriteOnceWithFSType))
        {
            errors.NotSupported(path.Child("fsGroupPolicy"), spec.FsGroupPolicy, "File", "None", "ReadWriteOnceWithFSType");
        }

        ValidateTokenRequests(spec.TokenRequests, path.Child("tokenRequests"), errors);
        foreach (string mode in spec.VolumeLifecycleModes)
        {
            if (mode is not (VolumeLifecycleMode.Persistent or VolumeLifecycleMode.Ephemeral))
            {
                errors.NotSupported(path.Child("volumeLifecycleModes"), mode, "Persistent", "Ephemeral");
            }
        }

        Require(spec.SeLinuxMount, path.Child("seLinuxMount"), errors);
        if (spec.NodeAllocatableUpdatePeriodSeconds is { } period and < MinUpdatePeriodSeconds)
        {
            errors.Invalid(path.Child("nodeAllocatableUpdatePeriodSeconds"), period, "must be greater than or equal to 10 seconds");
        }

        if (spec.ServiceAccountTokenInSecrets is { } inSecrets && spec.TokenRequests.Count == 0)
        {
            errors.Invalid(
                path.Child("serviceAccountTokenInSecrets"),
                inSecrets,
                "serviceAccountTokenInSecrets is set but no tokenRequests are specified");
        }
    }

    private static void Require(bool? value, FieldPath path, FieldErrors errors)
    {
        if (value is null)
        {
            errors.Required(path, "");
        }
    }

    private static void ValidateTokenRequests(ApiList<TokenRequest> requests, FieldPath path, FieldErrors errors)
    {
        HashSet<string> audiences = [];
        for (int i = 0; i < requests.Count; i++)
        {
            if (!audiences.Add(requests[i].Audience))
            {
                errors.Duplicate(path.Index(i).Child("audience"), requests[i].Audience);
                continue;
            }

            if (requests[i].ExpirationSeconds is { } seconds and < MinTokenSeconds)
            {
                errors.Invalid(path.Index(i).Child("expirationSeconds"), seconds, "may not specify a duration less than 10 minutes");
            }
            else if (requests[i].ExpirationSeconds is { } tooLong and > MaxTokenSeconds)
            {
                errors.Invalid(
                    path.Index(i).Child("expirationSeconds"), tooLong, "may not specify a duration larger than 2^32 seconds");
            }
        }
    }
}
