using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;
using Keelson.Nodes.Pods;
using Keelson.Nodes.Probes;
using Keelson.Nodes.Resize;

namespace Keelson.Nodes.Statuses;

/// <summary>Why a container that should run does not.</summary>
/// <param name="Reason">One word: <c>CrashLoopBackOff</c>.</param>
/// <param name="Message">What there is to say.</param>
internal sealed record WaitingReason(string Reason, string Message);

/// <summary>What a pod's status is computed from.</summary>
internal sealed record StatusInput
{
    /// <summary>The pod, with its status as the API has it.</summary>
    public required Pod Pod { get; init; }

    /// <summary>What the runtime has of it.</summary>
    public required PodPicture Picture { get; init; }

    /// <summary>The status that was computed before; the API's at first.</summary>
    public required PodStatus Before { get; init; }

    /// <summary>What probes found.</summary>
    public required IProbeResults Probes { get; init; }

    /// <summary>Why containers that should run don't, by their names.</summary>
    public IReadOnlyDictionary<string, WaitingReason> Waiting { get; init; } = new Dictionary<string, WaitingReason>();

    /// <summary>The node's addresses, the primary first.</summary>
    public IReadOnlyList<string> HostAddresses { get; init; } = [];

    /// <summary>Why the node ended the pod; null when it did not.</summary>
    public PodVerdict? Verdict { get; init; }

    /// <summary>True when the verdict was there before anything of the pod was: it was not let in.</summary>
    public bool IsRefused { get; init; }

    /// <summary>How the devices are that containers were given, by their names.</summary>
    public IReadOnlyDictionary<string, ApiList<ResourceStatus>> DeviceHealth { get; init; } =
        System.Collections.ObjectModel.ReadOnlyDictionary<string, ApiList<ResourceStatus>>.Empty;

    /// <summary>The resources in force; null when nobody knows.</summary>
    public PodAllocation? Actuated { get; init; }

    /// <summary>Where a resize of the pod stands.</summary>
    public ResizeConditions Resize { get; init; } = ResizeConditions.None;

    /// <summary>Whether the pod's runtime handler mounts read-only all the way down.</summary>
    public bool KnowsRecursiveReadOnly { get; init; }

    /// <summary>Whether all containers are being ended and removed, so that the pod begins anew.</summary>
    public bool IsRestartingAll =>
        RestartRules.IsRestartingAll(Before) || RestartRules.RestartsAll(Pod, Picture, Before);

    /// <summary>True when nothing of the pod runs or will run.</summary>
    public bool IsTerminal { get; init; }

    /// <summary>The runtime's name, the beginning of containers' ids.</summary>
    public string RuntimeName { get; init; } = "containerd";

    /// <summary>The time.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>A container's id as statuses have it.</summary>
    public string IdOf(ContainerPicture one) => $"{RuntimeName}://{one.Id}";
}

/// <summary>Why the node ended, or refused, a pod.</summary>
/// <param name="Reason">One word: <c>DeadlineExceeded</c>, <c>Evicted</c>, <c>OutOfcpu</c>.</param>
/// <param name="Message">What there is to say.</param>
/// <param name="DisruptionReason">The reason of the condition DisruptionTarget; empty for none.</param>
internal sealed record PodVerdict(string Reason, string Message, string DisruptionReason = "")
{
    /// <summary>The message of the condition DisruptionTarget.</summary>
    public string DisruptionMessage { get; init; } = Message;
}
