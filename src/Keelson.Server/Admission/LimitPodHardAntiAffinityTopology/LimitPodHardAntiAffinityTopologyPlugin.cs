using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;

namespace Keelson.Server.Admission.LimitPodHardAntiAffinityTopology;

/// <summary>Lets pods keep others off their node, but off nothing larger.</summary>
internal sealed class LimitPodHardAntiAffinityTopologyPlugin : IAdmissionPlugin
{
    private const string HostName = "kubernetes.io/hostname";

    public string Name => "LimitPodHardAntiAffinityTopology";

    public bool Handles(AdmissionOperation operation) =>
        operation is AdmissionOperation.Create or AdmissionOperation.Update;

    public ValueTask<Status?> ValidateAsync(AdmissionContext context, CancellationToken cancellationToken)
    {
        if (!context.Is("", "pods") || context.Object is not Pod pod)
        {
            return new((Status?)null);
        }

        ApiList<PodAffinityTerm> terms =
            pod.Spec.Affinity?.PodAntiAffinity?.RequiredDuringSchedulingIgnoredDuringExecution ?? default;
        string? other = terms.FirstOrDefault(term => term.TopologyKey != HostName)?.TopologyKey;
        return new(other is null ? null : ApiErrors.Forbidden(
            "",
            "pods",
            pod.Metadata.Name,
            $"affinity.PodAntiAffinity.RequiredDuringScheduling has TopologyKey {other} but only key {HostName} is allowed"));
    }
}
