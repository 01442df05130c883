using Keelson.Api.Apps.V1;
using Keelson.Api.Kinds;

namespace Keelson.Api.Policy.V1;

public sealed partial record PodDisruptionBudget
{
    /// <inheritdoc cref="IKind{T}.Subresources"/>
    public static IReadOnlyList<SubresourceStrategy<PodDisruptionBudget>> Subresources { get; } =
        [new("status", PrepareStatus, ValidateStatus, ["spec"])];

    /// <inheritdoc cref="IKind{T}.ResetFields"/>
    public static IReadOnlyList<string> ResetFields { get; } = ["status"];

    /// <inheritdoc cref="IKind{T}.AllowUnconditionalUpdate"/>
    public static bool AllowUnconditionalUpdate => false;

    /// <inheritdoc cref="IKind{T}.PrepareForCreate"/>
    public static PodDisruptionBudget PrepareForCreate(PodDisruptionBudget obj, WriteContext context) => obj with
    {
        Metadata = WorkloadRules.FirstGeneration(obj.Metadata),
        Status = PodDisruptionBudgetStatus.Empty,
    };

    /// <inheritdoc cref="IKind{T}.PrepareForUpdate"/>
    public static PodDisruptionBudget PrepareForUpdate(
        PodDisruptionBudget obj, PodDisruptionBudget old, WriteContext context) =>
        obj with
        {
            Metadata = WorkloadRules.NextGeneration(obj.Metadata, old.Metadata, !obj.Spec.Equals(old.Spec)),
            Status = old.Status,
        };

    private static PodDisruptionBudget PrepareStatus(
        PodDisruptionBudget obj, PodDisruptionBudget old, WriteContext context) =>
        obj with
        {
            Metadata = WorkloadRules.NextGeneration(obj.Metadata, old.Metadata, changed: false),
            Spec = old.Spec,
        };
}
