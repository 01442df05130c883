using System.Text.RegularExpressions;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Resource.V1;

/// <summary>The rules on devices.</summary>
internal static partial class DeviceRules
{
    private const int MaxAttributesAndCapacities = 32;
    private const int MaxAttributeLength = 64;
    private const int MaxTaints = 16;
    private const int MaxCounterConsumptions = 2;
    private const int MaxCounters = 32;
    private const int MaxBindingConditions = 4;

    private const string OneNodeChoice =
        "exactly one of `nodeName`, `nodeSelector`, or `allNodes` is required when `perDeviceNodeSelection` is set to true in the ResourceSlice spec";

    public static void Validate(Device device, Device? old, bool perDeviceNodes, FieldPath path, FieldErrors errors)
    {
        errors.Invalid(ContentRules.Dns1123Label(device.Name), path.Child("name"), device.Name);
        int entries = device.Attributes.Count + device.Capacity.Count;
        if (entries > MaxAttributesAndCapacities)
        {
            errors.Invalid(
                path, entries, $"the total number of attributes and capacities must not exceed {MaxAttributesAndCapacities}");
        }

        foreach (KeyValuePair<string, DeviceAttribute> pair in device.Attributes)
        {
            DeviceNames.ValidateQualified(pair.Key, path.Child("attributes"), errors);
            ValidateAttribute(pair.Value, path.Child("attributes").Key(DeviceNames.Shortened(pair.Key)), errors);
        }

        if (old is null || old.Capacity != device.Capacity)
        {
            ValidateCapacities(device, path.Child("capacity"), errors);
        }

        if (old is null || old.Taints != device.Taints)
        {
            DeviceNames.ValidateList(device.Taints, MaxTaints, path.Child("taints"), errors, ValidateTaint);
        }

        DeviceNames.ValidateSet(
            device.ConsumesCounters,
            MaxCounterConsumptions,
            path.Child("consumesCounters"),
            errors,
            (static (one, at, all) => ValidateCounters("counterSet", one.CounterSet, one.Counters, at, all),
                static one => one.CounterSet));
        ValidateNodes(device, perDeviceNodes, path, errors);
        ValidateBinding(device.BindingConditions, device.BindingFailureConditions, path, errors);
    }

    public static void ValidateCounters(
        string field, string name, ApiMap<Counter> counters, FieldPath path, FieldErrors errors)
    {
        if (name.Length == 0)
        {
            errors.Required(path.Child(field), "");
        }
        else
        {
            errors.Invalid(ContentRules.Dns1123Label(name), path.Child(field), name);
        }

        FieldPath all = path.Child("counters");
        if (counters.Count == 0)
        {
            errors.Required(all, "");
        }
        else if (counters.Count > MaxCounters)
        {
            errors.TooMany(all, counters.Count, MaxCounters);
        }
        else
        {
            foreach (KeyValuePair<string, Counter> pair in counters)
            {
                errors.Invalid(ContentRules.Dns1123Label(pair.Key), all, pair.Key);
            }
        }
    }

    public static void ValidateBinding(ApiList<string> conditions, ApiList<string> failures, FieldPath path, FieldErrors errors)
    {
        FieldPath conditionsPath = path.Child("bindingConditions");
        FieldPath failuresPath = path.Child("bindingFailureConditions");
        DeviceNames.ValidateSet(conditions, MaxBindingConditions, conditionsPath, errors, (ValidateLabel, static one => one));
        HashSet<string> seen = [];
        DeviceNames.ValidateList(failures, MaxBindingConditions, failuresPath, errors, ValidateLabel);
        for (int i = 0; i < failures.Count; i++)
        {
            if (!seen.Add(failures[i]))
            {
                errors.Duplicate(failuresPath.Index(i), failures[i]);
            }

            if (conditions.AsSpan().Contains(failures[i]))
            {
                errors.Invalid(
                    failuresPath.Index(i), failures[i], "bindingFailureConditions must not overlap with bindingConditions");
            }
        }

        if (conditions.Count == 0 && failures.Count > 0)
        {
            errors.InvalidRaw(
                conditionsPath, ErrorValue.Json(conditions), "bindingConditions are required to use bindingFailureConditions");
        }

        if (failures.Count == 0 && conditions.Count > 0)
        {
            errors.InvalidRaw(
                failuresPath, ErrorValue.Json(failures), "bindingFailureConditions are required to use bindingConditions");
        }
    }

    private static void ValidateLabel(string label, FieldPath path, FieldErrors errors) =>
        errors.Invalid(ContentRules.QualifiedName(label), path, label);

