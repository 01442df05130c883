using Keelson.Api.Core.V1;
using Keelson.Machinery.Validation;

namespace Keelson.Api.Resource.V1;

public sealed partial record DeviceClass
{
    /// <inheritdoc/>
    public static void Validate(DeviceClass obj, FieldErrors errors) => Validate(obj, errors, configStored: false);

    /// <inheritdoc/>
    public static void ValidateUpdate(DeviceClass obj, DeviceClass old, FieldErrors errors) =>
        Validate(obj, errors, obj.Spec.Config == old.Spec.Config);

    private static void Validate(DeviceClass obj, FieldErrors errors, bool configStored)
    {
        FieldPath path = FieldPath.Of("spec");
        DeviceNames.ValidateList(
            obj.Spec.Selectors,
            DeviceConfigurationRules.SelectorsMaxCount,
            path.Child("selectors"),
            errors,
            DeviceConfigurationRules.Validate);
        DeviceNames.ValidateList(
            obj.Spec.Config,
            DeviceConfigurationRules.ConfigMaxCount,
            path.Child("config"),
            errors,
            (one, at, all) => DeviceConfigurationRules.Validate(one.DeviceConfiguration, at, all, configStored));
        if (obj.Spec.ExtendedResourceName is { } name && !ResourceRules.IsExtended(name))
        {
            errors.Invalid(path.Child("extendedResourceName"), name, "must be a valid extended resource name");
        }
    }
}
