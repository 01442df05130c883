using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

public sealed partial record ResourceQuota
{
    /// <inheritdoc/>
    public static void Validate(ResourceQuota obj, FieldErrors errors)
    {
        ResourceQuotaSpecRules.Validate(obj.Spec, FieldPath.Of("spec"), errors);
        ValidateStatus(obj.Status, errors);
    }

    /// <inheritdoc/>
    public static void ValidateUpdate(ResourceQuota obj, ResourceQuota old, FieldErrors errors)
    {
        ObjectMetaRules.ValidateUpdate(obj.Metadata, old.Metadata, ObjectMetaRules.Path, errors);
        ResourceQuotaSpecRules.Validate(obj.Spec, FieldPath.Of("spec"), errors);
        if (!new HashSet<string>(obj.Spec.Scopes).SetEquals(old.Spec.Scopes))
        {
            errors.InvalidRaw(FieldPath.Of("spec").Child("scopes"), ErrorValue.Json(obj.Spec.Scopes), "field is immutable");
        }
    }

    private static void ValidateStatusUpdate(ResourceQuota obj, ResourceQuota old, FieldErrors errors)
    {
        ObjectMetaRules.ValidateUpdate(obj.Metadata, old.Metadata, ObjectMetaRules.Path, errors);
        if (obj.Metadata.ResourceVersion.Length == 0)
        {
            errors.Required(FieldPath.Of("resourceVersion"), "");
        }

        ValidateStatus(obj.Status, errors);
    }

    private static void ValidateStatus(ResourceQuotaStatus status, FieldErrors errors)
    {
        FieldPath path = FieldPath.Of("status");
        ResourceQuotaSpecRules.ValidateAmounts(status.Hard, path.Child("hard"), errors);
        ResourceQuotaSpecRules.ValidateAmounts(status.Used, path.Child("used"), errors);
    }
}

/// <summary>The rules on what a quota limits, and for which objects.</summary>
internal static class ResourceQuotaSpecRules
{
    private const string Unsupported = "unsupported scope";
    private const string NotForResource = "unsupported scope applied to resource";
    private const string Conflicting = "conflicting scopes";

    private static readonly (string One, string Other)[] Exclusive =
    [
        (ResourceQuotaScope.BestEffort, ResourceQuotaScope.NotBestEffort),
        (ResourceQuotaScope.NotTerminating, ResourceQuotaScope.Terminating),
    ];

    /// <summary>The whole spec.</summary>
    public static void Validate(ResourceQuotaSpec spec, FieldPath path, FieldErrors errors)
    {
        ValidateAmounts(spec.Hard, path.Child("hard"), errors);
        if (spec.Scopes.Count > 0)
        {
            ValidateScopes(spec, path.Child("scopes"), errors);
        }

        if (spec.ScopeSelector is { } selector)
        {
            ValidateSelector(spec, selector, path.Child("scopeSelector").Child("matchExpressions"), errors);
        }
    }

    /// <summary>Names and amounts of resources.</summary>
    public static void ValidateAmounts(ApiMap<Quantity> amounts, FieldPath path, FieldErrors errors)
    {
        foreach (KeyValuePair<string, Quantity> amount in amounts)
        {
            ResourceRules.ValidateQuotaResourceName(amount.Key, path.Key(amount.Key), errors);
            ResourceRules.ValidateQuantity(amount.Key, amount.Value, path.Key(amount.Key), errors);
        }
    }

    private static void ValidateScopes(ResourceQuotaSpec spec, FieldPath path, FieldErrors errors)
    {
        string rendered = ErrorValue.Json(spec.Scopes);
        foreach (string scope in spec.Scopes)
        {
            if (!IsStandardScope(scope))
            {
                errors.InvalidRaw(path, rendered, Unsupported);
            }

            foreach (string _ in Misapplied(scope, spec.Hard))
            {
                errors.InvalidRaw(path, rendered, NotForResource);
            }
        }

        ValidateConflicts(spec.Scopes, spec, path, errors);
    }

