using Keelson.Configuration;
using Keelson.Flags;

namespace Keelson.Commands.Up;

/// <summary>The flags of <c>keelson up</c>. Each is also a variable and a field of the configuration file.</summary>
internal sealed class UpFlags
{
    public UpFlags(FlagSet set, FlagSection flags)
    {
        Config = flags.Path("config", "A file of the kind KeelsonConfiguration that says what flags do not.");
        Directory = flags.Path("data-dir", "Where the cluster is kept. Default: ~/.keelson.");
        Detach = flags.Add(new Flag<bool>(
            "detach", FlagForms.Truth, false, "Return when the cluster is ready, and leave it in the background.")
        {
            Letter = 'd',
            BareValue = "true",
        });
        Merge = flags.Switch("merge-kubeconfig", false,
            "Add the cluster to your own kubeconfig too, as context \"keelson\".");
        Print = flags.Switch("print-config", false,
            "Print the configuration that holds, as a file for --config, and where each value comes from.");
        Server = new(set.Section("API server"));
        Node = new(set.Section("Node"));
        FlagSection simulated = set.Section("Simulated node");
        SimulatedNodes = simulated.Of("simulated-nodes", FlagForms.Count, 0,
            "Add so many nodes without containers: their pods run as their specs say, in simulation.");
        SimulatedNodeConfig = simulated.Path("simulated-node-config",
            "A file that says what simulated nodes are like: shapes, zones, delays, failure rates.");
        Configuration = new(set, [Config.Name, Print.Name]);
    }

    public Flag<string> Config { get; }

    public Flag<string> Directory { get; }

    public Flag<bool> Detach { get; }

    public Flag<bool> Merge { get; }

    public Flag<bool> Print { get; }

    public ServerFlags Server { get; }

    public NodeFlags Node { get; }

    public Flag<int> SimulatedNodes { get; }

    public Flag<string> SimulatedNodeConfig { get; }

    /// <summary>What else may say what the flags say.</summary>
    public FlagConfiguration Configuration { get; }

    /// <summary>Takes what the environment and the configuration file say.</summary>
    /// <exception cref="FlagException">Something is wrong with it.</exception>
    public void ReadFurther(Func<string, string?> environment)
    {
        Configuration.ReadEnvironment(environment);
        Configuration.ReadFile(KeelsonConfiguration.Read(Config.Value));
    }
}

/// <summary>Those about the API server.</summary>
internal sealed class ServerFlags(FlagSection flags)
{
    public Flag<string> BindAddress { get; } = flags.Text("bind-address", "",
        "The address to listen on. Default: all with a node, as pods call; 127.0.0.1 without.");

    public Flag<int> Port { get; } = flags.Port("secure-port", 6443, "The port to listen on; 0 takes a free one.");

    public Flag<TimeSpan> MetricResolution { get; } = flags.Duration("metric-resolution", TimeSpan.FromSeconds(15),
        "How often nodes are asked what they and their pods use; a second at least.");

    public Flag<TimeSpan> NodeMonitorGracePeriod { get; } = flags.Duration(
        "node-monitor-grace-period", TimeSpan.FromSeconds(50),
        "After which time without a sign of life a node counts as gone; 15 seconds at least.");

    public Flag<bool> TrustAnyKubelet { get; } = flags.Switch("trust-any-kubelet", false,
        "Speak also with kubelets that show no certificate of the cluster's authority.");
}

/// <summary>Those about the node with containers.</summary>
internal sealed class NodeFlags(FlagSection flags)
{
    public Flag<bool> NoNode { get; } =
        flags.Switch("no-node", false, "Start the control plane only, without a node that runs containers.");

    public Flag<string> Name { get; } =
        flags.Text("node-name", "", "The node's name. Default: the machine's, in lower case.");

    public Flag<string> Address { get; } = flags.Text("node-ip", "",
        "The node's address. Default: the one that its way to the outside starts from.");

    public Flag<string> PodRange { get; } = flags.Text("cluster-cidr", "10.244.0.0/16", "The addresses of pods.");

    public Flag<string> Runtime { get; } = flags.Text("container-runtime-endpoint", "",
        "The socket of a CRI runtime. Default: a containerd of Keelson's own.");

    public Flag<string> Registries { get; } = flags.Path("registries",
        "A file that names mirrors of registries: mirrors: {docker.io: {endpoint: [URL]}}.");

    public Flag<string> Archives { get; } = flags.Path("image-archives",
        "A directory with archives of images, which are imported before pods run.");

    public Flag<bool> NoInstall { get; } =
        flags.Switch("no-install", false, "Install no Debian packages; list what is missing instead.");

    public Flag<bool> LeavePods { get; } = flags.Switch("leave-pods", false,
        "Let pods run on when this process ends; the next start takes them up again.");

    public Flag<int> KubeletPort { get; } = flags.Port("kubelet-port", 10250, "The port of the kubelet.");

    public Flag<int> DnsPort { get; } =
        flags.Port("dns-port", 10053, "The port of the node's DNS server, behind the service kube-dns.");

    public Flag<int> ProxyHealthPort { get; } = flags.Port("proxy-health-port", 10256,
        "The port of the service proxy's health page; 0 for none.");

    public Flag<int> IngressHttpPort { get; } = flags.Port("ingress-http-port", 80, "Where ingresses answer.");

    public Flag<int> IngressHttpsPort { get; } =
        flags.Port("ingress-https-port", 443, "Where ingresses answer with TLS.");
}
