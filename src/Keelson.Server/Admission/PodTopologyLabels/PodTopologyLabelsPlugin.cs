using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;

namespace Keelson.Server.Admission.PodTopologyLabels;

/// <summary>Tells pods their zone and region: copies a node's labels to what is bound to it.</summary>
internal sealed class PodTopologyLabelsPlugin(IObjectLookup lookup) : IAdmissionPlugin
{
    private static readonly string[] Copied = ["topology.kubernetes.io/region", "topology.kubernetes.io/zone"];

    public string Name => "PodTopologyLabels";

    public bool Handles(AdmissionOperation operation) => operation == AdmissionOperation.Create;

    public ValueTask<Status?> AdmitAsync(AdmissionContext context, CancellationToken cancellationToken)
    {
        string nodeName = context.Object switch
        {
            Pod pod when context.Is("", "pods") => pod.Spec.NodeName,
            Binding { Target.Kind: "Node" } binding when context.Is("", "pods", "binding") => binding.Target.Name,
            _ => "",
        };
        if (nodeName.Length > 0 && lookup.Find<Node>("", nodeName) is { } node)
        {
            IObject obj = context.Object!;
            ApiMap<string> labels = obj.Metadata.Labels;
            foreach (string key in Copied)
            {
                if (node.Metadata.Labels.TryGetValue(key, out string? value))
                {
                    labels = labels.With(key, value);
                }
            }

            context.Object = obj.WithMetadata(obj.Metadata with { Labels = labels });
        }

        return new((Status?)null);
    }
}
