using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.Nodes;

/// <summary>Taints that controllers put on nodes, and how they are changed.</summary>
internal static class NodeTaints
{
    /// <summary>The kubelet says that it is not ready.</summary>
    public const string NotReady = "node.kubernetes.io/not-ready";

    /// <summary>The kubelet says nothing.</summary>
    public const string Unreachable = "node.kubernetes.io/unreachable";

    /// <summary>Nothing new is to be scheduled there.</summary>
    public const string Unschedulable = "node.kubernetes.io/unschedulable";

    /// <summary>Somebody vouches that the machine is off.</summary>
    public const string OutOfService = "node.kubernetes.io/out-of-service";

    /// <summary>A taint.</summary>
    public static Taint Of(string key, string effect) => new() { Key = key, Effect = effect };

    /// <summary>Puts taints on a node and takes others off; a node that is gone is fine.</summary>
    public static async Task<Status?> SwapAsync(
        IApiClient client,
        string node,
        IReadOnlyList<Taint> add,
        IReadOnlyList<Taint> remove,
        Time now,
        CancellationToken cancellationToken)
    {
        ApiResult<Node> written = await client.ModifyAsync<Node>(
            "",
            node,
            current => Change(current, add, remove, now),
            cancellationToken);
        return written.Error is { Code: 404 } ? null : written.Error;
    }

    /// <summary>The node with other taints; the same when there is nothing to change.</summary>
    public static Node Change(Node node, IReadOnlyList<Taint> add, IReadOnlyList<Taint> remove, Time now)
    {
        List<Taint> taints = [.. node.Spec.Taints.Where(one => !remove.Any(gone => IsSame(gone, one)))];
        foreach (Taint one in add)
        {
            if (!taints.Any(there => IsSame(there, one)))
            {
                taints.Add(one with { TimeAdded = now });
            }
        }

        ApiList<Taint> changed = taints.ToApiList();
        return changed == node.Spec.Taints ? node : node with { Spec = node.Spec with { Taints = changed } };
    }

    private static bool IsSame(Taint a, Taint b) => a.Key == b.Key && a.Effect == b.Effect;
}
