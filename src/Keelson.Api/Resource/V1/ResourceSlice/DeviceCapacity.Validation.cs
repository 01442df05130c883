using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Resource.V1;

internal static partial class DeviceRules
{
    private const int MaxValidValues = 10;

    private static void ValidateCapacities(Device device, FieldPath path, FieldErrors errors)
    {
        foreach (KeyValuePair<string, DeviceCapacity> pair in device.Capacity)
        {
            DeviceNames.ValidateQualified(pair.Key, path, errors);
            FieldPath policyPath = path.Key(DeviceNames.Shortened(pair.Key)).Child("requestPolicy");
            if (pair.Value.RequestPolicy is not { } policy)
            {
                continue;
            }

            if (device.AllowMultipleAllocations is not true)
            {
                errors.Forbidden(policyPath, "allowMultipleAllocations must be true");
            }
            else
            {
                ValidatePolicy(pair.Value.Value, policy, policyPath, errors);
            }
        }
    }

    private static void ValidatePolicy(Quantity capacity, CapacityRequestPolicy policy, FieldPath path, FieldErrors errors)
    {
        bool hasValues = policy.ValidValues.Count > 0;
        if (hasValues && policy.ValidRange is not null)
        {
            errors.Forbidden(
                path, "exactly one policy can be specified, cannot specify \"validValues\" and \"validRange\" at the same time");
            return;
        }

        if (!hasValues && policy.ValidRange is null)
        {
            return;
        }

        if (policy.Default is not { } usual)
        {
            errors.Required(
                path.Child("default"), hasValues ? "required when validValues is defined" : "required when validRange is defined");
        }
        else if (hasValues)
        {
            ValidateValues(usual, capacity, policy.ValidValues, path.Child("validValues"), errors);
        }
        else
        {
            ValidateRange(usual, capacity, policy.ValidRange!, path.Child("validRange"), errors);
        }
    }

    private static void ValidateValues(
        Quantity usual, Quantity capacity, ApiList<Quantity> values, FieldPath path, FieldErrors errors)
    {
        for (int i = 1; i < values.Count; i++)
        {
            if (values[i - 1] > values[i])
            {
                errors.Invalid(path.Index(i), values[i].ToString(), "values must be sorted in ascending order");
            }
        }

        DeviceNames.ValidateSet(
            values,
            MaxValidValues,
            path,
            errors,
            ((one, at, all) =>
            {
                if (one > capacity)
                {
                    all.Invalid(at, one.ToString(), $"option is larger than capacity value: {capacity}");
                }
            },
                static one => one.Value.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        if (values.Count > MaxValidValues || !values.AsSpan().Contains(usual))
        {
            errors.Invalid(path, usual.ToString(), "default value is not valid according to the requestPolicy");
        }
    }

    private static void ValidateRange(
        Quantity usual, Quantity capacity, CapacityRequestPolicyRange range, FieldPath path, FieldErrors errors)
    {
        if (range.Min is not { } min)
        {
            errors.Required(path.Child("min"), "required when validRange is defined");
            return;
        }

        if (min > capacity)
        {
            errors.Invalid(path.Child("min"), min.ToString(), $"min is larger than capacity value: {capacity}");
        }

        if (usual < min)
        {
            errors.Invalid(path.Child("default"), usual.ToString(), $"default is less than min: {min}");
        }

        if (range.Max is { } max)
        {
            if (min > max)
            {
                errors.Invalid(path.Child("max"), min.ToString(), $"min is larger than max: {max}");
            }

            if (max > capacity)
            {
                errors.Invalid(path.Child("max"), max.ToString(), $"max is larger than capacity value: {capacity}");
            }

            if (usual > max)
            {
                errors.Invalid(path.Child("default"), usual.ToString(), $"default is more than max: {max}");
            }
        }

        if (range.Step is { } step)
        {
            ValidateStep(usual, capacity, (min, range.Max, step), path.Child("step"), errors);
        }
    }

    private static void ValidateStep(
        Quantity usual, Quantity capacity, (Quantity Min, Quantity? Max, Quantity Step) range, FieldPath path, FieldErrors errors)
    {
        if (range.Step.Sign <= 0)
        {
            errors.Invalid(path, range.Step.ToString(), "must be greater than zero");
            return;
        }

        Quantity second = range.Min + range.Step;
        if (second > capacity)
        {
            errors.Invalid(path, range.Step.ToString(), $"one step {second} is larger than capacity value: {capacity}");
        }

        // Whole numbers count here, as upstream rounds amounts up to them.
        foreach (Quantity? amount in (ReadOnlySpan<Quantity?>)[usual, range.Max])
        {
            if (amount is { } one && range.Step.Value != 0 && (one.Value - range.Min.Value) % range.Step.Value != 0)
            {
                errors.Invalid(
                    path, one.ToString(), $"value is not a multiple of a given step ({range.Step}) from ({range.Min})");
            }
        }
    }
}
