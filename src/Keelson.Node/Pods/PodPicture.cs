using Proto = Keelson.Nodes.Cri.Protos;

namespace Keelson.Nodes.Pods;

/// <summary>What the runtime has of one pod, at one moment.</summary>
/// <param name="Sandboxes">The sandboxes, the newest first.</param>
/// <param name="Containers">The containers of all sandboxes, the newest first.</param>
internal sealed record PodPicture(
    IReadOnlyList<SandboxPicture> Sandboxes, IReadOnlyList<ContainerPicture> Containers)
{
    /// <summary>Nothing.</summary>
    public static PodPicture Empty { get; } = new([], []);

    /// <summary>The newest container of a name; null when there was none.</summary>
    public ContainerPicture? Latest(string name)
    {
        foreach (ContainerPicture one in Containers)
        {
            if (one.Name == name)
            {
                return one;
            }
        }

        return null;
    }

    /// <summary>The addresses of the pod's newest sandbox.</summary>
    public IReadOnlyList<string> Addresses => Sandboxes.Count > 0 ? Sandboxes[0].Addresses : [];

    /// <summary>True when a container runs, or may for all that is known.</summary>
    public bool HasRunning =>
        Containers.Any(static one => one.Phase is ContainerPhase.Running or ContainerPhase.Unknown);
}

/// <summary>A sandbox.</summary>
/// <param name="Id">The runtime's id.</param>
/// <param name="Attempt">How many the pod had before.</param>
/// <param name="IsReady">True while it can hold containers.</param>
/// <param name="HasHostNetwork">True when it is in the node's network.</param>
/// <param name="Addresses">Its addresses, the primary first; none in the node's network.</param>
internal sealed record SandboxPicture(
    string Id, uint Attempt, bool IsReady, bool HasHostNetwork, IReadOnlyList<string> Addresses);

/// <summary>Where a container is in its life.</summary>
internal enum ContainerPhase
{
    /// <summary>Created and not started.</summary>
    Created,

    /// <summary>It runs.</summary>
    Running,

    /// <summary>It ended.</summary>
    Exited,

    /// <summary>The runtime does not know.</summary>
    Unknown,
}

/// <summary>A container.</summary>
internal sealed record ContainerPicture
{
    /// <summary>The runtime's id.</summary>
    public required string Id { get; init; }

    /// <summary>The name in the pod's spec.</summary>
    public required string Name { get; init; }

    /// <summary>Where it is in its life.</summary>
    public required ContainerPhase Phase { get; init; }

    /// <summary>Its sandbox.</summary>
    public string SandboxId { get; init; } = "";

    /// <summary>How many of its name there were before.</summary>
    public int RestartCount { get; init; }

    /// <summary>The hash of what it was made from.</summary>
    public string Hash { get; init; } = "";

    /// <summary>When it was created.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it started.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset FinishedAt { get; init; }

    /// <summary>How it ended.</summary>
    public int ExitCode { get; init; }

    /// <summary>Why it ended, in one word.</summary>
    public string Reason { get; init; } = "";

    /// <summary>What there is to say of its end, the termination message included.</summary>
    public string Message { get; init; } = "";

    /// <summary>The name of its image.</summary>
    public string Image { get; init; } = "";

    /// <summary>The image as the runtime refers to it, by digest where it can.</summary>
    public string ImageRef { get; init; } = "";

    /// <summary>Where its log is.</summary>
    public string LogPath { get; init; } = "";

    /// <summary>Who its processes run as; null when the runtime does not say.</summary>
    public Proto.LinuxContainerUser? User { get; init; }

    /// <summary>What it is bound to; null when the runtime does not say.</summary>
    public Proto.LinuxContainerResources? Resources { get; init; }

    /// <summary>True when it ended without success.</summary>
    public bool HasFailed => Phase == ContainerPhase.Exited && ExitCode != 0;
}
