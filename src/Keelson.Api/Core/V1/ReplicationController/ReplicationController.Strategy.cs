using System.Globalization;
using Keelson.Api.Apps.V1;
using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

public sealed partial record ReplicationController
{
    /// <inheritdoc cref="IKind{T}.Subresources"/>
    public static IReadOnlyList<SubresourceStrategy<ReplicationController>> Subresources { get; } =
        [new("status", PrepareStatus, ValidateStatus, ["spec"])];

    /// <inheritdoc cref="IKind{T}.ResetFields"/>
    public static IReadOnlyList<string> ResetFields { get; } = ["status"];

    /// <inheritdoc cref="IKind{T}.SelectableFields"/>
    public static IReadOnlyList<SelectableField<ReplicationController>> SelectableFields { get; } =
        [new("status.replicas", static obj => obj.Status.Replicas.ToString(CultureInfo.InvariantCulture))];

    /// <summary>Kept from the days before garbage collection: pods stay unless the client says otherwise.</summary>
    public static string DefaultPropagation => "Orphan";

    /// <inheritdoc cref="IKind{T}.PrepareForCreate"/>
    public static ReplicationController PrepareForCreate(ReplicationController obj, WriteContext context) => obj with
    {
        Metadata = WorkloadRules.FirstGeneration(obj.Metadata),
        Status = ReplicationControllerStatus.Empty,
    };

    /// <inheritdoc cref="IKind{T}.PrepareForUpdate"/>
    public static ReplicationController PrepareForUpdate(
        ReplicationController obj, ReplicationController old, WriteContext context) => obj with
        {
            Metadata = WorkloadRules.NextGeneration(obj.Metadata, old.Metadata, !obj.Spec.Equals(old.Spec)),
            Status = old.Status,
        };

    /// <inheritdoc cref="IKind{T}.Warnings"/>
    public static IEnumerable<string> Warnings(ReplicationController obj, ReplicationController? old)
    {
        if (obj.Spec.Template is { } template)
        {
            return WorkloadRules.Warnings(obj, old, template, warnsOfName: true);
        }

        return old is null ? WorkloadRules.NameWarnings(obj.Metadata.Name) : [];
    }

    private static ReplicationController PrepareStatus(
        ReplicationController obj, ReplicationController old, WriteContext context) => obj with
        {
            Metadata = WorkloadRules.NextGeneration(obj.Metadata, old.Metadata, changed: false),
            Spec = old.Spec,
        };
}
