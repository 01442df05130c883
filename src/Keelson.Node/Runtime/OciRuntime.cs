using System.Globalization;
using System.Runtime.InteropServices;
using Keelson.Nodes.Linux;

namespace Keelson.Nodes.Runtime;

/// <summary>A program that makes containers for containerd.</summary>
/// <param name="Name">Its name, and that of its handler for runtime classes: <c>crun</c>, <c>runc</c>.</param>
/// <param name="Program">Where it is.</param>
internal sealed record OciRuntime(string Name, string Program)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    // "create" does all that making a container takes and leaves its program to wait; what it says goes to a file, as
    // the waiting program would hold a pipe open.
    private const string TrialScript =
        """
        "$0" --root state create --bundle . "$1" >said 2>&1 </dev/null
        code=$?
        "$0" --root state delete --force "$1" >>said 2>&1 </dev/null
        head -n 1 said
        exit $code
        """;

    /// <summary>
    /// The runtimes of this machine, best first: crun starts and ends a container in a fraction of the processor time
    /// that runc takes, but does not run everywhere.
    /// </summary>
    /// <param name="directory">Where a container is made as a trial.</param>
    /// <param name="log">Told when crun is there and can't be used.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static async Task<IReadOnlyList<OciRuntime>> FindAsync(
        string directory, Action<string> log, CancellationToken cancellationToken)
    {
        OciRuntime? crun = Installed("crun");
        if (crun is not null && await crun.TryAsync(directory, cancellationToken) is { } failure)
        {
            log($"{crun.Program} makes no containers on this machine ({failure}); runc does");
            crun = null;
        }

        return [.. new[] { crun, Installed("runc") }.OfType<OciRuntime>()];
    }

    /// <summary>Makes a container and removes it again.</summary>
    /// <returns>Null when that works, else what the runtime says.</returns>
    public async Task<string?> TryAsync(string directory, CancellationToken cancellationToken)
    {
        if (PauseProgram.For(RuntimeInformation.ProcessArchitecture) is not { } program)
        {
            return $"there is no program for processors of the kind {RuntimeInformation.ProcessArchitecture} to try";
        }

        string id = string.Create(CultureInfo.InvariantCulture, $"keelson-trial-{Environment.ProcessId}");
        using CancellationTokenSource bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bound.CancelAfter(Patience);
        try
        {
            string file = Path.Combine(Directory.CreateDirectory(Path.Combine(directory, "rootfs")).FullName, "pause");
            await File.WriteAllBytesAsync(file, program, cancellationToken);
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserExecute);
            await File.WriteAllTextAsync(Path.Combine(directory, "config.json"), Bundle(id), cancellationToken);
            ProgramResult result = await ProgramRun.RunAsync(
                new("/bin/sh", ["-c", TrialScript, Program, id]) { WorkingDirectory = directory }, "", bound.Token);
            return result.ExitCode == 0 ? null : result.Output.Trim();
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"it takes longer than {Patience.TotalSeconds} s";
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static OciRuntime? Installed(string name) =>
        HostAbilities.FindProgram(name) is { } program ? new(name, program) : null;

    private static string Bundle(string id) =>
        $$$"""
        {"ociVersion":"1.0.0",
        "process":{"user":{"uid":0,"gid":0},"args":["/pause"],"cwd":"/"},
        "mounts":[{"destination":"/proc","type":"proc","source":"proc"},
        {"destination":"/dev","type":"tmpfs","source":"tmpfs","options":["nosuid","mode=755"]}],
        "root":{"path":"rootfs"},
        "linux":{"cgroupsPath":"/{{{id}}}","namespaces":[{"type":"pid"},{"type":"mount"},{"type":"ipc"}]}}
        """;
}
