using Keelson.Api.Kinds;
using Keelson.Machinery.Validation;
using Policies = Keelson.Api.Core.V1.PreemptionPolicy;

namespace Keelson.Api.Scheduling.V1;

public sealed partial record PriorityClass
{
    /// <summary>Names that begin so belong to the classes of the system.</summary>
    public const string SystemPrefix = "system-";

    /// <summary>The highest priority that users may give.</summary>
    public const int HighestUserPriority = 1_000_000_000;

    /// <summary>The priority of what a cluster can't do without.</summary>
    public const int SystemClusterCritical = 2 * HighestUserPriority;

    /// <summary>The priority of what a node can't do without.</summary>
    public const int SystemNodeCritical = SystemClusterCritical + 1000;

    /// <inheritdoc cref="IKind{T}.Validate"/>
    public static void Validate(PriorityClass obj, FieldErrors errors)
    {
        if (obj.Metadata.Name.StartsWith(SystemPrefix, StringComparison.Ordinal))
        {
            if (SystemClassError(obj) is { } error)
            {
                errors.Forbidden(
                    FieldPath.Of("metadata").Child("name"),
                    $"priority class names with '{SystemPrefix}' prefix are reserved for system use only. "
                    + $"error: {error}");
            }
        }
        else if (obj.Value > HighestUserPriority)
        {
            errors.Forbidden(
                FieldPath.Of("value"), $"maximum allowed value of a user defined priority is {HighestUserPriority}");
        }

        FieldPath policy = FieldPath.Of("preemptionPolicy");
        if (obj.PreemptionPolicy is "")
        {
            errors.Required(policy, "");
        }
        else if (obj.PreemptionPolicy is not (null or Policies.PreemptLowerPriority or Policies.Never))
        {
            errors.NotSupported(policy, obj.PreemptionPolicy, Policies.PreemptLowerPriority, Policies.Never);
        }
    }

    /// <inheritdoc cref="IKind{T}.ValidateUpdate"/>
    public static void ValidateUpdate(PriorityClass obj, PriorityClass old, FieldErrors errors)
    {
        if (obj.Value != old.Value)
        {
            errors.Forbidden(FieldPath.Of("value"), "may not be changed in an update.");
        }

        if (obj.PreemptionPolicy != old.PreemptionPolicy)
        {
            errors.InvalidRaw(
                FieldPath.Of("preemptionPolicy"),
                obj.PreemptionPolicy is { } changed ? FieldErrors.Quote(changed) : "null",
                "field is immutable");
        }
    }

    private static string? SystemClassError(PriorityClass obj)
    {
        int? value = obj.Metadata.Name switch
        {
            "system-node-critical" => SystemNodeCritical,
            "system-cluster-critical" => SystemClusterCritical,
            _ => null,
        };
        return value is null ? $"{obj.Metadata.Name} is not a known system priority class"
            : obj.Value != value ? $"value of {obj.Metadata.Name} PriorityClass must be {value}"
            : obj.GlobalDefault ? $"globalDefault of {obj.Metadata.Name} PriorityClass must be false"
            : null;
    }
}
