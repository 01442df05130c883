using Keelson.Client;
using Keelson.Client.Events;
using Keelson.Client.Informers;

namespace Keelson.Nodes.Provisioner;

/// <summary>What the provisioner works with.</summary>
internal sealed record LocalProvisionerConfig
{
    /// <summary>
    /// An identity that may create and delete persistent volumes and write the status of claims; a node's own may not.
    /// </summary>
    public required IApiClient Client { get; init; }

    /// <summary>Claims, volumes, classes and nodes under that identity.</summary>
    public required IInformers Informers { get; init; }

    /// <summary>Events.</summary>
    public required EventRecorder Events { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Clock { get; init; }

    /// <summary>Where failures are told that nobody else hears of.</summary>
    public Action<string> Log { get; init; } = static _ => { };
}
