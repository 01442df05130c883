using Keelson.Machinery.Validation;

namespace Keelson.Api.Resource.V1;

public sealed partial record ResourceClaim
{
    /// <inheritdoc/>
    public static void Validate(ResourceClaim obj, FieldErrors errors) =>
        ResourceClaimRules.Validate(obj.Spec, FieldPath.Of("spec"), errors);

    /// <inheritdoc/>
    public static void ValidateUpdate(ResourceClaim obj, ResourceClaim old, FieldErrors errors)
    {
        if (obj.Spec != old.Spec)
        {
            errors.InvalidRaw(FieldPath.Of("spec"), ResourceClaimText.Render(obj.Spec), "field is immutable");
        }
    }

    private static void ValidateStatusUpdate(ResourceClaim obj, ResourceClaim old, FieldErrors errors) =>
        ResourceClaimStatusRules.Validate(obj, old, FieldPath.Of("status"), errors);
}
