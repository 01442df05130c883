namespace Keelson.Scheduler.Config;

/// <summary>The contents of a <c>KubeSchedulerConfiguration</c>, defaults filled in.</summary>
public sealed record KubeSchedulerConfiguration
{
    /// <summary>How many threads look at nodes.</summary>
    public int Parallelism { get; init; } = 16;

    /// <summary>
    /// How many of the nodes, in percent, are enough to choose from; 0 lets the size of the cluster decide.
    /// </summary>
    public int PercentageOfNodesToScore { get; init; }

    /// <summary>The wait after a pod's first failure.</summary>
    public TimeSpan PodInitialBackoff { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait after a failure.</summary>
    public TimeSpan PodMaxBackoff { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The profiles; pods choose one by <c>spec.schedulerName</c>.</summary>
    public IReadOnlyList<SchedulerProfile> Profiles { get; init; } = [new()];

    /// <summary>Other programs that have a say.</summary>
    public IReadOnlyList<ExtenderConfig> Extenders { get; init; } = [];

    /// <summary>How the API server is reached, for a scheduler that runs by itself.</summary>
    public SchedulerClientConnection ClientConnection { get; init; } = new("");

    /// <summary>Which of several schedulers works, for schedulers that run by themselves.</summary>
    public SchedulerLeaderElection LeaderElection { get; init; } = new();
}

/// <summary>How the API server is reached.</summary>
/// <param name="Kubeconfig">The kubeconfig's path; empty for none.</param>
public sealed record SchedulerClientConnection(string Kubeconfig);

/// <summary>Which of several schedulers works: the one that holds a lease.</summary>
public sealed record SchedulerLeaderElection
{
    /// <summary>False to work without a lease.</summary>
    public bool LeaderElect { get; init; } = true;

    /// <summary>How long others wait for one that is not heard of.</summary>
    public TimeSpan LeaseDuration { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>After how long without a renewal the holder gives up.</summary>
    public TimeSpan RenewDeadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long to wait between tries.</summary>
    public TimeSpan RetryPeriod { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>What is held: always leases.</summary>
    public string ResourceLock { get; init; } = "leases";

    /// <summary>The lease's name.</summary>
    public string ResourceName { get; init; } = "kube-scheduler";

    /// <summary>The lease's namespace.</summary>
    public string ResourceNamespace { get; init; } = "kube-system";
}

/// <summary>A scheduler by name.</summary>
public sealed record SchedulerProfile
{
    /// <summary>The name of the scheduler that pods get when they name none.</summary>
    public const string DefaultName = "default-scheduler";

    /// <summary>The name.</summary>
    public string SchedulerName { get; init; } = DefaultName;

    /// <summary>Overrides <see cref="KubeSchedulerConfiguration.PercentageOfNodesToScore"/>.</summary>
    public int? PercentageOfNodesToScore { get; init; }

    /// <summary>
    /// What is enabled and disabled, by extension point as the file names it (<c>preFilter</c>, <c>multiPoint</c>).
    /// </summary>
    public IReadOnlyDictionary<string, PluginSet> Plugins { get; init; } = new Dictionary<string, PluginSet>();

    /// <summary>Arguments by plugin; those left out have their defaults.</summary>
    public IReadOnlyDictionary<string, PluginArgs> PluginConfig { get; init; } = new Dictionary<string, PluginArgs>();
}

/// <summary>Changes to the plugins of an extension point.</summary>
/// <param name="Enabled">Plugins to run besides the default ones, or with another weight, or in another order.</param>
/// <param name="Disabled">Default plugins not to run; <c>*</c> for all.</param>
public sealed record PluginSet(IReadOnlyList<PluginChoice> Enabled, IReadOnlyList<string> Disabled);

/// <summary>A plugin that is enabled.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Weight">The weight of its scores; 0 for none given.</param>
public sealed record PluginChoice(string Name, int Weight = 0);

/// <summary>A program that is asked over HTTP.</summary>
public sealed record ExtenderConfig
{
    /// <summary>How long a call may take by default.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Where it is.</summary>
    public required string UrlPrefix { get; init; }

    /// <summary>The path of filter calls; empty for none.</summary>
    public string FilterVerb { get; init; } = "";

    /// <summary>The path of preemption calls; empty for none.</summary>
    public string PreemptVerb { get; init; } = "";

    /// <summary>The path of score calls; empty for none.</summary>
    public string PrioritizeVerb { get; init; } = "";

    /// <summary>The path of bind calls; empty for none.</summary>
    public string BindVerb { get; init; } = "";

    /// <summary>The weight of its scores.</summary>
    public long Weight { get; init; }

    /// <summary>True to speak HTTPS.</summary>
    public bool EnableHttps { get; init; }

    /// <summary>How to speak HTTPS; null for the system's defaults.</summary>
    public ExtenderTlsConfig? Tls { get; init; }

    /// <summary>How long a call may take.</summary>
    public TimeSpan HttpTimeout { get; init; } = DefaultTimeout;

    /// <summary>True when it knows the nodes and is sent names only.</summary>
    public bool NodeCacheCapable { get; init; }

    /// <summary>The resources it is about; it is asked for all pods when there are none.</summary>
    public IReadOnlyList<ExtenderManagedResource> ManagedResources { get; init; } = [];

    /// <summary>True when pods are placed although it does not answer.</summary>
    public bool Ignorable { get; init; }
}

/// <summary>A resource that an extender manages.</summary>
/// <param name="Name">The resource.</param>
/// <param name="IgnoredByScheduler">True when NodeResourcesFit does not look at it.</param>
public sealed record ExtenderManagedResource(string Name, bool IgnoredByScheduler = false);

/// <summary>How an extender is spoken to over HTTPS.</summary>
public sealed record ExtenderTlsConfig
{
    /// <summary>True when its certificate is not checked.</summary>
    public bool Insecure { get; init; }

    /// <summary>The name its certificate must have; empty for the URL's.</summary>
    public string ServerName { get; init; } = "";

    /// <summary>The client certificate, PEM; empty for none.</summary>
    public string CertificatePem { get; init; } = "";

    /// <summary>The client certificate's key, PEM.</summary>
    public string KeyPem { get; init; } = "";

    /// <summary>The authority that signed its certificate, PEM; empty for the system's.</summary>
    public string AuthorityPem { get; init; } = "";
}
