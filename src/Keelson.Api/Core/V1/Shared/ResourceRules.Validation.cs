using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>Checks names and amounts of resources.</summary>
public static partial class ResourceRules
{
    /// <summary>Upstream's text for a negative number.</summary>
    public const string NegativeError = "must be greater than or equal to 0";

    /// <summary>Upstream's text for a number that is not positive.</summary>
    public const string NotPositiveError = "must be greater than zero";

    private const string NotIntegerError = "must be an integer";

    /// <summary>An amount must not be negative.</summary>
    public static void ValidateNonnegative(Quantity amount, FieldPath path, FieldErrors errors)
    {
        if (amount.Sign < 0)
        {
            errors.Invalid(path, amount.ToString(), NegativeError);
        }
    }

    /// <summary>An amount must be more than zero.</summary>
    public static void ValidatePositive(Quantity amount, FieldPath path, FieldErrors errors)
    {
        if (amount.Sign <= 0)
        {
            errors.Invalid(path, amount.ToString(), NotPositiveError);
        }
    }

    /// <summary>An amount must suit its resource: not negative, whole where only whole units exist.</summary>
    public static void ValidateQuantity(string name, Quantity amount, FieldPath path, FieldErrors errors)
    {
        ValidateNonnegative(amount, path, errors);
        if (IsInteger(name) && amount.MilliValue % 1000 != 0)
        {
            errors.Invalid(path, amount.ToString(), NotIntegerError);
        }
    }

    /// <summary>A resource's name: a standard one or one with a prefix. True when it is valid.</summary>
    public static bool ValidateName(string name, FieldPath path, FieldErrors errors)
    {
        int before = errors.Count;
        errors.InvalidEach(path, name, ContentRules.QualifiedName(name));
        if (errors.Count == before && !name.Contains('/', StringComparison.Ordinal) && !IsStandard(name))
        {
            errors.Invalid(path, name, "must be a standard resource type or fully qualified");
        }

        return errors.Count == before;
    }

    /// <summary>The name of a resource that a container asks for.</summary>
    public static void ValidateContainerResourceName(string name, FieldPath path, FieldErrors errors)
    {
        if (IsStandardForContainers(name) && !IsHugePages(name))
        {
            return;
        }

        ValidateName(name, path, errors);
        if (!name.Contains('/', StringComparison.Ordinal))
        {
            if (!IsStandardForContainers(name))
            {
                errors.Invalid(path, name, "must be a standard resource for containers");
            }
        }
        else if (!IsNative(name) && !IsExtended(name))
        {
            errors.Invalid(path, name, "doesn't follow extended resource name standard");
        }
    }

    /// <summary>The name of a resource that a pod asks for as a whole.</summary>
    public static void ValidatePodResourceName(string name, FieldPath path, FieldErrors errors)
    {
        if (ValidateName(name, path, errors) && !IsSupportedForPods(name))
        {
            errors.NotSupported(path, name, ResourceName.Cpu, HugePagesPrefix, ResourceName.Memory);
        }
    }

    /// <summary>The name of a resource that a quota limits.</summary>
    public static void ValidateQuotaResourceName(string name, FieldPath path, FieldErrors errors)
    {
        ValidateName(name, path, errors);
        if (!name.Contains('/', StringComparison.Ordinal) && !IsStandardForQuota(name))
        {
            errors.Invalid(path, name, "must be a standard resource for quota");
        }
    }

    /// <summary>Requests, limits and claims of a container.</summary>
    internal static void ValidateContainerRequirements(
        ResourceRequirements requirements, FieldPath path, PodScope scope) =>
        ValidateRequirements(requirements, path, scope, ValidateContainerResourceName);

    /// <summary>Requests and limits of a pod as a whole.</summary>
    internal static void ValidatePodRequirements(ResourceRequirements requirements, FieldPath path, PodScope scope) =>
        ValidateRequirements(requirements, path, scope, ValidatePodResourceName);

