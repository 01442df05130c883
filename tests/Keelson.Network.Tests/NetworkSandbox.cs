using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Keelson.Network.Nft;

namespace Keelson.Network.Tests;

/// <summary>
/// A node and its pods as network namespaces of their own: nothing in them touches the machine's network.
/// </summary>
internal sealed partial class NetworkSandbox : IAsyncDisposable
{
    private static int _count;

    private readonly List<string> _namespaces = [];
    private readonly List<Socket> _sockets = [];
    private readonly NodePrograms _machine = new();

    private NetworkSandbox() => Node = Name("n");

    /// <summary>Why sandboxes can't be made here; empty when they can.</summary>
    public static string Missing { get; } = Environment.UserName != "root" ? "needs root"
        : !NodePrograms.IsThere("nft") ? "needs nft"
        : !NodePrograms.IsThere("ip") ? "needs ip" : "";

    /// <summary>The namespace of the node.</summary>
    public string Node { get; }

    /// <summary>A node with a bridge for pods.</summary>
    public static async Task<NetworkSandbox> CreateAsync(string podNetwork = "10.1.0")
    {
        NetworkSandbox sandbox = new();
        await sandbox.AddNamespaceAsync(sandbox.Node);
        await sandbox.IpAsync(sandbox.Node, "link add br0 type bridge");
        await sandbox.IpAsync(sandbox.Node, $"addr add {podNetwork}.1/24 dev br0");
        await sandbox.IpAsync(sandbox.Node, "link set br0 up");
        await sandbox.IpAsync(sandbox.Node, "link add up0 type bridge");
        await sandbox.IpAsync(sandbox.Node, "addr add 198.18.0.1/24 dev up0");
        await sandbox.IpAsync(sandbox.Node, "link set up0 up");
        await sandbox.IpAsync(sandbox.Node, "route add default via 198.18.0.2");
        await sandbox.ShellAsync(
            sandbox.Node,
            "echo 1 > /proc/sys/net/ipv4/ip_forward; echo 1 > /proc/sys/net/bridge/bridge-nf-call-iptables");
        return sandbox;
    }

    /// <summary>A pod on the node's bridge.</summary>
    public async Task<string> AddPodAsync(string address)
    {
        string pod = Name("p");
        string link = "v" + address.Replace('.', '-');
        await AddNamespaceAsync(pod);
        await IpAsync(Node, $"link add {link} type veth peer name eth0 netns {pod}");
        await IpAsync(Node, $"link set {link} master br0 up");
        await IpAsync(Node, $"link set {link} type bridge_slave hairpin on");
        await IpAsync(pod, $"addr add {address}/24 dev eth0");
        await IpAsync(pod, "link set eth0 up");
        await IpAsync(pod, $"route add default via {address[..address.LastIndexOf('.')]}.1");
        return pod;
    }

    /// <summary>A machine beside the node: the node is 192.0.2.1, the machine 192.0.2.2.</summary>
    public async Task<string> AddNeighbourAsync()
    {
        string neighbour = Name("x");
        await AddNamespaceAsync(neighbour);
        await IpAsync(Node, $"link add out0 type veth peer name eth0 netns {neighbour}");
        await IpAsync(Node, "addr add 192.0.2.1/24 dev out0");
        await IpAsync(Node, "link set out0 up");
        await IpAsync(neighbour, "addr add 192.0.2.2/24 dev eth0");
        await IpAsync(neighbour, "link set eth0 up");
        await IpAsync(neighbour, "route add default via 192.0.2.1");
        return neighbour;
    }

    /// <summary>Another namespace with nothing but a loopback.</summary>
    public async Task<string> AddMachineAsync()
    {
        string name = Name("m");
        await AddNamespaceAsync(name);
        return name;
    }

    /// <summary>Connects two namespaces.</summary>
    public async Task ConnectAsync(string left, string leftAddress, string right, string rightAddress)
    {
        string link = "c" + Interlocked.Increment(ref _count);
        await IpAsync(left, $"link add {link} type veth peer name {link} netns {right}");
        foreach ((string where, string address) in ((string, string)[])[(left, leftAddress), (right, rightAddress)])
        {
            await IpAsync(where, $"addr add {address} dev {link}");
            await IpAsync(where, $"link set {link} up");
        }
    }

