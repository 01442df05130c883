using System.CommandLine;

namespace Keelson.Commands;

/// <summary><c>keelson</c>: the program's commands.</summary>
internal static class KeelsonCommand
{
    /// <summary>All of them.</summary>
    public static RootCommand Create() => new("Keelson: a complete Kubernetes cluster in one program.")
    {
        Up.UpCommand.Create(),
        Up.StatusCommand.Create(),
        Up.StopCommand.Create(),
        Up.InstallCommand.Create(),
        Up.ResetCommand.Create(),
        ApiServerCommand.Create(),
        ControllerManager.ControllerManagerCommand.Create(),
        Scheduler.SchedulerCommand.Create(),
        Proxy.ProxyCommand.Create(),
        Kubelet.KubeletCommand.Create(),
    };
}
