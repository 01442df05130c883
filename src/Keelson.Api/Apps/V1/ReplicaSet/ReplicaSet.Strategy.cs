using Keelson.Api.Kinds;

namespace Keelson.Api.Apps.V1;

public sealed partial record ReplicaSet
{
    /// <inheritdoc cref="IKind{T}.Subresources"/>
    public static IReadOnlyList<SubresourceStrategy<ReplicaSet>> Subresources { get; } =
        [new("status", PrepareStatus, ValidateStatus, ["spec"])];

    /// <inheritdoc cref="IKind{T}.ResetFields"/>
    public static IReadOnlyList<string> ResetFields { get; } = ["status"];

    /// <inheritdoc cref="IKind{T}.PrepareForCreate"/>
    public static ReplicaSet PrepareForCreate(ReplicaSet obj, WriteContext context) => obj with
    {
        Metadata = WorkloadRules.FirstGeneration(obj.Metadata),
        Status = ReplicaSetStatus.Empty,
    };

    /// <inheritdoc cref="IKind{T}.PrepareForUpdate"/>
    public static ReplicaSet PrepareForUpdate(ReplicaSet obj, ReplicaSet old, WriteContext context) => obj with
    {
        Metadata = WorkloadRules.NextGeneration(obj.Metadata, old.Metadata, !obj.Spec.Equals(old.Spec)),
        Status = old.Status,
    };

    /// <inheritdoc cref="IKind{T}.Warnings"/>
    public static IEnumerable<string> Warnings(ReplicaSet obj, ReplicaSet? old) =>
        WorkloadRules.Warnings(obj, old, obj.Spec.Template, warnsOfName: true);

    private static ReplicaSet PrepareStatus(ReplicaSet obj, ReplicaSet old, WriteContext context) => obj with
    {
        Metadata = WorkloadRules.NextGeneration(obj.Metadata, old.Metadata, changed: false),
        Spec = old.Spec,
    };
}
