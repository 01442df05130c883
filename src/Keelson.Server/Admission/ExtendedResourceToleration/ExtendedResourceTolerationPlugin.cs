using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;

namespace Keelson.Server.Admission.ExtendedResourceToleration;

/// <summary>Lets pods that ask for extended resources onto nodes that are kept for those.</summary>
internal sealed class ExtendedResourceTolerationPlugin : IAdmissionPlugin
{
    public string Name => "ExtendedResourceToleration";

    public bool Handles(AdmissionOperation operation) =>
        operation is AdmissionOperation.Create or AdmissionOperation.Update;

    public ValueTask<Status?> AdmitAsync(AdmissionContext context, CancellationToken cancellationToken)
    {
        if (!context.Is("", "pods") || context.Object is not Pod pod)
        {
            return new((Status?)null);
        }

        SortedSet<string> wanted = new(
            pod.Spec.Containers.Concat(pod.Spec.InitContainers)
                .SelectMany(one => one.Resources.Requests.Keys)
                .Where(ResourceRules.IsExtended),
            StringComparer.Ordinal);
        ApiList<Toleration> tolerations = pod.Spec.Tolerations;
        foreach (string name in wanted)
        {
            Toleration added = new() { Key = name, Operator = TolerationOperator.Exists };
            if (!tolerations.Any(one => one with { TolerationSeconds = null } == added))
            {
                tolerations = tolerations.Add(added);
            }
        }

        if (tolerations.Count != pod.Spec.Tolerations.Count)
        {
            context.Object = pod with { Spec = pod.Spec with { Tolerations = tolerations } };
        }

        return new((Status?)null);
    }
}