    /// <summary>Runs <c>ip</c> in a namespace.</summary>
    public async Task IpAsync(string where, string arguments)
    {
        ProgramResult result = await _machine.RunAsync(
            "ip", ["-n", where, .. arguments.Split(' ')], CancellationToken.None);
        Assert.True(result.ExitCode == 0, $"ip -n {where} {arguments}: {result.Error}");
    }

    /// <summary>Runs a line of the shell in a namespace.</summary>
    public async Task<string> ShellAsync(string where, string line)
    {
        ProgramResult result = await new NodePrograms(where).RunAsync("sh", ["-c", line], CancellationToken.None);
        Assert.True(result.ExitCode == 0, $"{line}: {result.Error}");
        return result.Output;
    }

    /// <summary>A server that answers every connection with its name and who is talking to it.</summary>
    public void Serve(
        string where, int port, string name, AddressFamily family = AddressFamily.InterNetwork) =>
            Serve(where, port, async connection =>
    {
        string client = ((IPEndPoint)connection.RemoteEndPoint!).Address.ToString();
        await connection.SendAsync(Encoding.ASCII.GetBytes(name + " " + client));
        connection.Shutdown(SocketShutdown.Both);
    }, family);

    /// <summary>A server that answers every datagram with its name.</summary>
    public void ServeDatagrams(string where, int port, string name)
    {
        Socket socket = In(where, () =>
        {
            Socket made = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            made.Bind(new IPEndPoint(IPAddress.Any, port));
            return made;
        });
        _sockets.Add(socket);
        _ = Task.Run(async () =>
        {
            byte[] buffer = new byte[64];
            while (true)
            {
                SocketReceiveFromResult from = await socket.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0));
                await socket.SendToAsync(Encoding.ASCII.GetBytes(name), from.RemoteEndPoint);
            }
        });
    }

    /// <summary>A server.</summary>
    public void Serve(
        string where, int port, Func<Socket, Task> serve, AddressFamily family = AddressFamily.InterNetwork)
    {
        Socket listener = In(where, () =>
        {
            Socket socket = new(family, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(
                family == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, port));
            socket.Listen();
            return socket;
        });
        _sockets.Add(listener);
        _ = Task.Run(async () =>
        {
            while (true)
            {
                Socket connection = await listener.AcceptAsync();
                _ = Task.Run(async () =>
                {
                    using (connection)
                    {
                        await serve(connection);
                    }
                });
            }
        });
    }

    /// <summary>What a server says; why it says nothing otherwise: <c>refused</c> or <c>silent</c>.</summary>
    public async Task<string> AskAsync(string where, string address, int port)
    {
        IPAddress target = IPAddress.Parse(address);
        using Socket socket = In(where, () => new Socket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        using CancellationTokenSource patience = new(TimeSpan.FromMilliseconds(700));
        try
        {
            await socket.ConnectAsync(new IPEndPoint(target, port), patience.Token);
            byte[] buffer = new byte[256];
            int count = await socket.ReceiveAsync(buffer, patience.Token);
            return Encoding.ASCII.GetString(buffer, 0, count);
        }
        catch (OperationCanceledException)
        {
            return "silent";
        }
        catch (SocketException)
        {
            return "refused";
        }
    }

    /// <summary>Makes a socket in a namespace; it stays there wherever it is used.</summary>
    public static T In<T>(string where, Func<T> make)
    {
        T result = default!;
        Exception? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                int file = Open("/run/netns/" + where, 0);
                Assert.Equal(0, SetNamespace(file, 0x40000000));
                _ = Close(file);
                result = make();
            }
            catch (Exception exception)
            {
                failure = exception;
            }
        });
        thread.Start();
        thread.Join();
        return failure is null ? result : throw failure;
    }

    public async ValueTask DisposeAsync()
    {
        _sockets.ForEach(static one => one.Dispose());
        foreach (string one in _namespaces)
        {
            await _machine.RunAsync("ip", ["netns", "del", one], CancellationToken.None);
        }
    }

    private static string Name(string kind) =>
        $"kn{kind}-{Environment.ProcessId}-{Interlocked.Increment(ref _count)}";

    private async Task AddNamespaceAsync(string name)
    {
        ProgramResult result = await _machine.RunAsync("ip", ["netns", "add", name], CancellationToken.None);
        Assert.True(result.ExitCode == 0, result.Error);
        _namespaces.Add(name);
        await IpAsync(name, "link set lo up");
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(int file, int kind);

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int file);
}
