using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

public sealed partial record Binding
{
    /// <inheritdoc/>
    public static void Validate(Binding binding, FieldErrors errors)
    {
        FieldPath target = FieldPath.Of("target");
        bool isNode = binding.Target.Kind is "" or "Node";
        if (!isNode)
        {
            errors.NotSupported(target.Child("kind"), binding.Target.Kind, "Node", "<empty>");
        }

        if (binding.Target.Name.Length == 0)
        {
            errors.Required(target.Child("name"), "");
        }
        else if (isNode)
        {
            errors.Subdomain(target.Child("name"), binding.Target.Name);
        }
    }

    /// <summary>
    /// Assigns a pod to the binding's node: the pod as it is then, or null and why it can't be, the detail of a conflict on
    /// <c>pods/binding</c>. Labels and annotations of the binding are added to those of the pod.
    /// </summary>
    public static Pod? Assign(Pod pod, Binding binding, Time now, out string? conflict)
    {
        string name = pod.Metadata.Name;
        conflict = pod switch
        {
            { Metadata.DeletionTimestamp: not null } => $"pod {name} is being deleted, cannot be assigned to a host",
            { Spec.NodeName: not "" } => $"pod {name} is already assigned to node {GoText.Quote(pod.Spec.NodeName)}",
            { Spec.SchedulingGates.Count: > 0 } => $"pod {name} has non-empty .spec.schedulingGates",
            _ => null,
        };
        if (conflict is not null)
        {
            return null;
        }

        PodCondition scheduled = new()
        {
            Type = PodConditionType.PodScheduled,
            Status = ConditionStatus.True,
            LastTransitionTime = now,
        };
        return pod with
        {
            Metadata = pod.Metadata with
            {
                Annotations = ApiMap<string>.From([.. pod.Metadata.Annotations, .. binding.Metadata.Annotations]),
                Labels = ApiMap<string>.From([.. binding.Metadata.Labels, .. pod.Metadata.Labels]),
            },
            Spec = pod.Spec with { NodeName = binding.Target.Name },
            Status = pod.Status with
            {
                Conditions = SetCondition(pod.Status.Conditions, scheduled),
                NominatedNodeName = "",
            },
        };
    }

    private static ApiList<PodCondition> SetCondition(ApiList<PodCondition> conditions, PodCondition condition)
    {
        for (int i = 0; i < conditions.Count; i++)
        {
            if (conditions[i].Type == condition.Type)
            {
                Time since = conditions[i].Status == condition.Status
                    ? conditions[i].LastTransitionTime
                    : condition.LastTransitionTime;
                return conditions.SetItem(i, condition with { LastTransitionTime = since });
            }
        }

        return conditions.Add(condition);
    }
}
