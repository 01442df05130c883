using System.Net;
using System.Security.Cryptography.X509Certificates;
using Keelson.Api.Core.V1;
using Keelson.Client;
using Keelson.Client.Informers;
using Keelson.Machinery.Values;
using Keelson.Nodes.Eviction;
using Keelson.Nodes.Identity;
using Keelson.Nodes.Images.Garbage;
using Keelson.Nodes.Images.Pulls;
using Keelson.Nodes.Logs;
using Keelson.Nodes.Placement;
using Keelson.Nodes.Server;
using Keelson.Nodes.Shutdown;
namespace Keelson.Nodes;

/// <summary>What a node agent works with. Names and defaults are those of the kubelet's configuration.</summary>
public sealed record NodeAgentConfig
{
    /// <summary>The node's name.</summary>
    public required string NodeName { get; init; }

    /// <summary>The machine's name; the node's unless told otherwise.</summary>
    public string HostName
    {
        get => field.Length > 0 ? field : NodeName;
        init;
    } = "";

    /// <summary>The API under the node's identity (<c>system:node:NAME</c>).</summary>
    public required IApiClient Client { get; init; }

    /// <summary>The identity that the client speaks with, where the agent sees to its certificate itself.</summary>
    public NodeIdentity? Identity { get; init; }

    /// <summary>The objects as this process knows them: pods (at least the node's), services, runtime
    /// classes.</summary>
    public required IInformers Informers { get; init; }

    /// <summary>Where the agent keeps what pods need (<c>--root-dir</c>).</summary>
    public required string RootDirectory { get; init; }

    /// <summary>Where containers' logs go (<c>podLogsDir</c>).</summary>
    public string PodLogsDirectory { get; init; } = "/var/log/pods";

    /// <summary>The runtime's socket (<c>--container-runtime-endpoint</c>); empty to start a containerd of our
    /// own.</summary>
    public string RuntimeEndpoint { get; init; } = "";

    /// <summary>Where a containerd of our own keeps everything.</summary>
    public string RuntimeDirectory
    {
        get => field.Length > 0 ? field : Path.Combine(RootDirectory, "containerd");
        init;
    } = "";

    /// <summary>Where a containerd of our own reads its network configuration.</summary>
    public string CniConfigurationDirectory
    {
        get => field.Length > 0 ? field : Path.Combine(RuntimeDirectory, "cni");
        init;
    } = "";

    /// <summary>Registries' mirrors (<c>--registries</c>); empty for none.</summary>
    public string RegistriesFile { get; init; } = "";

    /// <summary>A directory with image archives that are imported before pods run; empty for none.</summary>
    public string ImageArchivesDirectory { get; init; } = "";

    /// <summary>The node's addresses (<c>--node-ip</c>); none to find them.</summary>
    public IReadOnlyList<IPAddress> Addresses { get; init; } = [];

    /// <summary>Where pods ask for names (<c>clusterDNS</c>).</summary>
    public IReadOnlyList<string> ClusterDns { get; init; } = [];

    /// <summary>The domain of services (<c>clusterDomain</c>).</summary>
    public string ClusterDomain { get; init; } = "cluster.local";

    /// <summary>The node's resolver file (<c>resolvConf</c>); empty for none.</summary>
    public string ResolverFile { get; init; } = "/etc/resolv.conf";

    /// <summary>The most pods (<c>maxPods</c>).</summary>
    public int MaxPods { get; init; } = 110;

    /// <summary>The most pods for each processor; 0 for no such bound (<c>podsPerCore</c>).</summary>
    public int PodsPerProcessor { get; init; }

    /// <summary>The most processes of a pod; -1 for no bound (<c>podPidsLimit</c>).</summary>
    public long PodProcessesMax { get; init; } = -1;

    /// <summary>How many ids of users and groups a pod with a user namespace has (<c>userNamespaces.idsPerPod</c>).
    /// </summary>
    public uint IdsPerPod { get; init; } = 65536;

    /// <summary>Whether containers that choose no seccomp profile have the runtime's (<c>seccompDefault</c>).</summary>
    public bool DefaultSeccomp { get; init; }

    /// <summary>Of which images that are here pods must show that they could pull them
    /// (<c>imagePullCredentialsVerificationPolicy</c>).</summary>
    public PullVerificationPolicy PullVerification { get; init; }

    /// <summary>The images of which they need not (<c>preloadedImagesVerificationAllowlist</c>).</summary>
    public IReadOnlyList<string> PullAllowlist { get; init; } = [];

