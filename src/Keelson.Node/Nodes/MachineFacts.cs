using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Keelson.Api.Core.V1;
using Keelson.Nodes.Runtime;

namespace Keelson.Nodes.Nodes;

/// <summary>What a machine is and has.</summary>
internal sealed record MachineFacts
{
    /// <summary>Its name in the network, in lower case.</summary>
    public required string HostName { get; init; }

    /// <summary>Processors.</summary>
    public required int Processors { get; init; }

    /// <summary>Bytes of memory.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>Bytes of huge pages by their size in bytes.</summary>
    public IReadOnlyDictionary<long, long> HugePages { get; init; } = new Dictionary<long, long>();

    /// <summary>The processor's kind: <c>amd64</c>.</summary>
    public string Architecture => ArchitectureName;

    /// <summary>The kind of the processors that this program runs on.</summary>
    public static string ArchitectureName => ImageArchive.NameOf(RuntimeInformation.ProcessArchitecture);

    /// <summary>The machine's facts as they are now.</summary>
    public static MachineFacts Read() => new()
    {
        HostName = Environment.MachineName.ToLowerInvariant(),
        Processors = Environment.ProcessorCount,
        MemoryBytes = MemoryField("MemTotal"),
        HugePages = ReadHugePages(),
    };

    /// <summary>A figure of /proc/meminfo, in bytes.</summary>
    public static long MemoryField(string name)
    {
        foreach (string line in File.ReadLines("/proc/meminfo"))
        {
            if (line.StartsWith(name + ":", StringComparison.Ordinal))
            {
                string number = line[(name.Length + 1)..].Replace("kB", "", StringComparison.Ordinal).Trim();
                return long.Parse(number, CultureInfo.InvariantCulture) * 1024;
            }
        }

        return 0;
    }

    /// <summary>True when the machine swaps.</summary>
    public static bool HasSwap() => MemoryField("SwapTotal") > 0;

    /// <summary>The numbers and names by which the system calls itself.</summary>
    public static NodeSystemInfo SystemInfo(string runtime, string version) => new()
    {
        MachineID = Text("/etc/machine-id"),
        SystemUUID = Text("/sys/class/dmi/id/product_uuid") is { Length: > 0 } uuid ? uuid : Text("/etc/machine-id"),
        BootID = Text("/proc/sys/kernel/random/boot_id"),
        KernelVersion = Text("/proc/sys/kernel/osrelease"),
        OsImage = OsImage(),
        ContainerRuntimeVersion = runtime,
        KubeletVersion = version,
        KubeProxyVersion = "",
        OperatingSystem = "linux",
        Architecture = ImageArchive.NameOf(RuntimeInformation.ProcessArchitecture),
        Swap = MemoryField("SwapTotal") is > 0 and long swap ? new NodeSwapStatus { Capacity = swap } : null,
    };

    /// <summary>The address by which others reach the machine: that of the way out, else any but the
    /// loopback.</summary>
    public static IPAddress? FindAddress(AddressFamily family)
    {
        try
        {
            using Socket socket = new(family, SocketType.Dgram, ProtocolType.Udp);
            string anywhere = family == AddressFamily.InterNetwork ? "192.0.2.1" : "2001:db8::1";
            socket.Connect(IPAddress.Parse(anywhere), 9);
            return ((IPEndPoint)socket.LocalEndPoint!).Address;
        }
        catch (SocketException)
        {
            return NetworkInterface.GetAllNetworkInterfaces()
                .Where(static one => one.OperationalStatus == OperationalStatus.Up)
                .SelectMany(static one => one.GetIPProperties().UnicastAddresses)
                .Select(static one => one.Address)
                .FirstOrDefault(
                    one => one.AddressFamily == family && !IPAddress.IsLoopback(one) && !one.IsIPv6LinkLocal);
        }
    }

    private static string Text(string file)
    {
        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static string OsImage()
    {
        const string Key = "PRETTY_NAME=";
        string? line = Text("/etc/os-release").Split('\n')
            .FirstOrDefault(static one => one.StartsWith(Key, StringComparison.Ordinal));
        return line is null ? "Linux" : line[Key.Length..].Trim('"');
    }

    private static Dictionary<long, long> ReadHugePages()
    {
        const string Directory = "/sys/kernel/mm/hugepages";
        Dictionary<long, long> pages = [];
        if (!System.IO.Directory.Exists(Directory))
        {
            return pages;
        }

        foreach (string path in System.IO.Directory.EnumerateDirectories(Directory))
        {
            long size = long.Parse(
                Path.GetFileName(path)["hugepages-".Length..^2], CultureInfo.InvariantCulture) * 1024;
            long count = long.TryParse(
                Text(Path.Combine(path, "nr_hugepages")), CultureInfo.InvariantCulture, out long number) ? number : 0;
            pages[size] = size * count;
        }

        return pages;
    }
}