    private static void ValidateSelector(ResourceQuotaSpec spec, ScopeSelector selector, FieldPath path, FieldErrors errors)
    {
        foreach (ScopedResourceSelectorRequirement requirement in selector.MatchExpressions)
        {
            if (!IsStandardScope(requirement.ScopeName))
            {
                errors.Invalid(path.Child("scopeName"), requirement.ScopeName, Unsupported);
            }

            foreach (string _ in Misapplied(requirement.ScopeName, spec.Hard))
            {
                errors.InvalidRaw(path, Render(selector), NotForResource);
            }

            bool onlyExists = requirement.ScopeName is ResourceQuotaScope.BestEffort or ResourceQuotaScope.NotBestEffort
                or ResourceQuotaScope.Terminating or ResourceQuotaScope.NotTerminating or ResourceQuotaScope.CrossNamespacePodAffinity;
            if (onlyExists && requirement.Operator != ScopeSelectorOperator.Exists)
            {
                errors.Invalid(path.Child("operator"), requirement.Operator, "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity");
            }

            ValidateOperator(requirement, path, errors);
        }

        ValidateConflicts(selector.MatchExpressions.Select(one => one.ScopeName), spec, path, errors);
    }

    private static void ValidateOperator(ScopedResourceSelectorRequirement requirement, FieldPath path, FieldErrors errors)
    {
        switch (requirement.Operator)
        {
            case ScopeSelectorOperator.In or ScopeSelectorOperator.NotIn:
                if (requirement.Values.Count == 0)
                {
                    errors.Required(path.Child("values"), "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector");
                }

                break;
            case ScopeSelectorOperator.Exists or ScopeSelectorOperator.DoesNotExist:
                if (requirement.Values.Count > 0)
                {
                    errors.InvalidRaw(path.Child("values"), ErrorValue.Json(requirement.Values), "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector");
                }

                break;
            default:
                errors.Invalid(path.Child("operator"), requirement.Operator, "not a valid selector operator");
                break;
        }
    }

    private static void ValidateConflicts(IEnumerable<string> scopes, ResourceQuotaSpec spec, FieldPath path, FieldErrors errors)
    {
        HashSet<string> set = [.. scopes];
        foreach ((string one, string other) in Exclusive)
        {
            if (set.Contains(one) && set.Contains(other))
            {
                errors.InvalidRaw(path, spec.Scopes.IsAbsent ? "null" : ErrorValue.Json(spec.Scopes), Conflicting);
            }
        }
    }

    private static bool IsStandardScope(string scope) => scope is ResourceQuotaScope.Terminating or ResourceQuotaScope.NotTerminating
        or ResourceQuotaScope.BestEffort or ResourceQuotaScope.NotBestEffort or ResourceQuotaScope.PriorityClass
        or ResourceQuotaScope.CrossNamespacePodAffinity or ResourceQuotaScope.VolumeAttributesClass;

    /// <summary>The limited resources that the scope says nothing about.</summary>
    private static IEnumerable<string> Misapplied(string scope, ApiMap<Quantity> hard) =>
        hard.Keys.Where(name => ResourceRules.IsStandardForQuota(name) && !Applies(scope, name));

    private static bool Applies(string scope, string resource) => scope switch
    {
        ResourceQuotaScope.BestEffort => resource == "pods",
        ResourceQuotaScope.Terminating or ResourceQuotaScope.NotTerminating or ResourceQuotaScope.NotBestEffort
            or ResourceQuotaScope.PriorityClass or ResourceQuotaScope.CrossNamespacePodAffinity =>
            resource is "pods" or "cpu" or "memory" or "limits.cpu" or "limits.memory" or "requests.cpu" or "requests.memory",
        ResourceQuotaScope.VolumeAttributesClass => resource is "persistentvolumeclaims" or "requests.storage",
        _ => true,
    };

    private static string Render(ScopeSelector selector) => ErrorValue.Object(("MatchExpressions", ErrorValue.List(
    [
        .. selector.MatchExpressions.Select(one => ErrorValue.Object(
            ("ScopeName", ErrorValue.Json(one.ScopeName)),
            ("Operator", ErrorValue.Json(one.Operator)),
            ("Values", one.Values.IsAbsent ? "null" : ErrorValue.Json(one.Values)))),
    ])));
}
