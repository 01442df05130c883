using Proto = Keelson.Nodes.Cri.Protos;

namespace Keelson.Nodes.Nodes;

/// <summary>Whether the runtime can give pods a network, as it said last.</summary>
internal sealed class RuntimeNetwork
{
    private volatile string? _error;

    /// <summary>Why it can't; null when it can, or has not said yet.</summary>
    public string? Error => _error;

    /// <summary>Takes in what the runtime says of itself.</summary>
    public void Look(Proto.RuntimeStatus? status) => _error = ErrorOf(status);

    /// <summary>What a runtime's condition means for pods.</summary>
    internal static string? ErrorOf(Proto.RuntimeStatus? status)
    {
        foreach (Proto.RuntimeCondition one in status?.Conditions ?? [])
        {
            if (one is { Type: "NetworkReady", Status: false })
            {
                return $"container runtime network not ready: {one.Type}=false reason:{one.Reason} "
                    + $"message:{one.Message}";
            }
        }

        return null;
    }
}