    private static void ValidateTaint(DeviceTaint taint, FieldPath path, FieldErrors errors)
    {
        errors.Invalid(ContentRules.QualifiedName(taint.Key), path.Child("key"), taint.Key);
        errors.Invalid(ContentRules.LabelValue(taint.Value), path.Child("value"), taint.Value);
        if (taint.Effect.Length == 0)
        {
            errors.Required(path.Child("effect"), "");
        }
        else
        {
            ResourceClaimRules.ValidateEffect(taint.Effect, path.Child("effect"), errors);
        }
    }

    private static void ValidateNodes(Device device, bool perDeviceNodes, FieldPath path, FieldErrors errors)
    {
        if (!perDeviceNodes)
        {
            if (device.NodeName is not null || device.NodeSelector is not null || device.AllNodes is not null)
            {
                errors.InvalidRaw(
                    path,
                    "null",
                    "`nodeName`, `nodeSelector` and `allNodes` can only be set if `perDeviceNodeSelection` is set to true in the ResourceSlice spec");
            }

            return;
        }

        List<string> set = [];
        if (device.NodeName is "")
        {
            errors.Invalid(path.Child("nodeName"), "", "must not be empty");
        }
        else if (device.NodeName is not null)
        {
            set.Add("`nodeName`");
            errors.Invalid(ContentRules.Dns1123Subdomain(device.NodeName), path.Child("nodeName"), device.NodeName);
        }

        if (device.NodeSelector is not null)
        {
            set.Add("`nodeSelector`");
            NodeSelectorRules.Validate(device.NodeSelector, path.Child("nodeSelector"), errors);
        }

        if (device.AllNodes is true)
        {
            set.Add("`allNodes`");
        }
        else if (device.AllNodes is false)
        {
            errors.Invalid(path.Child("allNodes"), false, "must be either unset or set to true");
        }

        if (set.Count == 0)
        {
            errors.Required(path, OneNodeChoice);
        }
        else if (set.Count > 1)
        {
            errors.Invalid(path, $"{{{string.Join(", ", set)}}}", OneNodeChoice);
        }
    }

    private static void ValidateAttribute(DeviceAttribute attribute, FieldPath path, FieldErrors errors)
    {
        if (attribute.String is { } text)
        {
            ValidateText(text, path.Child("string"), errors);
        }

        if (attribute.Version is { } version)
        {
            ValidateVersion(version, path.Child("version"), errors);
        }

        ValidateFilled(attribute.Bools, path.Child("bools"), errors);
        ValidateFilled(attribute.Ints, path.Child("ints"), errors);
        ValidateFilled(attribute.Strings, path.Child("strings"), errors);
        DeviceNames.ValidateList(attribute.Strings, null, path.Child("strings"), errors, ValidateText);
        ValidateFilled(attribute.Versions, path.Child("versions"), errors);
        DeviceNames.ValidateList(attribute.Versions, null, path.Child("versions"), errors, ValidateVersion);
        int values = (attribute.Int is null ? 0 : 1) + (attribute.Bool is null ? 0 : 1)
            + (attribute.String is null ? 0 : 1) + (attribute.Version is null ? 0 : 1)
            + (attribute.Ints.IsAbsent ? 0 : 1) + (attribute.Bools.IsAbsent ? 0 : 1)
            + (attribute.Strings.IsAbsent ? 0 : 1) + (attribute.Versions.IsAbsent ? 0 : 1);
        if (values == 0)
        {
            errors.Invalid(path, "", "exactly one value must be specified");
        }
        else if (values > 1)
        {
            errors.InvalidRaw(path, DeviceText.Render(attribute), "exactly one value must be specified");
        }
    }

    private static void ValidateFilled<T>(ApiList<T> list, FieldPath path, FieldErrors errors)
    {
        if (!list.IsAbsent && list.Count == 0)
        {
            errors.InvalidRaw(path, "[]", "must not be empty if specified");
        }
    }

    private static void ValidateText(string text, FieldPath path, FieldErrors errors)
    {
        if (text.Length > MaxAttributeLength)
        {
            errors.TooLong(path, MaxAttributeLength);
        }
    }

    private static void ValidateVersion(string version, FieldPath path, FieldErrors errors)
    {
        if (!SemanticVersion().IsMatch(version))
        {
            errors.Invalid(path, version, "must be a string compatible with semver.org spec 2.0.0");
        }

        ValidateText(version, path, errors);
    }

    /// <summary>Three numbers, dot separated identifiers after a dash, build identifiers after a plus (semver.org 2.0.0).</summary>
    [GeneratedRegex(
        @"\A(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)(-(0|[1-9][0-9]*|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*)(\.(0|[1-9][0-9]*|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*))*)?(\+[0-9a-zA-Z-]+(\.[0-9a-zA-Z-]+)*)?\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex SemanticVersion();
}
