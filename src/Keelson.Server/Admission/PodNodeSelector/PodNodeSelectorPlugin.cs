using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;

namespace Keelson.Server.Admission.PodNodeSelector;

/// <summary>Keeps a namespace's pods to the nodes that its annotation selects.</summary>
internal sealed class PodNodeSelectorPlugin(IObjectLookup lookup) : IAdmissionPlugin
{
    private const string Annotation = "scheduler.alpha.kubernetes.io/node-selector";

    public string Name => "PodNodeSelector";

    public bool Handles(AdmissionOperation operation) => operation == AdmissionOperation.Create;

    public ValueTask<Status?> AdmitAsync(AdmissionContext context, CancellationToken cancellationToken)
    {
        string text = lookup.Find<Namespace>("", context.Request.Namespace)?.Metadata.Annotations
            .GetValueOrDefault(Annotation) ?? "";
        if (text.Length == 0 || !context.Is("", "pods") || context.Object is not Pod pod)
        {
            return new((Status?)null);
        }

        ApiMap<string> selector = pod.Spec.NodeSelector;
        foreach (string label in text.Split(','))
        {
            if (label.Split('=') is not [var key, var value])
            {
                return new(ApiErrors.Unclassified($"invalid selector: [{label.Replace('=', ' ')}]"));
            }

            (key, value) = (key.Trim(), value.Trim());
            if (pod.Spec.NodeSelector.TryGetValue(key, out string? own) && own != value)
            {
                return new(
                    context.Forbidden("pod node label selector conflicts with its namespace node label selector"));
            }

            selector = selector.With(key, value);
        }

        context.Object = pod with { Spec = pod.Spec with { NodeSelector = selector } };
        return new((Status?)null);
    }
}