    /// <summary>How many images are pulled at once: 1 unless <c>serializeImagePulls</c> is false.</summary>
    public int ParallelImagePulls { get; init; } = 1;

    /// <summary>The file, or the directory of files, that says which programs know credentials for images
    /// (<c>--image-credential-provider-config</c>); empty for none.</summary>
    public string CredentialProviderConfig { get; init; } = "";

    /// <summary>Where those programs are (<c>--image-credential-provider-bin-dir</c>).</summary>
    public string CredentialProviderDirectory { get; init; } = "";

    /// <summary>Whether pods have control groups of their own (<c>cgroupsPerQOS</c>).</summary>
    public bool PodCgroups { get; init; } = true;

    /// <summary>Who makes control groups: <c>cgroupfs</c> or <c>systemd</c> (<c>cgroupDriver</c>). What the runtime
    /// says counts more; empty to leave it to the runtime, and to files where that does not say.</summary>
    public string CgroupDriver { get; init; } = "";

    /// <summary>Whether of a container that is out of memory only one process is killed
    /// (<c>singleProcessOOMKill</c>); null for what control groups can: all of them with version 2.</summary>
    public bool? KillsSingleProcesses { get; init; }

    /// <summary>The control group above those of pods (<c>cgroupRoot</c>).</summary>
    public string CgroupRoot { get; init; } = "";

    /// <summary>Kept from pods for the system (<c>systemReserved</c>).</summary>
    public IReadOnlyDictionary<string, Quantity> SystemReserved { get; init; } = new Dictionary<string, Quantity>();

    /// <summary>Kept from pods for the agent (<c>kubeReserved</c>).</summary>
    public IReadOnlyDictionary<string, Quantity> KubeReserved { get; init; } = new Dictionary<string, Quantity>();

    /// <summary>What is held to what it may have: all pods together (<c>pods</c>), <c>system-reserved</c>,
    /// <c>kube-reserved</c>, or of these processors only, with <c>-compressible</c> behind it
    /// (<c>enforceNodeAllocatable</c>).</summary>
    public IReadOnlyList<string> EnforceNodeAllocatable { get; init; } = ["pods"];

    /// <summary>The control group of the system, which is there already (<c>systemReservedCgroup</c>).</summary>
    public string SystemReservedCgroup { get; init; } = "";

    /// <summary>The control group of what belongs to Kubernetes, which is there already (<c>kubeReservedCgroup</c>).
    /// </summary>
    public string KubeReservedCgroup { get; init; } = "";

    /// <summary>When pods are evicted because the node runs short.</summary>
    public EvictionConfig Eviction { get; init; } = new();

    /// <summary>How containers get processors, memory and devices of their own.</summary>
    public PlacementConfig Placement { get; init; } = new();

    /// <summary>How long pods get when the machine shuts down.</summary>
    public ShutdownConfig Shutdown { get; init; } = new();

    /// <summary>When images nobody uses are removed.</summary>
    public ImageGarbageConfig ImageGarbage { get; init; } = new();

    /// <summary>When logs of containers are rotated.</summary>
    public LogRotationConfig LogRotation { get; init; } = new();

    /// <summary>Kernel settings that pods may have though they are not safe (<c>allowedUnsafeSysctls</c>).</summary>
    public IReadOnlyList<string> AllowedUnsafeSysctls { get; init; } = [];

    /// <summary>Labels that the node registers with (<c>--node-labels</c>).</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Taints that the node registers with (<c>registerWithTaints</c>).</summary>
    public IReadOnlyList<Taint> Taints { get; init; } = [];

    /// <summary>False for a node whose object somebody else makes (<c>registerNode</c>).</summary>
    public bool Registers { get; init; } = true;

