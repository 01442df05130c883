using System.Globalization;
using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Api.Scheduling.V1;

namespace Keelson.Server.Admission.Priority;

/// <summary>Resolves a pod's priority class into its priority and preemption policy; keeps a single default
/// class.</summary>
internal sealed class PriorityPlugin(IObjectLookup lookup) : IAdmissionPlugin
{
    private const string PreemptLowerPriority = "PreemptLowerPriority";

    public string Name => "Priority";

    public bool Handles(AdmissionOperation operation) =>
        operation is AdmissionOperation.Create or AdmissionOperation.Update;

    public ValueTask<Status?> AdmitAsync(AdmissionContext context, CancellationToken cancellationToken) =>
        new(context.Is("", "pods") && context.Object is Pod pod ? AdmitPod(context, pod) : null);

    public ValueTask<Status?> ValidateAsync(AdmissionContext context, CancellationToken cancellationToken)
    {
        if (!context.Is("scheduling.k8s.io", "priorityclasses")
            || context.Object is not PriorityClass { GlobalDefault: true } wanted)
        {
            return new((Status?)null);
        }

        bool created = context.Operation == AdmissionOperation.Create;
        PriorityClass? other = lookup.List<PriorityClass>()
            .Where(one => one.GlobalDefault && (created || one.Metadata.Name != wanted.Metadata.Name))
            .MinBy(one => one.Value);
        return new(other is null
            ? null
            : context.Forbidden($"PriorityClass {other.Metadata.Name} is already marked as default. Only one default can exist"));
    }

    private Status? AdmitPod(AdmissionContext context, Pod pod)
    {
        if (context.Operation == AdmissionOperation.Update)
        {
            // Who leaves out what was computed on create keeps it; any other change is refused by the validation.
            if (context.OldObject is Pod old && (pod.Spec.Priority is null || pod.Spec.PreemptionPolicy is null))
            {
                PodSpec spec = pod.Spec with
                {
                    Priority = pod.Spec.Priority ?? old.Spec.Priority,
                    PreemptionPolicy = pod.Spec.PreemptionPolicy ?? old.Spec.PreemptionPolicy,
                };
                context.Object = pod with { Spec = spec };
            }

            return null;
        }

        (int priority, string policy) = (0, PreemptLowerPriority);
        string name = pod.Spec.PriorityClassName;
        if (name.Length == 0)
        {
            PriorityClass? fallback = lookup.List<PriorityClass>().Where(one => one.GlobalDefault).MinBy(
                one => one.Value);
            (name, priority, policy) = fallback is null
                ? ("", 0, PreemptLowerPriority)
                : (fallback.Metadata.Name, fallback.Value, fallback.PreemptionPolicy ?? PreemptLowerPriority);
        }
        else if (lookup.Find<PriorityClass>("", name) is { } found)
        {
            (priority, policy) = (found.Value, found.PreemptionPolicy ?? PreemptLowerPriority);
        }
        else
        {
            return context.Forbidden($"no PriorityClass with name {name} was found");
        }

        if (pod.Spec.Priority is { } given && given != priority)
        {
            return context.Forbidden(string.Create(
                CultureInfo.InvariantCulture,
                $"the integer value of priority ({given}) must not be provided in pod spec; priority admission controller computed {priority} from the given PriorityClass name"));
        }

        if (pod.Spec.PreemptionPolicy is { } givenPolicy && givenPolicy != policy)
        {
            return context.Forbidden($"the string value of PreemptionPolicy ({givenPolicy}) must not be provided in pod spec; priority admission controller computed {policy} from the given PriorityClass name");
        }

        context.Object = pod with { Spec = pod.Spec with { PriorityClassName = name, Priority = priority, PreemptionPolicy = policy } };
        return null;
    }
}
