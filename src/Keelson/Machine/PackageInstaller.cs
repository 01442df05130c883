using System.Diagnostics;

namespace Keelson.Machine;

/// <summary>Installs Debian packages.</summary>
internal sealed class PackageInstaller(Action<string> say, TimeProvider clock)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private static readonly string[] Hurry =
    [
        "-o", "Acquire::Retries=0", "-o", "Acquire::http::Timeout=5", "-o", "Acquire::https::Timeout=5",
    ];

    /// <summary>True for packages that are not worth waiting for a network that does not answer.</summary>
    public bool IsInAHurry { get; init; }

    /// <summary>Installs packages without their services being started.</summary>
    /// <returns>Null, or why it did not work and what to do.</returns>
    public async Task<string?> InstallAsync(IReadOnlyList<DebianPackage> packages, CancellationToken cancellationToken)
    {
        string names = string.Join(' ', packages.Select(static one => one.Name));
        if (DebianPackage.FindProgram("apt-get") is not { } apt)
        {
            return $"this machine has no apt-get; install what these Debian packages bring: {names}";
        }

        say($"installing Debian packages: {names}");
        long start = clock.GetTimestamp();
        string[] options = IsInAHurry ? Hurry : [];
        if (await RunAsync(apt, ["update", "-qq", .. options], cancellationToken) is { } notUpdated)
        {
            say($"apt-get update: {notUpdated}; going on with the lists that are there");
        }

        string[] arguments =
            ["install", "-y", "-qq", "--no-install-recommends", .. options, .. packages.Select(static one => one.Name)];
        if (await RunAsync(apt, arguments, cancellationToken) is { } failed)
        {
            return $"could not install {names}: {failed}";
        }

        IReadOnlyList<DebianPackage> still = DebianPackage.Missing(packages);
        if (still.Count > 0)
        {
            return $"apt-get reported no error, yet {string.Join(", ", still.Select(static one => one.Name))} is "
                + $"still missing";
        }

        say($"installed after {clock.GetElapsedTime(start).TotalSeconds:F0} s");
        return null;
    }

    private static async Task<string?> RunAsync(
        string program, string[] arguments, CancellationToken cancellationToken)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        };
        start.Environment["DEBIAN_FRONTEND"] = "noninteractive";

        // Debian starts a package's service as it is installed. A runlevel of 1 forbids that: Keelson runs its own
        // containerd.
        start.Environment["RUNLEVEL"] = "1";
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        using CancellationTokenSource bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bound.CancelAfter(Patience);
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(bound.Token);
            string errors = await process.StandardError.ReadToEndAsync(bound.Token);
            await output;
            await process.WaitForExitAsync(bound.Token);
            string last = errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault() ?? "";
            return process.ExitCode == 0 ? null : $"{last} (exit code {process.ExitCode})";
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            return cancellationToken.IsCancellationRequested
                ? "interrupted"
                : $"it took longer than {Patience.TotalMinutes} minutes";
        }
    }
}
