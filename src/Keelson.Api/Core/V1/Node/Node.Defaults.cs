namespace Keelson.Api.Core.V1;

public sealed partial record Node
{
    /// <summary>All of the capacity can be allocated unless told otherwise; the two ways to give pod networks agree.</summary>
    public static Node SetDefaults(Node obj)
    {
        NodeSpec spec = SyncPodCIDRs(obj.Spec);
        NodeStatus status = obj.Status;
        if (status.Allocatable.IsAbsent && !status.Capacity.IsAbsent)
        {
            status = status with { Allocatable = status.Capacity };
        }

        if (status.Capacity.Count > 0 || status.Allocatable.Count > 0)
        {
            status = status with
            {
                Capacity = ResourceRules.SetDefaults(status.Capacity),
                Allocatable = ResourceRules.SetDefaults(status.Allocatable),
            };
        }

        return ReferenceEquals(spec, obj.Spec) && status == obj.Status ? obj : obj with { Spec = spec, Status = status };
    }

    /// <summary>The older single field wins where both are given and differ, for clients that know only that one.</summary>
    private static NodeSpec SyncPodCIDRs(NodeSpec spec)
    {
        if (spec.PodCIDR.Length > 0 && (spec.PodCIDRs.Count == 0 || spec.PodCIDRs[0] != spec.PodCIDR))
        {
            return spec with { PodCIDRs = [spec.PodCIDR] };
        }

        return spec.PodCIDR.Length == 0 && spec.PodCIDRs.Count > 0 ? spec with { PodCIDR = spec.PodCIDRs[0] } : spec;
    }
}
