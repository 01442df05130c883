using Keelson.Machinery.Validation;

namespace Keelson.Api.Storage.V1;

public sealed partial record VolumeAttributesClass
{
    /// <inheritdoc/>
    public static void Validate(VolumeAttributesClass obj, FieldErrors errors)
    {
        StorageRules.ValidateProvisioner(obj.DriverName, FieldPath.Of("driverName"), errors);
        StorageRules.ValidateParameters(obj.Parameters, allowEmpty: false, errors);
    }

    /// <inheritdoc/>
    public static void ValidateUpdate(VolumeAttributesClass obj, VolumeAttributesClass old, FieldErrors errors)
    {
        Validate(obj, errors);
        if (obj.DriverName != old.DriverName)
        {
            errors.Forbidden(FieldPath.Of("driverName"), "updates to driverName are forbidden.");
        }

        if (obj.Parameters != old.Parameters)
        {
            errors.Forbidden(FieldPath.Of("parameters"), "updates to parameters are forbidden.");
        }
    }
}
