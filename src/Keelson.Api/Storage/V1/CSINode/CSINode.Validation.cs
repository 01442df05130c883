using Keelson.Api.Kinds;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Storage.V1;

public sealed partial record CSINode
{
    private const int NodeIdMaxLength = 256;

    /// <inheritdoc/>
    public static void Validate(CSINode obj, FieldErrors errors)
    {
        FieldPath path = FieldPath.Of("spec").Child("drivers");
        HashSet<string> names = [];
        for (int i = 0; i < obj.Spec.Drivers.Count; i++)
        {
            ValidateDriver(obj.Spec.Drivers[i], path.Index(i), errors, names);
        }
    }

    /// <inheritdoc/>
    public static void ValidateUpdate(CSINode obj, CSINode old, FieldErrors errors)
    {
        Validate(obj, errors);
        foreach (CSINodeDriver stored in old.Spec.Drivers)
        {
            foreach (CSINodeDriver driver in obj.Spec.Drivers)
            {
                // How many volumes fit may change while the driver runs, the rest may not.
                if (driver.Name == stored.Name && (driver.NodeID != stored.NodeID || driver.TopologyKeys != stored.TopologyKeys))
                {
                    errors.InvalidRaw(FieldPath.Of("spec").Child("drivers"), Render(driver), "field is immutable");
                }
            }
        }
    }

    private static void ValidateDriver(CSINodeDriver driver, FieldPath path, FieldErrors errors, HashSet<string> names)
    {
        StorageRules.ValidateDriverName(driver.Name, path.Child("name"), errors);
        if (driver.NodeID.Length == 0)
        {
            errors.Required(path.Child("nodeID"), "");
        }
        else if (driver.NodeID.Length > NodeIdMaxLength)
        {
            errors.Invalid(path.Child("nodeID"), driver.NodeID, $"must be {NodeIdMaxLength} characters or less");
        }

        if (driver.Allocatable?.Count is { } count and < 0)
        {
            errors.Invalid(path.Child("allocatable").Child("count"), count, "must be greater than or equal to 0");
        }

        if (!names.Add(driver.Name))
        {
            errors.Duplicate(path.Child("name"), driver.Name);
        }

        HashSet<string> keys = [];
        foreach (string key in driver.TopologyKeys)
        {
            if (key.Length == 0)
            {
                errors.Required(path, "");
            }

            if (!keys.Add(key))
            {
                errors.Duplicate(path, key);
            }

            errors.Invalid(ContentRules.QualifiedName(key), path, key);
        }
    }

    private static string Render(CSINodeDriver driver) => ErrorValue.Object(
        ("Name", ErrorValue.Json(driver.Name)),
        ("NodeID", ErrorValue.Json(driver.NodeID)),
        ("TopologyKeys", ErrorValue.Json(driver.TopologyKeys)),
        ("Allocatable", driver.Allocatable is null ? "null" : ErrorValue.Object(("Count", GoNumber(driver.Allocatable.Count)))));

    private static string GoNumber(int? number) =>
        number is { } value ? value.ToString(System.Globalization.CultureInfo.InvariantCulture) : "null";
}
