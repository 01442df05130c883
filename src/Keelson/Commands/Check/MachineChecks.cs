using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Keelson.Machine;

namespace Keelson.Commands.Check;

/// <summary>What is on the machine beside its kernel: ports, programs, the disk.</summary>
internal static class MachineChecks
{
    private const long Gigabyte = 1L << 30;
    private const int Writes = 20;
    private const int BlockSize = 4096;
    private static readonly TimeSpan SlowSync = TimeSpan.FromMilliseconds(10);

    private static readonly (int Port, string For)[] Ports =
    [
        (6443, "the API server"), (10250, "the kubelet"), (10053, "DNS"), (10256, "the service proxy's health"),
        (80, "ingresses"), (443, "ingresses with TLS"),
    ];

    private static readonly (string Program, string Package, Verdict Without)[] Programs =
    [
        ("containerd", "containerd", Verdict.Fail), ("runc", "runc", Verdict.Fail), ("crun", "crun", Verdict.Warn),
        ("nft", "nftables", Verdict.Fail), ("ip", "iproute2", Verdict.Fail), ("conntrack", "conntrack", Verdict.Warn),
        ("haproxy", "haproxy", Verdict.Warn),
    ];

    private static readonly string[] PluginDirectories = ["/opt/cni/bin", "/usr/lib/cni", "/usr/libexec/cni"];

    public static IEnumerable<MachineFinding> Run(
        MachineFiles files, string path, string dataDirectory, TimeProvider clock) =>
    [
        .. Ports.Select(one => Port(one.Port, one.For)),
        .. Programs.Select(one => Program(files, path, one.Program, one.Package, one.Without)),
        Plugins(files),
        .. Disk(dataDirectory, clock),
    ];

    private static MachineFinding Port(int port, string what)
    {
        if (PortHolder.Refusal(new(IPAddress.Any, port), ProtocolType.Tcp) is not { } refusal)
        {
            return new($"port {port}", Verdict.Ok, "free");
        }

        string holder = PortHolder.Find(port, ProtocolType.Tcp) is { } found ? $" by {found}" : "";
        return refusal == SocketError.AddressAlreadyInUse
            ? new($"port {port}", Verdict.Warn, $"in use{holder}; it is for {what}",
                "end that, or give the cluster another port (a cluster that runs here already has it rightly)")
            : new($"port {port}", Verdict.Warn, $"can't be had: {refusal}; it is for {what}", "run it as root");
    }

    private static MachineFinding Program(
        MachineFiles files, string path, string program, string package, Verdict without)
    {
        string? found = $"{path}:/usr/sbin:/sbin".Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(directory => Path.Combine(directory, program)).FirstOrDefault(files.Exists);
        return MachineFinding.Of(
            program, found is not null, found ?? "not installed", without, $"apt-get install {package}");
    }

    private static MachineFinding Plugins(MachineFiles files)
    {
        string? found = PluginDirectories.FirstOrDefault(directory => files.Exists(directory + "/bridge"));
        return MachineFinding.Of(
            "cni plugins", found is not null, found ?? "not installed", Verdict.Fail,
            "apt-get install containernetworking-plugins");
    }

    /// <summary>Where the cluster would be kept: how much room, and how long a write takes to be safe.</summary>
    private static IEnumerable<MachineFinding> Disk(string directory, TimeProvider clock)
    {
        string existing = directory;
        while (!Directory.Exists(existing))
        {
            existing = Path.GetDirectoryName(existing) ?? "/";
        }

        long free = new DriveInfo(existing).AvailableFreeSpace;
        string room = (free / (double)Gigabyte).ToString("F1", CultureInfo.InvariantCulture) + " GiB free";
        yield return MachineFinding.Of(
            "disk space", free >= 5 * Gigabyte, $"{room} at {existing}", free < Gigabyte ? Verdict.Fail : Verdict.Warn,
            "make room, or choose another --data-dir: 5 GiB should be free");
        yield return Sync(existing, clock);
    }

    private static MachineFinding Sync(string directory, TimeProvider clock)
    {
        string file = Path.Combine(directory, $".keelson-check-{Environment.ProcessId}");
        try
        {
            List<TimeSpan> times = [];
            byte[] block = new byte[BlockSize];
            using (FileStream stream = new(file, FileMode.Create, FileAccess.Write, FileShare.None, 1))
            {
                for (int i = 0; i < Writes; i++)
                {
                    long start = clock.GetTimestamp();
                    stream.Write(block);
                    stream.Flush(flushToDisk: true);
                    times.Add(clock.GetElapsedTime(start));
                }
            }

            times.Sort();
            TimeSpan median = times[Writes / 2];
            string found = median.TotalMilliseconds.ToString("F1", CultureInfo.InvariantCulture)
                + " ms for a safe write";
            return MachineFinding.Of(
                "disk latency", median <= SlowSync, found, Verdict.Warn,
                "put --data-dir on a faster disk: each change of the cluster waits for such a write");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new("disk latency", Verdict.Fail, exception.Message, "choose a --data-dir that can be written");
        }
        finally
        {
            File.Delete(file);
        }
    }
}
