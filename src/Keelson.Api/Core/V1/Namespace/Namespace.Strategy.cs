using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

public sealed partial record Namespace
{
    /// <inheritdoc/>
    public static IReadOnlyList<string> ResetFields { get; } = ["status"];

    /// <inheritdoc/>
    public static IReadOnlyList<SelectableField<Namespace>> SelectableFields { get; } =
        [new("status.phase", obj => obj.Status.Phase)];

    /// <inheritdoc/>
    public static IReadOnlyList<SubresourceStrategy<Namespace>> Subresources { get; } =
    [
        new("status", static (obj, old, _) => obj with { Spec = old.Spec }, ValidateStatusUpdate, ["spec"]),
        new("finalize", static (obj, old, _) => obj with { Status = old.Status }, ValidateFinalizeUpdate, ["status"]),
    ];

    /// <summary>A new namespace is active, and Kubernetes has to clean up behind it.</summary>
    public static Namespace PrepareForCreate(Namespace obj, WriteContext context)
    {
        obj = SetNameLabel(obj) with { Status = NamespaceStatus.Empty with { Phase = NamespacePhase.Active } };
        return obj.Spec.Finalizers.AsSpan().Contains(FinalizerName.Kubernetes)
            ? obj
            : obj with { Spec = obj.Spec with { Finalizers = obj.Spec.Finalizers.Add(FinalizerName.Kubernetes) } };
    }

    /// <inheritdoc/>
    public static Namespace PrepareForUpdate(Namespace obj, Namespace old, WriteContext context) =>
        obj with { Spec = obj.Spec with { Finalizers = old.Spec.Finalizers }, Status = old.Status };

    /// <inheritdoc/>
    public static IEnumerable<string> NameErrors(string name, bool isPrefix) => NameRules.DnsLabel(name, isPrefix);
}
