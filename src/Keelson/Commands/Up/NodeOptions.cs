using System.CommandLine;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Keelson.Cluster;

namespace Keelson.Commands.Up;

/// <summary>The options of <c>keelson up</c> that are about the node with containers.</summary>
internal sealed partial class NodeOptions
{
    private readonly Option<string> _name = new("--node-name")
    {
        Description = "The node's name. Default: the machine's, in lower case.",
        DefaultValueFactory = _ => Environment.MachineName.ToLowerInvariant(),
    };

    private readonly Option<string?> _address = new("--node-ip")
    {
        Description = "The node's address. Default: the one that its way to the outside starts from.",
    };

    private readonly Option<string> _podRange = new("--cluster-cidr")
    {
        Description = "The addresses of pods.",
        DefaultValueFactory = _ => "10.244.0.0/16",
    };

    private readonly Option<string> _runtime = new("--container-runtime-endpoint")
    {
        Description = "The socket of a CRI runtime. Default: a containerd of Keelson's own.",
        DefaultValueFactory = _ => "",
    };

    private readonly Option<FileInfo?> _registries = new("--registries")
    {
        Description = "A file that names mirrors of registries: mirrors: {docker.io: {endpoint: [URL]}}.",
    };

    private readonly Option<DirectoryInfo?> _archives = new("--image-archives")
    {
        Description = "A directory with archives of images, which are imported before pods run.",
    };

    /// <summary>All of them.</summary>
    public IReadOnlyList<Option> All => [_name, _address, _podRange, _runtime, _registries, _archives];

    /// <summary>What they say.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="dataDirectory">Where the cluster is kept.</param>
    /// <param name="node">The node.</param>
    /// <param name="error">What is wrong, with the option's name.</param>
    public bool TryRead(
        ParseResult parsed,
        string dataDirectory,
        [NotNullWhen(true)] out LocalNodeConfig? node,
        [NotNullWhen(false)] out string? error)
    {
        node = null;
        string name = parsed.GetValue(_name)!;
        string range = parsed.GetValue(_podRange)!;
        IPAddress? address = parsed.GetValue(_address) is { } named
            ? IPAddress.TryParse(named, out IPAddress? read) ? read : null
            : FindAddress();
        FileInfo? registries = parsed.GetValue(_registries);
        DirectoryInfo? archives = parsed.GetValue(_archives);
        error = !NodeName().IsMatch(name)
            || name.Length > 253 ? $"--node-name: \"{name}\" is no name of a node: small letters, digits, '-' and '.'"
            : address is null && parsed.GetValue(_address) is { } wrong ? $"--node-ip: \"{wrong}\" is no IP address"
            : address is null ? "--node-ip: this machine has no network address but loopback; name one"
            : !IPNetwork.TryParse(range, out _) ? $"--cluster-cidr: \"{range}\" is no range of addresses"
            : registries is { Exists: false } ? $"--registries: there is no file {registries.FullName}"
            : archives is { Exists: false } ? $"--image-archives: there is no directory {archives.FullName}"
            : null;
        if (error is not null)
        {
            return false;
        }

        node = new LocalNodeConfig
        {
            Name = name,
            Addresses = [address!],
            Directory = Path.Combine(dataDirectory, "node"),
            PodRange = range,
            RuntimeEndpoint = parsed.GetValue(_runtime)!,
            RegistriesFile = registries?.FullName ?? "",
            ImageArchivesDirectory = archives?.FullName ?? "",
        };
        return true;
    }

    /// <summary>The address of the link that the default route leaves by; null when there is none.</summary>
    private static IPAddress? FindAddress()
    {
        foreach ((AddressFamily family, string far) in ((AddressFamily, string)[])
            [(AddressFamily.InterNetwork, "192.0.2.1"), (AddressFamily.InterNetworkV6, "2001:db8::1")])
        {
            try
            {
                // Connecting a datagram socket sends nothing; it picks the address that packets would leave from.
                using Socket socket = new(family, SocketType.Dgram, ProtocolType.Udp);
                socket.Connect(IPAddress.Parse(far), 9);
                if (socket.LocalEndPoint is IPEndPoint { Address: var found } && !IPAddress.IsLoopback(found))
                {
                    return found;
                }
            }
            catch (SocketException)
            {
                // No route in this family.
            }
        }

        return NetworkInterface.GetAllNetworkInterfaces()
            .Where(static one => one.OperationalStatus == OperationalStatus.Up)
            .SelectMany(static one => one.GetIPProperties().UnicastAddresses)
            .Select(static one => one.Address)
            .FirstOrDefault(static one => !IPAddress.IsLoopback(one) && !one.IsIPv6LinkLocal);
    }

    [GeneratedRegex("^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$")]
    private static partial Regex NodeName();
}
