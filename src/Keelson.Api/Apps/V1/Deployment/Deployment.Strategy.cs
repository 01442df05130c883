using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Validation;

namespace Keelson.Api.Apps.V1;

public sealed partial record Deployment
{
    /// <inheritdoc cref="IKind{T}.Subresources"/>
    public static IReadOnlyList<SubresourceStrategy<Deployment>> Subresources { get; } =
        [new("status", PrepareStatus, ValidateStatus, ["spec", "metadata.labels"])];

    /// <inheritdoc cref="IKind{T}.ResetFields"/>
    public static IReadOnlyList<string> ResetFields { get; } = ["status"];

    /// <inheritdoc cref="IKind{T}.PrepareForCreate"/>
    public static Deployment PrepareForCreate(Deployment obj, WriteContext context) => obj with
    {
        Metadata = WorkloadRules.FirstGeneration(obj.Metadata),
        Status = DeploymentStatus.Empty,
    };

    /// <summary>Annotations count as a change, too: a rollback to a revision used to be asked for in one.</summary>
    public static Deployment PrepareForUpdate(Deployment obj, Deployment old, WriteContext context)
    {
        bool changed = !obj.Spec.Equals(old.Spec) || obj.Metadata.Annotations != old.Metadata.Annotations;
        return obj with
        {
            Metadata = WorkloadRules.NextGeneration(obj.Metadata, old.Metadata, changed),
            Status = old.Status,
        };
    }

    /// <inheritdoc cref="IKind{T}.Warnings"/>
    public static IEnumerable<string> Warnings(Deployment obj, Deployment? old) =>
        WorkloadRules.Warnings(obj, old, obj.Spec.Template, warnsOfName: true);

    private static Deployment PrepareStatus(Deployment obj, Deployment old, WriteContext context) => obj with
    {
        Metadata = WorkloadRules.NextGeneration(
            obj.Metadata with { Labels = old.Metadata.Labels }, old.Metadata, changed: false),
        Spec = old.Spec,
    };
}