    /// <summary>How often the node's status is looked at (<c>nodeStatusUpdateFrequency</c>).</summary>
    public TimeSpan StatusPeriod { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often a status is reported that has not changed (<c>nodeStatusReportFrequency</c>).</summary>
    public TimeSpan ReportPeriod { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>For how long the node's lease holds; it is renewed four times in it
    /// (<c>nodeLeaseDurationSeconds</c>).</summary>
    public int LeaseSeconds { get; init; } = 40;

    /// <summary>The most images in the node's status; -1 for all (<c>nodeStatusMaxImages</c>).</summary>
    public int StatusImagesMax { get; init; } = 50;

    /// <summary>False to register as unschedulable (<c>--register-schedulable</c>).</summary>
    public bool IsSchedulable { get; init; } = true;

    /// <summary>The provider's name of the node (<c>providerID</c>).</summary>
    public string ProviderId { get; init; } = "";

    /// <summary>The directory of static pods' manifests (<c>staticPodPath</c>); empty for none.</summary>
    public string StaticPodDirectory { get; init; } = "";

    /// <summary>The version of upstream that this is like.</summary>
    public const string Release = "v1.36.2";

    /// <summary>The version that the node reports.</summary>
    public string Version { get; init; } = Release;

    /// <summary>The flags that the agent was started with, for <c>/flagz</c>.</summary>
    public IReadOnlyDictionary<string, string> Flags { get; init; } = new Dictionary<string, string>();

    /// <summary>The kubelet's HTTPS server; null for none.</summary>
    public NodeAgentServerConfig? Server { get; init; }

    /// <summary>Where the agent says to its own machine that it is well (<c>healthzBindAddress</c>,
    /// <c>healthzPort</c>); null for nowhere.</summary>
    public IPEndPoint? Health { get; init; }

    /// <summary>The longest wait before a container that ended is started again
    /// (<c>crashLoopBackOff.maxContainerRestartPeriod</c>).</summary>
    public TimeSpan MaxContainerRestartPeriod { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>Is told of a pod that was connected to the pod network, before any of its containers starts: network
    /// policies must hold by then. Null where nobody needs to know.</summary>
    public PodConnected? Connected { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Where the agent says what goes on.</summary>
    public Action<string> Log { get; init; } = static _ => { };
}

/// <summary>Hears of a pod that was connected to the pod network; its containers wait for the task.</summary>
/// <param name="pod">The pod; its status may not tell the addresses yet.</param>
/// <param name="addresses">Its addresses, at least one.</param>
/// <param name="cancellationToken">Ends the wait, because the pod is to end.</param>
/// <exception cref="TimeoutException">Nothing may run in the pod yet; the message says why. The agent tells it by an
/// event and asks again later.</exception>
public delegate Task PodConnected(Pod pod, IReadOnlyList<string> addresses, CancellationToken cancellationToken);

/// <summary>The server of a node agent.</summary>
public sealed record NodeAgentServerConfig
{
    /// <summary>The address to listen on (<c>address</c>).</summary>
    public IPAddress BindAddress { get; init; } = IPAddress.Any;

    /// <summary>The port to listen on; 0 lets the system choose (<c>port</c>).</summary>
    public int Port { get; init; } = 10250;

    /// <summary>The certificate to show; null for one that is made for the occasion.</summary>
    public Func<X509Certificate2>? Certificate { get; init; }

    /// <summary>Where a certificate is kept that the cluster is asked for (<c>serverTLSBootstrap</c>,
    /// <c>--cert-dir</c>); empty to ask for none.</summary>
    public string CertificateDirectory { get; init; } = "";

    /// <summary>The authorities that vouch for clients (<c>authentication.x509.clientCAFile</c>).</summary>
    public Func<IReadOnlyList<X509Certificate2>> ClientAuthorities { get; init; } = static () => [];

    /// <summary>The oldest TLS that is spoken: 1.2 or 1.3 (<c>tlsMinVersion</c>).</summary>
    public Version TlsMin { get; init; } = new(1, 2);

    /// <summary>Whether logs, commands and ports of containers are served (<c>enableDebuggingHandlers</c>).</summary>
    public bool ServesDebugging { get; init; } = true;

    /// <summary>Whether <c>/debug/pprof/</c> is answered (<c>enableProfilingHandler</c>).</summary>
    public bool ServesProfiling { get; init; } = true;

    /// <summary>Whether <c>/debug/flags/v</c> may change how much is logged (<c>enableDebugFlagsHandler</c>).</summary>
    public bool ServesDebugFlags { get; init; } = true;

    /// <summary>How much is logged (<c>-v</c>).</summary>
    public LogVerbosity Verbosity { get; init; } = new();

    /// <summary>Whether logs of services can be asked for (<c>enableSystemLogQuery</c>).</summary>
    public bool AnswersLogQueries { get; init; }

    /// <summary>The directory that <c>/logs/</c> shows; null for none (<c>enableSystemLogHandler</c>).</summary>
    public string? SystemLogDirectory { get; init; } = "/var/log";

    /// <summary>Who may do what.</summary>
    public KubeletAccessConfig Access { get; init; } = new();
}
