using System.Net;
using System.Text.RegularExpressions;
using Keelson.Cluster;
using Keelson.Cluster.Joining;
using Keelson.Clusters;
using Keelson.Commands.Up;
using Keelson.Commands.UserCommands;
using Keelson.Flags;

namespace Keelson.Commands.Join;

/// <summary><c>keelson join</c>: makes this machine a node of a cluster whose control plane is elsewhere.</summary>
internal sealed partial class JoinCommand : FoundClusterCommand
{
    private const string TakeFrom =
        "take the command from the control plane: keelson token create --print-join-command";

    private readonly Flag<string> _token;
    private readonly Flag<IReadOnlyList<string>> _hashes;
    private readonly Flag<bool> _noInstall;
    private readonly Flag<bool> _detach;
    private readonly Flag<string> _name;
    private readonly Flag<string> _address;
    private readonly Flag<string> _runtime;
    private readonly Flag<string> _registries;
    private readonly Flag<string> _archives;

    public JoinCommand()
        : base("join", Text)
    {
        _token = Flags.Text("token", "", "The token with which to join: ID.SECRET.");
        _hashes = Flags.Texts("discovery-token-ca-cert-hash",
            "The digest of the public key of the cluster's authority: sha256:HEX; several for several.");
        _noInstall = Flags.Switch("no-install", false, "Install no Debian packages; list what is missing instead.");
        _detach = Flags.Switch("detach", false, "Run in the background; return once the node runs.");
        FlagSection node = Set.Section("Node");
        _name = node.Text("node-name", "", "The node's name. Default: the machine's, in lower case.");
        _address = node.Text("node-ip", "",
            "The node's address. Default: the one that its way to the outside starts from.");
        _runtime = node.Text("container-runtime-endpoint", "",
            "The socket of a CRI runtime. Default: a containerd of Keelson's own.");
        _registries = node.Path("registries",
            "A file that names mirrors of registries: mirrors: {docker.io: {endpoint: [URL]}}.");
        _archives = node.Path("image-archives",
            "A directory with archives of images, which are imported before pods run.");
    }

    private static CommandHelp Text { get; } =
        new("Make this machine a node of a cluster, and run it until interrupted.", "[HOST:PORT] [flags]")
    {
        Description = """
            Make this machine a node of a cluster whose control plane is on another machine, and run it until
            interrupted. Missing Debian packages are installed. The token and the digest tell that it is the right
            cluster; the node then gets a certificate of its own, and needs neither when it is started again. Pods run
            on when this ends; keelson reset ends them.
            """,
        Examples = """
            # On the control plane: print the command for the other machine
            keelson token create --print-join-command

            # On the other machine, as root
            keelson join 192.168.1.10:6443 --token abcdef.0123456789abcdef --discovery-token-ca-cert-hash sha256:HEX

            # A later start, in the background
            keelson join --detach

            # With the machine, from now on
            keelson install
            """,
        Notes = """
            Exit codes:
              0   it was ended by a signal, or with --detach runs
              1   it can't join, or can't go on; why, is said
              2   a flag, variable or configuration file is wrong

            See also: keelson token create, keelson status, keelson stop, keelson reset, keelson install
            """,
    };

    /// <inheritdoc/>
    protected override Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        if (arguments.Count > 1)
        {
            throw Usage($"keelson join takes one argument, HOST:PORT, got \"{arguments[1]}\" too");
        }

        string directory = DataDirectory;
        if (Directory.Exists(Path.Combine(directory, "store")))
        {
            throw Wrong($"--data-dir: {directory} has a control plane; a node that joins needs a directory of its own");
        }

        WorkerNodeConfig config = new()
        {
            Node = Node(directory),
            DataDirectory = directory,
            Ticket = Ticket(arguments.Count > 0 ? arguments[0] : ""),
            Clock = Console.Clock,
            Log = text => Console.Error.WriteLine(text),
        };
        if (!_detach.Value)
        {
            return new JoinProcess(config, !_noInstall.Value, Console).RunAsync(cancellation);
        }

        string[] line = [.. Environment.GetCommandLineArgs().Skip(1), "--detach=false"];
        return DetachedProcess.StartAsync(line, directory, Console, cancellation);
    }

    private LocalNodeConfig Node(string directory)
    {
        string name = _name.Value.Length > 0 ? _name.Value : Environment.MachineName.ToLowerInvariant();
        if (!UpOptionsReader.NodeName().IsMatch(name) || name.Length > 253)
        {
            throw Wrong($"--node-name: \"{name}\" is no name of a node: small letters, digits, '-' and '.'");
        }

        IPAddress? address = null;
        if (_address.Value.Length > 0 && !IPAddress.TryParse(_address.Value, out address))
        {
            throw Wrong($"--node-ip: \"{_address.Value}\" is no IP address");
        }

        return new LocalNodeConfig
        {
            Name = name,
            Addresses =
            [
                address ?? UpOptionsReader.FindAddress()
                    ?? throw Wrong("--node-ip: this machine has no network address but loopback; name one"),
            ],
            Directory = Path.Combine(directory, "node"),
            RuntimeEndpoint = _runtime.Value,
            RegistriesFile = Existing(_registries, File.Exists, "file"),
            ImageArchivesDirectory = Existing(_archives, Directory.Exists, "directory"),
        };
    }

    private static string Existing(Flag<string> flag, Func<string, bool> exists, string what)
    {
        string path = flag.Value.Length == 0 ? "" : Path.GetFullPath(flag.Value);
        return path.Length == 0 || exists(path) ? path : throw Wrong($"--{flag.Name}: there is no {what} {path}");
    }

    /// <summary>What to join with; null when nothing of it is named, as for a node that has joined.</summary>
    private JoinTicket? Ticket(string server)
    {
        string text = _token.Value;
        IReadOnlyList<string> hashes = _hashes.Value;
        if (server.Length == 0 && text.Length == 0 && hashes.Count == 0)
        {
            return null;
        }

        BootstrapToken? token = BootstrapToken.Parse(text);
        string? error = server.Length == 0 ? $"HOST:PORT: the API server is missing; {TakeFrom}"
            : !IsAddress(server) ? $"HOST:PORT: \"{server}\" is no host and port, such as 192.168.1.10:6443"
            : text.Length == 0 ? $"--token: a token is missing; {TakeFrom}"
            : token is null ? $"--token: \"{text}\" is no token; one has the form [a-z0-9]{{6}}.[a-z0-9]{{16}}"
            : hashes.Count == 0 ? $"--discovery-token-ca-cert-hash: missing; {TakeFrom}"
            : hashes.FirstOrDefault(one => !Hash().IsMatch(one)) is { } wrong
                ? $"--discovery-token-ca-cert-hash: \"{wrong}\" is no digest of the form sha256:HEX, 64 digits"
                : null;
        return error is null ? new(server, token!, hashes) : throw Wrong(error);
    }

    private static bool IsAddress(string text) =>
        Uri.TryCreate("https://" + text, UriKind.Absolute, out Uri? address)
        && address.PathAndQuery == "/"
        && text.LastIndexOf(':') > text.LastIndexOf(']')
        && text.Contains(':', StringComparison.Ordinal);

    private static CommandException Wrong(string text) => new(text) { ExitCode = WrongUse };

    [GeneratedRegex("^sha256:[0-9a-fA-F]{64}$")]
    private static partial Regex Hash();
}
