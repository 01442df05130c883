using Keelson.Api.Kinds;
using Keelson.Machinery.Validation;

namespace Keelson.Api.Core.V1;

public sealed partial record Node
{
    /// <inheritdoc/>
    public static IReadOnlyList<string> ResetFields { get; } = ["status"];

    /// <inheritdoc/>
    public static IReadOnlyList<SelectableField<Node>> SelectableFields { get; } =
        [new("spec.unschedulable", obj => obj.Spec.Unschedulable ? "true" : "false")];

    /// <inheritdoc/>
    public static IReadOnlyList<SubresourceStrategy<Node>> Subresources { get; } =
    [
        new("status", static (obj, old, _) => DropStatusConfig(obj with { Spec = old.Spec }, old), ValidateChange, ["spec"]),
    ];

    /// <summary>A node brings its status along when it registers.</summary>
    public static Node PrepareForCreate(Node obj, WriteContext context) => DropStatusConfig(DropConfigSource(obj, null), null);

    /// <inheritdoc/>
    public static Node PrepareForUpdate(Node obj, Node old, WriteContext context) =>
        DropConfigSource(obj with { Status = old.Status }, old);

    /// <inheritdoc/>
    public static IEnumerable<string> Warnings(Node obj, Node? old)
    {
        if (obj.Spec.ConfigSource is not null)
        {
            yield return "spec.configSource: the feature is removed";
        }

        if (obj.Spec.ExternalID.Length > 0)
        {
            yield return "spec.externalID: this field is deprecated, and is unused by Kubernetes";
        }

        FieldPath path = FieldPath.Of("spec").Child("podCIDRs");
        for (int i = 0; i < obj.Spec.PodCIDRs.Count; i++)
        {
            foreach (string warning in ContentRules.CidrWarnings(path.Index(i), obj.Spec.PodCIDRs[i]))
            {
                yield return warning;
            }
        }
    }

    /// <summary>Configuration of the node agent through the API is gone; what is stored stays.</summary>
    private static Node DropConfigSource(Node obj, Node? old) => obj.Spec.ConfigSource is not null && old?.Spec.ConfigSource is null
        ? obj with { Spec = obj.Spec with { ConfigSource = null } }
        : obj;

    private static Node DropStatusConfig(Node obj, Node? old) => obj.Status.Config is not null && old?.Status.Config is null
        ? obj with { Status = obj.Status with { Config = null } }
        : obj;
}
