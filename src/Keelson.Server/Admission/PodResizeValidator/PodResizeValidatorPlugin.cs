using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;

namespace Keelson.Server.Admission.PodResizeValidator;

/// <summary>Refuses to give a pod that is placed more than its node could ever give.</summary>
internal sealed class PodResizeValidatorPlugin(IObjectLookup lookup) : IAdmissionPlugin
{
    public string Name => "PodResizeValidator";

    public bool Handles(AdmissionOperation operation) => operation == AdmissionOperation.Update;

    public ValueTask<Status?> ValidateAsync(AdmissionContext context, CancellationToken cancellationToken) =>
        new(Refusal(context));

    private Status? Refusal(AdmissionContext context)
    {
        if (!context.Is("", "pods", "resize") || context.Object is not Pod { Spec.NodeName.Length: > 0 } pod
            || context.OldObject is not Pod old || pod.Spec.Equals(old.Spec))
        {
            return null;
        }

        string name = pod.Spec.NodeName;
        if (lookup.Find<Node>("", name) is not { } node)
        {
            return context.Forbidden($"node \"{name}\" not found");
        }

        if (node.Metadata.Labels.TryGetValue("kubernetes.io/os", out string? system) && system != "linux")
        {
            return Because(
                context.Forbidden($"pod resize is only supported on linux nodes, node \"{name}\" is \"{system}\""),
                "UnsupportedPlatform");
        }

        string excess = string.Join("; ", Excess(RequestsOf(pod.Spec), node.Status.Allocatable));
        return excess.Length == 0
            ? null
            : Because(
                context.Forbidden($"node didn't have enough allocatable resources: {excess}"), "NodeCapacity");
    }

    /// <summary>What the pod asks for as a whole counts in place of the sum; its overhead comes on top.</summary>
    private static ApiMap<Quantity> RequestsOf(PodSpec spec)
    {
        ApiMap<Quantity> all = PodResources.AggregateContainerRequests(spec);
        foreach ((string name, Quantity amount) in spec.Resources?.Requests ?? default)
        {
            all = all.With(name, amount);
        }

        foreach ((string name, Quantity amount) in spec.Overhead)
        {
            all = all.With(name, all.GetValueOrDefault(name) + amount);
        }

        return all;
    }

    private static IEnumerable<string> Excess(ApiMap<Quantity> requests, ApiMap<Quantity> allocatable)
    {
        (Quantity cpu, Quantity most) = (requests.GetValueOrDefault("cpu"), allocatable.GetValueOrDefault("cpu"));
        if (cpu > most)
        {
            yield return $"cpu, requested: {cpu.MilliValue}, allocatable: {most.MilliValue}";
        }

        (Quantity memory, most) = (requests.GetValueOrDefault("memory"), allocatable.GetValueOrDefault("memory"));
        if (memory > most)
        {
            yield return $"memory, requested: {memory.Value}, allocatable: {most.Value}";
        }
    }

    private static Status Because(Status refusal, string reason) => refusal with
    {
        Details = refusal.Details! with { Causes = [new StatusCause { Reason = reason }] },
    };
}
