using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;

namespace Keelson.Server.Admission.TaintNodesByCondition;

/// <summary>Marks new nodes as not ready, so that nothing is scheduled there before the node has shown its
/// conditions.</summary>
internal sealed class TaintNodesByConditionPlugin : IAdmissionPlugin
{
    private const string NotReady = "node.kubernetes.io/not-ready";
    private const string NoSchedule = "NoSchedule";

    public string Name => "TaintNodesByCondition";

    public bool Handles(AdmissionOperation operation) => operation == AdmissionOperation.Create;

    public ValueTask<Status?> AdmitAsync(AdmissionContext context, CancellationToken cancellationToken)
    {
        if (context.Is("", "nodes") && context.Object is Node node
            && !node.Spec.Taints.Any(taint => taint.Key == NotReady && taint.Effect == NoSchedule))
        {
            Taint taint = new() { Key = NotReady, Effect = NoSchedule };
            context.Object = node with { Spec = node.Spec with { Taints = node.Spec.Taints.Add(taint) } };
        }

        return new((Status?)null);
    }
}
