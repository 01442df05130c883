using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;
using Class = Keelson.Api.Node.V1.RuntimeClass;

namespace Keelson.Server.Admission.RuntimeClass;

/// <summary>Gives pods of a runtime class its overhead, node selector and tolerations.</summary>
internal sealed class RuntimeClassPlugin(IObjectLookup lookup) : IAdmissionPlugin
{
    public string Name => "RuntimeClass";

    public bool Handles(AdmissionOperation operation) => operation == AdmissionOperation.Create;

    public ValueTask<Status?> AdmitAsync(AdmissionContext context, CancellationToken cancellationToken)
    {
        if (!context.Is("", "pods") || context.Object is not Pod pod || pod.Spec.RuntimeClassName is not { } name)
        {
            return new((Status?)null);
        }

        if (lookup.Find<Class>("", name) is not { } found)
        {
            return new(Refuse(pod, $"pod rejected: RuntimeClass \"{name}\" not found"));
        }

        PodSpec spec = pod.Spec;
        if (found.Overhead is { } overhead)
        {
            if (spec.Overhead.Count > 0 && spec.Overhead != overhead.PodFixed)
            {
                return new(Refuse(pod, "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead"));
            }

            spec = spec with { Overhead = overhead.PodFixed };
        }

        if (found.Scheduling is { } scheduling)
        {
            ApiMap<string> selector = spec.NodeSelector;
            foreach (KeyValuePair<string, string> pair in scheduling.NodeSelector)
            {
                if (selector.TryGetValue(pair.Key, out string? own) && own != pair.Value)
                {
                    return new(Refuse(pod, $"conflict: runtimeClass.scheduling.nodeSelector[{pair.Key}] = {pair.Value}; pod.spec.nodeSelector[{pair.Key}] = {own}"));
                }

                selector = selector.With(pair.Key, pair.Value);
            }

            ApiList<Toleration> tolerations = spec.Tolerations;
            foreach (Toleration toleration in scheduling.Tolerations)
            {
                if (!tolerations.Contains(toleration))
                {
                    tolerations = tolerations.Add(toleration);
                }
            }

            spec = spec with { NodeSelector = selector, Tolerations = tolerations };
        }

        context.Object = pod with { Spec = spec };
        return new((Status?)null);
    }

    public ValueTask<Status?> ValidateAsync(AdmissionContext context, CancellationToken cancellationToken)
    {
        if (!context.Is("", "pods") || context.Object is not Pod { Spec.Overhead.Count: > 0 } pod)
        {
            return new((Status?)null);
        }

        bool defined = pod.Spec.RuntimeClassName is { } name && lookup.Find<Class>("", name)?.Overhead is not null;
        return new(defined ? null : Refuse(pod, "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead"));
    }

    private static Status Refuse(Pod pod, string reason) => ApiErrors.Forbidden("", "pods", pod.Metadata.Name, reason);
}
