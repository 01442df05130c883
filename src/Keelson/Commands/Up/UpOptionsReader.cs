using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Keelson.Cluster;
using Keelson.Configuration;
using Keelson.Flags;
using Keelson.Simulation;

namespace Keelson.Commands.Up;

/// <summary>Turns the flags of <c>keelson up</c> into options, and refuses what can't be.</summary>
internal sealed partial class UpOptionsReader(UpFlags flags)
{
    /// <summary>The options.</summary>
    /// <param name="environment">Reads a variable.</param>
    /// <exception cref="FlagException">A value is wrong; the message names where it comes from.</exception>
    public UpOptions Read(Func<string, string?> environment)
    {
        string directory = DirectoryFlags.Default(flags.Directory.Value, environment);
        LocalNodeConfig? node = flags.Node.NoNode.Value ? null : Node(directory);
        string bind = flags.Server.BindAddress.Value;
        bind = bind.Length > 0 ? bind : node is null ? "127.0.0.1" : "0.0.0.0";
        if (!IPAddress.TryParse(bind, out IPAddress? address))
        {
            throw Wrong(flags.Server.BindAddress, $"\"{bind}\" is no IP address");
        }

        if (flags.Server.MetricResolution.Value < TimeSpan.FromSeconds(1))
        {
            throw Wrong(flags.Server.MetricResolution,
                $"{flags.Server.MetricResolution.Text} is less than a second");
        }

        // Nodes give a sign of life every ten seconds.
        if (flags.Server.NodeMonitorGracePeriod.Value < TimeSpan.FromSeconds(15))
        {
            throw Wrong(flags.Server.NodeMonitorGracePeriod,
                $"{flags.Server.NodeMonitorGracePeriod.Text} is less than 15 seconds");
        }

        return new UpOptions
        {
            DataDirectory = directory,
            BindAddress = address,
            SecurePort = flags.Server.Port.Value,
            SimulatedNodes = Simulation(),
            MetricResolution = flags.Server.MetricResolution.Value,
            NodeMonitorGracePeriod = flags.Server.NodeMonitorGracePeriod.Value,
            VerifiesKubelets = !flags.Server.TrustAnyKubelet.Value,
            Node = node,
            MayInstall = !flags.Node.NoInstall.Value,
            LeavesPods = flags.Node.LeavePods.Value,
            MergesKubeconfig = flags.Merge.Value,
        };
    }

    private LocalNodeConfig Node(string directory)
    {
        NodeFlags node = flags.Node;
        string name = node.Name.Value.Length > 0 ? node.Name.Value : Environment.MachineName.ToLowerInvariant();
        if (!NodeName().IsMatch(name) || name.Length > 253)
        {
            throw Wrong(node.Name, $"\"{name}\" is no name of a node: small letters, digits, '-' and '.'");
        }

        if (!IPNetwork.TryParse(node.PodRange.Value, out _))
        {
            throw Wrong(node.PodRange, $"\"{node.PodRange.Value}\" is no range of addresses");
        }

        return new LocalNodeConfig
        {
            Name = name,
            Addresses = [Address()],
            Directory = Path.Combine(directory, "node"),
            PodRange = node.PodRange.Value,
            RuntimeEndpoint = node.Runtime.Value,
            RegistriesFile = Existing(node.Registries, File.Exists, "file"),
            ImageArchivesDirectory = Existing(node.Archives, Directory.Exists, "directory"),
            KubeletPort = node.KubeletPort.Value,
            DnsPort = node.DnsPort.Value,
            ProxyHealthPort = node.ProxyHealthPort.Value > 0 ? node.ProxyHealthPort.Value : null,
            IngressHttpPort = node.IngressHttpPort.Value,
            IngressHttpsPort = node.IngressHttpsPort.Value,
        };
    }

    private IPAddress Address()
    {
        string named = flags.Node.Address.Value;
        if (named.Length == 0)
        {
            return FindAddress()
                ?? throw Wrong(flags.Node.Address, "this machine has no network address but loopback; name one");
        }

        return IPAddress.TryParse(named, out IPAddress? address)
            ? address
            : throw Wrong(flags.Node.Address, $"\"{named}\" is no IP address");
    }

    private string Existing(Flag<string> flag, Func<string, bool> exists, string what)
    {
        if (flag.Value.Length == 0)
        {
            return "";
        }

        string path = Path.GetFullPath(flag.Value);
        return exists(path) ? path : throw Wrong(flag, $"there is no {what} {path}");
    }

    private SimulatedNodesConfig? Simulation()
    {
        int count = flags.SimulatedNodes.Value;
        string file = flags.SimulatedNodeConfig.Value;
        if (count == 0 && file.Length == 0)
        {
            return null;
        }

        try
        {
            SimulatedNodesConfig nodes = file.Length == 0 ? new() : SimulatedNodesFile.Read(Path.GetFullPath(file));
            return count > 0 ? nodes with { Count = count } : nodes;
        }
        catch (SimulatedNodesFileException exception)
        {
            throw Wrong(flags.SimulatedNodeConfig, exception.Message);
        }
    }

    private FlagException Wrong(Flag flag, string what) => new($"{flags.Configuration.SourceOf(flag)}: {what}");

    /// <summary>The address of the link that the default route leaves by; null when there is none.</summary>
    internal static IPAddress? FindAddress()
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
    internal static partial Regex NodeName();
}
