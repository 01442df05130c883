using Keelson.Client;
using Keelson.Client.Events;
using Keelson.Client.Informers;
using Keelson.Client.Queues;

namespace Keelson.Controllers;

/// <summary>What a controller is given.</summary>
public sealed class ControllerContext
{
    /// <summary>The controller's name as <c>--controllers</c> has it: <c>deployment-controller</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The controller's identity.</summary>
    public required IApiClient Client { get; init; }

    /// <summary>The objects as this process knows them.</summary>
    public required IInformers Informers { get; init; }

    /// <summary>Events with the controller as their source.</summary>
    public required EventRecorder Events { get; init; }

    /// <summary>kube-controller-manager's settings.</summary>
    public required ControllerManagerConfig Config { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Clock => Config.Clock;

    /// <summary>A loop with the controller's name, identity and clock.</summary>
    /// <param name="workers">Keys worked on side by side.</param>
    /// <param name="reconcile">Looks at a key and writes what is needed through the client it is given.</param>
    public ReconcileLoop Loop(int workers, Func<ObjectKey, IApiClient, CancellationToken, Task<Reconciled>> reconcile) => new(
        new ReconcileLoopConfig { Name = Name, Workers = workers, Clock = Clock, Log = Config.Log }, Client, reconcile);
}
