using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Storage.V1;
using Keelson.Machinery.Validation;

namespace Keelson.Api.Resource.V1;

public sealed partial record ResourceSlice
{
    private const int MaxDevices = 128;

    /// <summary>Taints, counters and lists make a device larger, so fewer of such fit.</summary>
    private const int MaxLargeDevices = 64;

    private const int MaxCounterSets = 8;
    private const string ExactlyOne = "exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required";

    /// <inheritdoc/>
    public static void Validate(ResourceSlice obj, FieldErrors errors) => Validate(obj.Spec, null, FieldPath.Of("spec"), errors);

    /// <inheritdoc/>
    public static void ValidateUpdate(ResourceSlice obj, ResourceSlice old, FieldErrors errors) =>
        Validate(obj.Spec, old.Spec, FieldPath.Of("spec"), errors);

    private static void Validate(ResourceSliceSpec spec, ResourceSliceSpec? old, FieldPath path, FieldErrors errors)
    {
        StorageRules.ValidateDriverName(spec.Driver, path.Child("driver"), errors);
        ValidatePool(spec.Pool, path.Child("pool"), errors);
        if (old is not null)
        {
            ValidateUnchanged(spec, old, path, errors);
        }

        ValidateNodes(spec, path, errors);
        if (!spec.SharedCounters.IsAbsent && !spec.Devices.IsAbsent)
        {
            errors.Invalid(path, "", "only one of `sharedCounters` or `devices` is allowed");
        }

        bool large = spec.Devices.Any(static one => one.Taints.Count > 0 || one.ConsumesCounters.Count > 0
            || one.Attributes.Any(static attribute => HasList(attribute.Value)));
        DeviceNames.ValidateSet(
            spec.Devices,
            large ? MaxLargeDevices : MaxDevices,
            path.Child("devices"),
            errors,
            ((device, at, all) => DeviceRules.Validate(
                device,
                old?.Devices.FirstOrDefault(one => one.Name == device.Name),
                spec.PerDeviceNodeSelection ?? false,
                at,
                all),
                static one => one.Name));
        DeviceNames.ValidateSet(
            spec.SharedCounters,
            MaxCounterSets,
            path.Child("sharedCounters"),
            errors,
            (static (one, at, all) => DeviceRules.ValidateCounters("name", one.Name, one.Counters, at, all), static one => one.Name));
    }

    private static void ValidatePool(ResourcePool pool, FieldPath path, FieldErrors errors)
    {
        DeviceNames.ValidatePool(pool.Name, path.Child("name"), errors);
        if (pool.ResourceSliceCount <= 0)
        {
            errors.Invalid(path.Child("resourceSliceCount"), pool.ResourceSliceCount, "must be greater than zero");
        }

        if (pool.Generation < 0)
        {
            errors.Invalid(path.Child("generation"), pool.Generation, "must be greater than or equal to zero");
        }
    }

    private static void ValidateUnchanged(ResourceSliceSpec spec, ResourceSliceSpec old, FieldPath path, FieldErrors errors)
    {
        if (spec.Pool.Name != old.Pool.Name)
        {
            errors.Invalid(path.Child("pool").Child("name"), spec.Pool.Name, "field is immutable");
        }

        if (spec.Driver != old.Driver)
        {
            errors.Invalid(path.Child("driver"), spec.Driver, "field is immutable");
        }

        if (spec.NodeName != old.NodeName)
        {
            errors.InvalidRaw(path.Child("nodeName"), ErrorValue.Json(spec.NodeName), "field is immutable");
        }
    }

    private static void ValidateNodes(ResourceSliceSpec spec, FieldPath path, FieldErrors errors)
    {
        List<string> set = [];
        if (spec.NodeName is "")
        {
            errors.Invalid(path.Child("nodeName"), "", "must be either unset or set to a non-empty string");
        }
        else if (spec.NodeName is not null)
        {
            set.Add("`nodeName`");
            errors.Invalid(ContentRules.Dns1123Subdomain(spec.NodeName), path.Child("nodeName"), spec.NodeName);
        }

        if (spec.NodeSelector is { } selector)
        {
            set.Add("`nodeSelector`");
            NodeSelectorRules.Validate(selector, path.Child("nodeSelector"), errors);
            if (selector.NodeSelectorTerms.Count != 1)
            {
                errors.InvalidRaw(
                    path.Child("nodeSelector").Child("nodeSelectorTerms"),
                    ErrorValue.Json(selector.NodeSelectorTerms),
                    "must have exactly one node selector term");
            }
        }

        AddFlag(spec.AllNodes, "allNodes", path, errors, set);
        AddFlag(spec.PerDeviceNodeSelection, "perDeviceNodeSelection", path, errors, set);
        if (set.Count == 0)
        {
            errors.Required(path, ExactlyOne);
        }
        else if (set.Count > 1)
        {
            errors.Invalid(path, $"{{{string.Join(", ", set)}}}", ExactlyOne + ", but multiple fields are set");
        }
    }

    private static void AddFlag(bool? flag, string field, FieldPath path, FieldErrors errors, List<string> set)
    {
        if (flag is true)
        {
            set.Add($"`{field}`");
        }
        else if (flag is false)
        {
            errors.Invalid(path.Child(field), false, "must be either unset or set to true");
        }
    }
}
