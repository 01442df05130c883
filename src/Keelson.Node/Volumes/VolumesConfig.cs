using Keelson.Client.Events;
using Keelson.Nodes.Images;
using Keelson.Nodes.Linux;
using Keelson.Nodes.Objects;

namespace Keelson.Nodes.Volumes;

/// <summary>What the volumes of a node work with.</summary>
internal sealed record VolumesConfig
{
    /// <summary>The node.</summary>
    public required NodeContext Context { get; init; }

    /// <summary>The machine's mounts.</summary>
    public required IMounts Mounts { get; init; }

    /// <summary>Config maps and secrets, shared with who makes the containers' variables.</summary>
    public required ReferencedObjects Objects { get; init; }

    /// <summary>Tells when objects that volumes show change.</summary>
    public required ObjectWatches Watches { get; init; }

    /// <summary>The node's own object.</summary>
    public required OwnNode Node { get; init; }

    /// <summary>The attached volumes that are in use.</summary>
    public AttachedVolumes Attached { get; init; } = new();

    /// <summary>Events; null for none.</summary>
    public EventRecorder? Events { get; init; }

    /// <summary>The content of images; null when the runtime mounts them itself.</summary>
    public ImageSnapshots? Images { get; init; }
}
