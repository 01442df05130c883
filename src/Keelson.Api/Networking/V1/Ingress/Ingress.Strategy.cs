using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.Networking.V1;

public sealed partial record Ingress
{
    internal const string ClassAnnotation = "kubernetes.io/ingress.class";

    /// <inheritdoc/>
    public static IReadOnlyList<string> ResetFields { get; } = ["status"];

    /// <inheritdoc/>
    public static IReadOnlyList<SubresourceStrategy<Ingress>> Subresources { get; } =
    [
        new("status", static (obj, old, _) => obj with { Spec = old.Spec }, ValidateStatusUpdate, ["spec"]),
    ];

    /// <inheritdoc/>
    public static Ingress PrepareForCreate(Ingress obj, WriteContext context) =>
        obj with { Metadata = ObjectMetaStrategy.Created(obj.Metadata), Status = IngressStatus.Empty };

    /// <inheritdoc/>
    public static Ingress PrepareForUpdate(Ingress obj, Ingress old, WriteContext context) => obj with
    {
        Metadata = ObjectMetaStrategy.Updated(obj.Metadata, old.Metadata, obj.Spec != old.Spec),
        Status = old.Status,
    };

    /// <inheritdoc/>
    public static IEnumerable<string> Warnings(Ingress obj, Ingress? old)
    {
        if (old is null && obj.Spec.IngressClassName is null && obj.Metadata.Annotations.ContainsKey(ClassAnnotation))
        {
            yield return $"annotation \"{ClassAnnotation}\" is deprecated, please use 'spec.ingressClassName' instead";
        }
    }
}
