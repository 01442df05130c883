using System.Diagnostics;
using System.Runtime.InteropServices;
using Keelson.Clusters;
using Keelson.Commands.UserCommands;

namespace Keelson.Commands.Kubectl;

/// <summary><c>keelson kubectl</c>: the kubectl on the PATH, pointed at the cluster.</summary>
internal sealed class KubectlCommand() : UserCommand("kubectl", Text)
{
    private static CommandHelp Text { get; } =
        new("Run the kubectl on the PATH against the cluster.", "[kubectl's words]")
    {
        Description = """
            Run the kubectl on the PATH against the cluster.

            Everything behind the word is kubectl's: its flags, its output, its exit code. It is given the
            kubeconfig of --kubeconfig, $KUBECONFIG, or the cluster that `keelson up` made. For a machine without
            kubectl there are commands of the program itself: see keelson --help.
            """,
        Examples = """
            # The nodes
            keelson kubectl get nodes

            # A shell in a pod
            keelson kubectl exec -it web -- sh
            """,
    };

    /// <inheritdoc/>
    protected override bool TakesLineAsIs => true;

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        string program = FindKubectl() ?? throw new CommandException(
            "there is no kubectl on the PATH. Install it (https://kubernetes.io/docs/tasks/tools/), or use the "
                + "commands "
            + "of this program: keelson get, describe, apply, delete, logs, exec, … (see keelson --help)")
        {
            ExitCode = 127,
        };
        ProcessStartInfo start = new(program, arguments) { UseShellExecute = false };
        if (ClusterAddress.Files("", Console.Environment) is { Count: > 0 } files)
        {
            start.Environment["KUBECONFIG"] = string.Join(':', files);
        }

        // An interrupt is kubectl's: it ends as it sees fit, and this process with it.
        using PosixSignalRegistration interrupt =
            PosixSignalRegistration.Create(PosixSignal.SIGINT, static context => context.Cancel = true);
        using Process process = Process.Start(start)
            ?? throw new CommandException($"{program} can't be started");
        await process.WaitForExitAsync(cancellation);
        return process.ExitCode;
    }

    private string? FindKubectl() => (Console.Environment("PATH") ?? "")
        .Split(':', StringSplitOptions.RemoveEmptyEntries)
        .Select(directory => Path.Combine(directory, "kubectl"))
        .FirstOrDefault(File.Exists);
}
