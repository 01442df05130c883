using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;
using Keelson.Server.Admission.Tolerations;
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
            return new(context.Forbidden($"pod rejected: RuntimeClass \"{name}\" not found"));
        }

        PodSpec spec = pod.Spec;
        if (found.Overhead is { } overhead)
        {
            if (spec.Overhead.Count > 0 && spec.Overhead != overhead.PodFixed)
            {
                return new(
                    context.Forbidden("pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead"));
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
                    return new(context.Forbidden($"conflict: runtimeClass.scheduling.nodeSelector[{pair.Key}] = {pair.Value}; pod.spec.nodeSelector[{pair.Key}] = {own}"));
                }

                selector = selector.With(pair.Key, pair.Value);
            }

            ApiList<Toleration> tolerations = TolerationMerge.Of(spec.Tolerations, scheduling.Tolerations);
            spec = spec with { NodeSelector = selector, Tolerations = tolerations };
        }

        context.Object = pod with { Spec = spec };
        return new((Status?)null);
    }

    public ValueTask<Status?> ValidateAsync(AdmissionContext context, CancellationToken cancellationToken)
    {
        if (!context.Is("", "pods") || context.Object is not Pod pod)
        {
            return new((Status?)null);
        }

        Class? named = pod.Spec.RuntimeClassName is { } name ? lookup.Find<Class>("", name) : null;
        if (named?.Overhead is { } overhead)
        {
            return new(pod.Spec.Overhead == overhead.PodFixed
                ? null
                : context.Forbidden("pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead"));
        }

        bool defined = pod.Spec.Overhead.Count == 0;
        return new(defined ? null : context.Forbidden("pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead"));
    }
}
