using Keelson.Api.Kinds;
using Keelson.Machinery.Validation;

namespace Keelson.Api.Autoscaling.V2;

public sealed partial record HorizontalPodAutoscaler
{
    /// <inheritdoc cref="IKind{T}.Subresources"/>
    public static IReadOnlyList<SubresourceStrategy<HorizontalPodAutoscaler>> Subresources { get; } =
        [new("status", PrepareStatus, ValidateStatus, ["spec"])];

    /// <inheritdoc cref="IKind{T}.ResetFields"/>
    public static IReadOnlyList<string> ResetFields { get; } = ["status"];

    /// <inheritdoc cref="IKind{T}.PrepareForCreate"/>
    public static HorizontalPodAutoscaler PrepareForCreate(HorizontalPodAutoscaler obj, WriteContext context) =>
        obj with { Status = HorizontalPodAutoscalerStatus.Empty };

    /// <inheritdoc cref="IKind{T}.PrepareForUpdate"/>
    public static HorizontalPodAutoscaler PrepareForUpdate(
        HorizontalPodAutoscaler obj,
        HorizontalPodAutoscaler old,
        WriteContext context) => obj with { Status = old.Status };

    internal static HorizontalPodAutoscaler PrepareStatus(
        HorizontalPodAutoscaler obj, HorizontalPodAutoscaler old, WriteContext context) => obj with { Spec = old.Spec };

    internal static void ValidateStatus(HorizontalPodAutoscaler obj, HorizontalPodAutoscaler old, FieldErrors errors)
    {
        FieldPath path = FieldPath.Of("status");
        errors.NonNegative(path.Child("currentReplicas"), obj.Status.CurrentReplicas);
        errors.NonNegative(path.Child("desiredReplicas"), obj.Status.DesiredReplicas);
    }
}
