using System.Globalization;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

public sealed partial record ObjectFieldSelector
{
    /// <summary>Fields of the pod that environment variables may show, sorted.</summary>
    internal static readonly string[] FieldsInEnvironment =
    [
        "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName",
        "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs",
    ];

    /// <summary>Fields of the pod that files in volumes may show, sorted.</summary>
    internal static readonly string[] FieldsInVolumes =
        ["metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid"];

    internal void Validate(string[] allowed, FieldPath path, FieldErrors errors)
    {
        if (ApiVersion.Length == 0)
        {
            errors.Required(path.Child("apiVersion"), "");
            return;
        }

        if (FieldPath.Length == 0)
        {
            errors.Required(path.Child("fieldPath"), "");
            return;
        }

        (string field, string? key) = Split(FieldPath);
        if (ConversionError(field, key) is { } error)
        {
            errors.Invalid(path.Child("fieldPath"), FieldPath, "error converting fieldPath: " + error);
        }
        else if (key is not null)
        {
            string checkedKey = field == "metadata.annotations" ? key.ToLower(CultureInfo.InvariantCulture) : key;
            errors.InvalidEach(path, checkedKey, ContentRules.QualifiedName(checkedKey));
        }
        else if (!allowed.Contains(field))
        {
            errors.NotSupported(path.Child("fieldPath"), field, allowed);
        }
    }

    /// <summary>Splits <c>metadata.labels['app']</c>; a plain path has no key.</summary>
    internal static (string Field, string? Key) Split(string path)
    {
        int bracket = path.IndexOf("['", StringComparison.Ordinal);
        return bracket > 0 && path.EndsWith("']", StringComparison.Ordinal)
            ? (path[..bracket], path[(bracket + 2)..^2])
            : (path, null);
    }

    private string? ConversionError(string field, string? key)
    {
        if (ApiVersion != "v1")
        {
            return "unsupported pod version: " + ApiVersion;
        }

        if (key is not null)
        {
            return field is "metadata.annotations" or "metadata.labels"
                ? null
                : "field label does not support subscript: " + FieldPath;
        }

        bool known = FieldsInEnvironment.Contains(field) || FieldsInVolumes.Contains(field)
            || field is "spec.restartPolicy" or "spec.schedulerName" or "status.phase";
        return known ? null : "field label not supported: " + FieldPath;
    }
}

public sealed partial record ResourceFieldSelector
{
    private const string ByteDivisors = "1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei";

    private static readonly string[] Resources =
    [
        "limits.cpu", "limits.ephemeral-storage", "limits.memory",
        "requests.cpu", "requests.ephemeral-storage", "requests.memory",
    ];

    private bool IsHugePages => Resource.StartsWith("requests.hugepages-", StringComparison.Ordinal)
        || Resource.StartsWith("limits.hugepages-", StringComparison.Ordinal);

    internal void Validate(FieldPath path, bool isVolume, FieldErrors errors)
    {
        if (isVolume && ContainerName.Length == 0)
        {
            errors.Required(path.Child("containerName"), "");
        }
        else if (Resource.Length == 0)
        {
            errors.Required(path.Child("resource"), "");
        }
        else if (!Resources.Contains(Resource) && !IsHugePages)
        {
            errors.NotSupported(path.Child("resource"), Resource, Resources);
        }

        if (!Divisor.IsZero && DivisorError() is { } error)
        {
            errors.Invalid(path.Child("divisor"), Resource, error);
        }
    }

    private string? DivisorError()
    {
        string divisor = Divisor.ToString();
        bool isBytes = ByteDivisors.Split(", ").Contains(divisor);
        return Resource switch
        {
            "limits.cpu" or "requests.cpu" => divisor is "1m" or "1"
                ? null
                : "only divisor's values 1m and 1 are supported with the cpu resource",
            "limits.memory" or "requests.memory" when !isBytes =>
                $"only divisor's values {ByteDivisors} are supported with the memory resource",
            "limits.ephemeral-storage" or "requests.ephemeral-storage" when !isBytes =>
                $"only divisor's values {ByteDivisors} are supported with the local ephemeral storage resource",
            _ when IsHugePages && !isBytes =>
                $"only divisor's values {ByteDivisors} are supported with the hugepages resource",
            _ => null,
        };
    }
}
