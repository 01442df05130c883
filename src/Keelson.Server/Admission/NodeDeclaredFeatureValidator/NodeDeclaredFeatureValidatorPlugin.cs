using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Client.Nodes;

namespace Keelson.Server.Admission.NodeDeclaredFeatureValidator;

/// <summary>Refuses changes of a pod that its node can't bring in force, by what the node declares.</summary>
internal sealed class NodeDeclaredFeatureValidatorPlugin(IObjectLookup lookup) : IAdmissionPlugin
{
    public string Name => "NodeDeclaredFeatureValidator";

    public bool Handles(AdmissionOperation operation) => operation == AdmissionOperation.Update;

    public ValueTask<Status?> ValidateAsync(AdmissionContext context, CancellationToken cancellationToken) =>
        new(Refusal(context));

    private Status? Refusal(AdmissionContext context)
    {
        if (!(context.Is("", "pods") || context.Is("", "pods", "resize"))
            || context.Object is not Pod { Spec.NodeName.Length: > 0 } pod || context.OldObject is not Pod old
            || pod.Spec.Equals(old.Spec))
        {
            return null;
        }

        IReadOnlyList<string> needs = DeclaredFeatureNeeds.ToBeChanged(old, pod);
        if (needs.Count == 0)
        {
            return null;
        }

        if (lookup.Find<Node>("", pod.Spec.NodeName) is not { } node)
        {
            return context.Forbidden($"node \"{pod.Spec.NodeName}\" not found");
        }

        string[] missing = [.. needs.Except(node.Status.DeclaredFeatures, StringComparer.Ordinal)];
        return missing.Length == 0
            ? null
            : context.Forbidden(
                $"pod update requires features {string.Join(", ", missing)} which are not available on node "
                + $"\"{pod.Spec.NodeName}\"");
    }
}
