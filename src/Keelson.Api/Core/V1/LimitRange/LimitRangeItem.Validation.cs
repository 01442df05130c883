using System.Globalization;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>The rules on the limits of one type of object.</summary>
internal static class LimitRangeItemRules
{
    /// <summary>Amounts up to here keep their thousandths when a ratio is computed: (2^63 - 1) / 1000.</summary>
    private const long MaxMilliValue = long.MaxValue / 1000;

    /// <summary>A standard type, or one of somebody's own with a prefix.</summary>
    public static void ValidateType(string type, FieldPath path, FieldErrors errors)
    {
        int before = errors.Count;
        foreach (string message in ContentRules.QualifiedName(type))
        {
            errors.Invalid(path, type, message);
        }

        if (errors.Count == before && !type.Contains('/', StringComparison.Ordinal)
            && type is not (LimitType.Pod or LimitType.Container or LimitType.PersistentVolumeClaim))
        {
            errors.Invalid(path, type, "must be a standard limit type or fully qualified");
        }
    }

    /// <summary>Names of resources, then the amounts of each against each other.</summary>
    public static void Validate(LimitRangeItem item, FieldPath path, FieldErrors errors)
    {
        SortedSet<string> names = new(StringComparer.Ordinal);
        ValidateNames(item.Type, item.Max, path.Child("max"), names, errors);
        ValidateNames(item.Type, item.Min, path.Child("min"), names, errors);
        bool pod = item.Type == LimitType.Pod;
        if (pod && item.Default.Count > 0)
        {
            errors.Forbidden(path.Child("default"), "may not be specified when `type` is 'Pod'");
        }

        if (pod && item.DefaultRequest.Count > 0)
        {
            errors.Forbidden(path.Child("defaultRequest"), "may not be specified when `type` is 'Pod'");
        }

        if (!pod)
        {
            ValidateNames(item.Type, item.Default, path.Child("default"), names, errors);
            ValidateNames(item.Type, item.DefaultRequest, path.Child("defaultRequest"), names, errors);
        }

        if (item.Type == LimitType.PersistentVolumeClaim && !item.Min.ContainsKey("storage") && !item.Max.ContainsKey("storage"))
        {
            errors.Required(path.Child("limits"), "either minimum or maximum storage value is required, but neither was provided");
        }

        ValidateNames(item.Type, item.MaxLimitRequestRatio, path.Child("maxLimitRequestRatio"), names, errors);
        LimitRangeItem compared = pod ? item with { Default = default, DefaultRequest = default } : item;
        foreach (string name in names)
        {
            ValidateAmounts(name, compared, path, errors);
        }
    }

    private static void ValidateNames(
        string type, ApiMap<Quantity> amounts, FieldPath path, SortedSet<string> names, FieldErrors errors)
    {
        foreach (KeyValuePair<string, Quantity> amount in amounts)
        {
            if (type is LimitType.Pod or LimitType.Container)
            {
                ResourceRules.ValidateContainerResourceName(amount.Key, path.Key(amount.Key), errors);
            }
            else
            {
                ResourceRules.ValidateName(amount.Key, path.Key(amount.Key), errors);
            }

            names.Add(amount.Key);
        }
    }

    private static void ValidateAmounts(string name, LimitRangeItem item, FieldPath path, FieldErrors errors)
    {
        Quantity? min = Get(item.Min, name);
        Quantity? max = Get(item.Max, name);
        Quantity? limit = Get(item.Default, name);
        Quantity? request = Get(item.DefaultRequest, name);
        if (min > max)
        {
            errors.Invalid(path.Child("min").Key(name), min.ToString(), $"min value {min} is greater than max value {max}");
        }

        FieldPath requestPath = path.Child("defaultRequest").Key(name);
        if (min > request)
        {
            errors.Invalid(requestPath, request.ToString(), $"min value {min} is greater than default request value {request}");
        }

        if (request > max)
        {
            errors.Invalid(requestPath, request.ToString(), $"default request value {request} is greater than max value {max}");
        }

        if (request > limit)
        {
            errors.Invalid(requestPath, request.ToString(), $"default request value {request} is greater than default limit value {limit}");
        }

        if (min > limit)
        {
            errors.Invalid(path.Child("default").Key(name), min.ToString(), $"min value {min} is greater than default value {limit}");
        }

        if (limit > max)
        {
            errors.Invalid(path.Child("default").Key(name), max.ToString(), $"default value {limit} is greater than max value {max}");
        }

        ValidateRatio(name, item, min, max, path, errors);
        if (limit is not null && request is not null && limit != request && !ResourceRules.IsOvercommitAllowed(name))
        {
            errors.Invalid(requestPath, request.ToString(), $"default value {limit} must equal to defaultRequest value {request} in {name}");
        }
    }

    private static void ValidateRatio(
        string name, LimitRangeItem item, Quantity? min, Quantity? max, FieldPath path, FieldErrors errors)
    {
        if (Get(item.MaxLimitRequestRatio, name) is not { } ratio)
        {
            return;
        }

        FieldPath at = path.Child("maxLimitRequestRatio").Key(name);
        if (ratio < Quantity.FromValue(1))
        {
            errors.Invalid(at, ratio.ToString(), $"ratio {ratio} is less than 1");
        }

        if (min is not { } least || max is not { } most)
        {
            return;
        }

        bool milli = ratio.Value < MaxMilliValue && least.Value < MaxMilliValue && most.Value < MaxMilliValue;
        double wanted = milli ? ratio.MilliValue / 1000d : ratio.Value;
        double possible = milli ? (double)most.MilliValue / least.MilliValue : (double)most.Value / least.Value;
        if (wanted > possible)
        {
            string text = possible.ToString("F6", CultureInfo.InvariantCulture);
            errors.Invalid(at, ratio.ToString(), $"ratio {ratio} is greater than max/min = {text}");
        }
    }

    private static Quantity? Get(ApiMap<Quantity> amounts, string name) =>
        amounts.TryGetValue(name, out Quantity amount) ? amount : null;
}