    private static void ValidateRequirements(
        ResourceRequirements requirements,
        FieldPath path,
        PodScope scope,
        Action<string, FieldPath, FieldErrors> validateName)
    {
        if (requirements.Limits.Count + requirements.Requests.Count + requirements.Claims.Count == 0)
        {
            return;
        }

        bool hasCompute = false;
        bool hasHugePages = false;
        FieldPath limitsPath = path.Child("limits");
        FieldPath requestsPath = path.Child("requests");
        foreach ((string name, Quantity amount) in requirements.Limits)
        {
            ValidateAmount(name, amount, limitsPath.Key(name), scope, validateName);
            ValidateHugePages(name, amount, limitsPath.Key(name), scope);
            hasHugePages |= IsHugePages(name);
            hasCompute |= name is ResourceName.Cpu or ResourceName.Memory;
        }

        foreach ((string name, Quantity amount) in requirements.Requests)
        {
            ValidateAmount(name, amount, requestsPath.Key(name), scope, validateName);
            ValidateRequestAgainstLimit(name, amount, requirements.Limits, path, scope.Errors);
            ValidateHugePages(name, amount, requestsPath.Key(name), scope);
            hasHugePages |= IsHugePages(name);
            hasCompute |= name is ResourceName.Cpu or ResourceName.Memory;
        }

        if (!hasCompute && hasHugePages)
        {
            scope.Errors.Forbidden(path, "HugePages require cpu or memory");
        }

        ValidateClaims(requirements.Claims, path.Child("claims"), scope);
    }

    private static void ValidateAmount(
        string name,
        Quantity amount,
        FieldPath path,
        PodScope scope,
        Action<string, FieldPath, FieldErrors> validateName)
    {
        validateName(name, path, scope.Errors);
        ValidateQuantity(name, amount, path, scope.Errors);
    }

    private static void ValidateRequestAgainstLimit(
        string name, Quantity amount, ApiMap<Quantity> limits, FieldPath path, FieldErrors errors)
    {
        if (limits.TryGetValue(name, out Quantity limit))
        {
            // What cannot be overcommitted has to be requested in full.
            if (amount != limit && !IsOvercommitAllowed(name))
            {
                errors.Invalid(path.Child("requests"), amount.ToString(), $"must be equal to {name} limit of {limit}");
            }
            else if (amount > limit)
            {
                errors.Invalid(
                    path.Child("requests"), amount.ToString(),
                    $"must be less than or equal to {name} limit of {limit}");
            }
        }
        else if (!IsOvercommitAllowed(name))
        {
            errors.Required(path.Child("limits"), "Limit must be set for non overcommitable resources");
        }
    }

    private static void ValidateHugePages(string name, Quantity amount, FieldPath path, PodScope scope)
    {
        if (IsHugePages(name) && !scope.Options.AllowIndivisibleHugePages && !IsWholePages(name, amount))
        {
            scope.Errors.Invalid(path, amount.ToString(), $"{amount} is not positive integer multiple of {name}");
        }
    }

    internal static bool IsWholePages(string name, Quantity amount) =>
        Quantity.TryParse(name[HugePagesPrefix.Length..], out Quantity page, out _)
        && page.Sign > 0 && amount.Sign >= 0 && (amount.Nanos % page.Nanos).IsZero;

    private static void ValidateClaims(ApiList<ResourceClaim> claims, FieldPath path, PodScope scope)
    {
        if (claims.Count == 0)
        {
            return;
        }

        HashSet<string> seen = new(StringComparer.Ordinal);
        for (int i = 0; i < claims.Count; i++)
        {
            FieldPath at = path.Index(i);
            (string name, string request) = (claims[i].Name, claims[i].Request);
            if (name.Length == 0)
            {
                scope.Errors.Required(at, "");
                continue;
            }

            if (seen.Contains(name))
            {
                scope.Errors.Duplicate(at, name);
            }
            else
            {
                NoteClaim(seen, name, request, at, scope.Errors);
            }

            if (!scope.ClaimNames.Contains(name))
            {
                string known = scope.ClaimNames.Count == 0
                    ? " which is empty"
                    : ": " + string.Join(", ", scope.ClaimNames.Order(StringComparer.Ordinal));
                scope.Errors.Add(new(
                    FieldErrorReason.FieldValueNotFound,
                    at.ToString(),
                    $"Not found: {GoText.Quote(name)}: must be one of the names in pod.spec.resourceClaims{known}"));
            }
        }
    }

    private static void NoteClaim(HashSet<string> seen, string name, string request, FieldPath path, FieldErrors errors)
    {
        string key = name;
        if (request.Length > 0)
        {
            errors.InvalidEach(path.Child("request"), request, ContentRules.Dns1123Label(request));
            key += "/" + request;
        }

        if (seen.Contains(key))
        {
            errors.Duplicate(path, key);
        }
        else if (request.Length == 0)
        {
            // The whole claim after one of its requests: the request would be there twice.
            foreach (string one in seen.Where(one => one.StartsWith(name + "/", StringComparison.Ordinal)))
            {
                errors.Duplicate(path, name);
            }
        }

        seen.Add(key);
    }
}
