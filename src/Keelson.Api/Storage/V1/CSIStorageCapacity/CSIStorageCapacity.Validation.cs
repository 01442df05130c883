using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Validation;

namespace Keelson.Api.Storage.V1;

public sealed partial record CSIStorageCapacity
{
    /// <inheritdoc/>
    public static void Validate(CSIStorageCapacity obj, FieldErrors errors) => Validate(obj, errors, false);

    /// <inheritdoc/>
    public static void ValidateUpdate(CSIStorageCapacity obj, CSIStorageCapacity old, FieldErrors errors)
    {
        Validate(obj, errors, LabelSelectorRules.HasInvalidValues(old.NodeTopology));
        if (obj.NodeTopology != old.NodeTopology)
        {
            errors.InvalidRaw(
                FieldPath.Of("nodeTopology"),
                obj.NodeTopology is null ? "null" : ErrorValue.Json(obj.NodeTopology),
                "field is immutable");
        }

        if (obj.StorageClassName != old.StorageClassName)
        {
            errors.Invalid(FieldPath.Of("storageClassName"), obj.StorageClassName, "field is immutable");
        }
    }

    private static void Validate(CSIStorageCapacity obj, FieldErrors errors, bool allowInvalidLabelValues)
    {
        LabelSelectorRules.Validate(obj.NodeTopology, FieldPath.Of("nodeTopology"), errors, allowInvalidLabelValues);
        errors.Invalid(
            NameRules.DnsSubdomain(obj.StorageClassName, false), FieldPath.Of("storageClassName"), obj.StorageClassName);
        if (obj.Capacity is { Sign: < 0 } capacity)
        {
            errors.Invalid(FieldPath.Of("capacity"), capacity.ToString(), "must be greater than or equal to 0");
        }
    }
}
