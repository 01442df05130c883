using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Keelson.Clusters;
using Keelson.Commands.UserCommands;
using Keelson.Flags;
using Keelson.Machinery.Trees;
using Keelson.Resources;
using Keelson.Streaming.RemoteCommand;
using Keelson.Streaming.Spdy;

namespace Keelson.Commands.PortForward;

/// <summary><c>keelson port-forward</c>: ports of a pod on this machine.</summary>
internal sealed class PortForwardCommand : ClusterCommand
{
    private readonly Flag<IReadOnlyList<string>> _addresses;

    public PortForwardCommand()
        : base("port-forward", Text) => _addresses = Flags.Add(new Flag<IReadOnlyList<string>>(
            "address", FlagForms.Texts, ["localhost"], "The addresses to listen on: IP addresses, or localhost."));

    private static CommandHelp Text { get; } = new(
        "Forward ports of this machine to a pod.",
        "TYPE/NAME [LOCAL_PORT:]REMOTE_PORT [...[LOCAL_PORT_N:]REMOTE_PORT_N] [flags]")
    {
        Description =
            "Forward ports of this machine to a pod, until interrupted. Of a service or workload, one pod is\n"
            + "taken; the ports of services are theirs.",
        Examples = """
            # Port 8080 here to port 80 of a pod
            keelson port-forward pod/web 8080:80

            # A port that is free here to a service's port by name
            keelson port-forward service/web :http
            """,
    };

    /// <inheritdoc/>
    protected override void CheckArguments(IReadOnlyList<string> arguments)
    {
        if (arguments.Count < 2)
        {
            throw Usage("TYPE/NAME and list of ports are required for port-forward");
        }
    }

    /// <inheritdoc/>
    protected override async Task<int> RunOnClusterAsync(
        IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        (ObjectTree named, IReadOnlyList<ObjectTree> pods) =
            await PodFinder.AllAsync(Cluster, arguments[0], cancellation);
        if (pods.Count == 0)
        {
            throw new CommandException($"there are no pods of {named.Kind().ToLowerInvariant()}/{named.Name()}");
        }

        ObjectTree pod = pods[0];
        if (pod.TextAt("status", "phase") is not "Running" and var phase)
        {
            throw new CommandException($"unable to forward port because pod is not running. Current status={phase}");
        }

        List<ForwardedPort> ports = [.. arguments.Skip(1).Select(word => ForwardedPort.Of(word, named, pod))];
        string path = $"/api/v1/namespaces/{pod.Namespace()}/pods/{pod.Name()}/portforward";
        Stream transport = await Cluster.UpgradeAsync(path, StreamNames.PortForward, cancellation);
        await using SpdyConnection connection = SpdyConnection.AsClient(transport);
        List<Task> listening = [];
        PortForwarder forwarder = new(connection, Console);
        foreach (ForwardedPort port in ports)
        {
            listening.AddRange(Listen(port).Select(one => forwarder.AcceptAsync(one, port.Remote, cancellation)));
        }

        Console.Output.Flush();
        await Task.WhenAny([.. listening, connection.Completion]);
        throw new CommandException("lost connection to pod");
    }

    private List<TcpListener> Listen(ForwardedPort port)
    {
        List<TcpListener> listeners = [];
        int local = port.Local;
        foreach (IPAddress address in _addresses.Value.SelectMany(AddressesOf))
        {
            TcpListener listener = new(address, local);
            try
            {
                listener.Start();
            }
            catch (SocketException exception) when (listeners.Count > 0
                && exception.SocketErrorCode != SocketError.AddressAlreadyInUse)
            {
                // A machine without IPv6 has localhost all the same.
                listener.Dispose();
                continue;
            }
            catch (SocketException exception)
            {
                listener.Dispose();
                throw new CommandException($"unable to listen on port {local}: {exception.Message}", exception);
            }

            local = ((IPEndPoint)listener.LocalEndpoint).Port;
            string shown = address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString();
            Console.Output.Write($"Forwarding from {shown}:{local} -> {port.Remote}\n");
            listeners.Add(listener);
        }

        return listeners;
    }

    private static IEnumerable<IPAddress> AddressesOf(string text) => text == "localhost"
        ? [IPAddress.Loopback, IPAddress.IPv6Loopback]
        : IPAddress.TryParse(text, out IPAddress? address)
            ? [address]
            : throw new CommandException($"{text} is not a valid IP");
}

/// <summary>A port here, and the pod's port that it leads to.</summary>
internal readonly record struct ForwardedPort(int Local, int Remote)
{
    /// <summary>Reads <c>8080:80</c>, <c>80</c>, <c>:80</c>, <c>8080:http</c>.</summary>
    public static ForwardedPort Of(string word, ObjectTree named, ObjectTree pod)
    {
        string[] parts = word.Split(':');
        if (parts.Length > 2)
        {
            throw new CommandException($"invalid port format '{word}'");
        }

        int remote = RemoteOf(parts[^1], named, pod);
        string local = parts.Length == 2 ? parts[0] : remote == 0 ? "" : parts[0];
        return local.Length == 0
            ? new(0, remote)
            : int.TryParse(local, CultureInfo.InvariantCulture, out int port)
                ? new(port, remote)
                : parts.Length == 1
                    ? new(remote, remote)
                    : throw new CommandException($"error parsing local port '{local}': strconv.ParseUint: parsing "
                        + $"\"{local}\": invalid syntax");
    }

    private static int RemoteOf(string text, ObjectTree named, ObjectTree pod)
    {
        bool isNumber = int.TryParse(text, CultureInfo.InvariantCulture, out int number);
        if (named.Kind() != "Service")
        {
            return isNumber ? number : ContainerPort(pod, text);
        }

        ObjectTree port = named.Objects("spec", "ports").FirstOrDefault(
                one => isNumber ? one.Number("port") == number : one.TextAt("name") == text)
            ?? throw new CommandException($"Service {named.Name()} does not have a service port {text}");
        string target = port.Scalar("targetPort");
        return int.TryParse(target, CultureInfo.InvariantCulture, out int there)
            ? there
            : target.Length == 0 ? (int)(port.Number("port") ?? 0) : ContainerPort(pod, target);
    }

    private static int ContainerPort(ObjectTree pod, string name) => (int)(pod.Objects("spec", "containers")
        .SelectMany(container => container.Objects("ports")).FirstOrDefault(port => port.TextAt("name") == name)
        ?.Number("containerPort")
        ?? throw new CommandException($"Pod '{pod.Name()}' does not have a named port '{name}'"));
}
