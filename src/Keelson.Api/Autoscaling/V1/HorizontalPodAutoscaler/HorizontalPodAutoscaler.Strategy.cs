using Keelson.Api.Kinds;
using Keelson.Machinery.Validation;
using Stored = Keelson.Api.Autoscaling.V2.HorizontalPodAutoscaler;

namespace Keelson.Api.Autoscaling.V1;

/// <summary>Whatever happens to this version happens to the stored one.</summary>
public sealed partial record HorizontalPodAutoscaler
{
    /// <inheritdoc cref="IKind{T}.Subresources"/>
    public static IReadOnlyList<SubresourceStrategy<HorizontalPodAutoscaler>> Subresources { get; } =
        [new("status", PrepareStatus, ValidateStatus, ["spec"])];

    /// <inheritdoc cref="IKind{T}.ResetFields"/>
    public static IReadOnlyList<string> ResetFields { get; } = ["status"];

    /// <inheritdoc cref="IKind{T}.Columns"/>
    public static IReadOnlyList<TableColumn> Columns => Stored.Columns;

    /// <inheritdoc cref="IKind{T}.Cells"/>
    public static object?[] Cells(HorizontalPodAutoscaler obj, TableContext context) =>
        Stored.Cells(ToStored(obj), context);

    /// <summary>What the stored version makes of the object counts: the default metric, annotations in order.</summary>
    public static HorizontalPodAutoscaler SetDefaults(HorizontalPodAutoscaler obj) => FromStored(ToStored(
        obj.Spec.MinReplicas is null ? obj with { Spec = obj.Spec with { MinReplicas = 1 } } : obj));

    /// <inheritdoc cref="IKind{T}.PrepareForCreate"/>
    public static HorizontalPodAutoscaler PrepareForCreate(HorizontalPodAutoscaler obj, WriteContext context) =>
        FromStored(Stored.PrepareForCreate(ToStored(obj), context));

    /// <inheritdoc cref="IKind{T}.PrepareForUpdate"/>
    public static HorizontalPodAutoscaler PrepareForUpdate(
        HorizontalPodAutoscaler obj, HorizontalPodAutoscaler old, WriteContext context) =>
        FromStored(Stored.PrepareForUpdate(ToStored(obj), ToStored(old), context));

    /// <inheritdoc cref="IKind{T}.Validate"/>
    public static void Validate(HorizontalPodAutoscaler obj, FieldErrors errors) =>
        Stored.Validate(ToStored(obj), errors);

    /// <inheritdoc cref="IKind{T}.ValidateUpdate"/>
    public static void ValidateUpdate(HorizontalPodAutoscaler obj, HorizontalPodAutoscaler old, FieldErrors errors) =>
        Stored.ValidateUpdate(ToStored(obj), ToStored(old), errors);

    private static HorizontalPodAutoscaler PrepareStatus(
        HorizontalPodAutoscaler obj, HorizontalPodAutoscaler old, WriteContext context) =>
        FromStored(Stored.PrepareStatus(ToStored(obj), ToStored(old), context));

    private static void ValidateStatus(HorizontalPodAutoscaler obj, HorizontalPodAutoscaler old, FieldErrors errors) =>
        Stored.ValidateStatus(ToStored(obj), ToStored(old), errors);
}
