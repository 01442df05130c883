using System.Diagnostics;
using System.Globalization;
using Keelson.Machinery.Validation;
using Keelson.Nodes.Linux;

namespace Keelson.Nodes.Volumes.Plugins;

/// <summary>File systems on disks that pods get.</summary>
internal static class DiskFormat
{
    // blkid says so when it finds nothing on a disk.
    private const int NothingFound = 2;

    /// <summary>Makes a file system on a disk that has none; what is on a disk is never overwritten.</summary>
    /// <returns>Null, or why the disk can't be used.</returns>
    public static async Task<string?> EnsureAsync(
        string device, string type, bool isReadOnly, CancellationToken cancellationToken)
    {
        ProgramResult found = await RunAsync(
            "blkid", ["-p", "-s", "TYPE", "-s", "PTTYPE", "-o", "export", device], cancellationToken);
        if (found.ExitCode == 0)
        {
            return null;
        }

        if (found.ExitCode != NothingFound)
        {
            return $"failed to get disk format of disk {device}: {Failure(found)}";
        }

        if (isReadOnly)
        {
            return "cannot mount unformatted disk " + device + " as it is in read-only mode";
        }

        string[] arguments = type is "ext3" or "ext4"
            ? ["-F", "-m0", device]
            : [device];
        ProgramResult made = await RunAsync("mkfs." + type, arguments, cancellationToken);
        return made.ExitCode == 0
            ? null
            : $"format of disk {GoText.Quote(device)} failed: type:({GoText.Quote(type)}) errcode:({Failure(made)}) "
                + $"output:({made.Output}{made.Errors}) ";
    }

    private static Task<ProgramResult> RunAsync(
        string program, IEnumerable<string> arguments, CancellationToken cancellationToken) =>
        ProgramRun.RunAsync(new ProcessStartInfo(program, arguments), "", cancellationToken);

    private static string Failure(ProgramResult result) => result.ExitCode == 127
        ? result.Errors
        : string.Create(CultureInfo.InvariantCulture, $"exit status {result.ExitCode}");
}
