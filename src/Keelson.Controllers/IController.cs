namespace Keelson.Controllers;

/// <summary>
/// A control loop of kube-controller-manager. It subscribes to its informers when it is made, decides by a pure
/// function in its folder (<c>XPlan.Compute</c>), and writes what was decided.
/// </summary>
public interface IController : IDisposable
{
    /// <summary>Works until cancelled.</summary>
    Task RunAsync(CancellationToken cancellationToken);
}
