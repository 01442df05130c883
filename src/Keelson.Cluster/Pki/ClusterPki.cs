using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Keelson.Machinery.Certificates;
using Keelson.Server.Authentication;

namespace Keelson.Cluster.Pki;

/// <summary>A cluster's certificates and keys: made at first start, loaded after that, renewed in time. Files and
/// names are kubeadm's, so that its tools and habits work on them.</summary>
public sealed class ClusterPki : IServingCertificateSource
{
    private readonly ClusterPkiConfig config;
    private readonly TimeProvider time;
    private readonly Lock gate = new();
    private volatile ClusterPkiSnapshot current;

    private ClusterPki(ClusterPkiConfig config, TimeProvider time)
    {
        this.config = config;
        this.time = time;
        current = LoadAndRenew(null, out _);
    }

    /// <summary>What holds now.</summary>
    public ClusterPkiSnapshot Current => current;

    /// <summary>Raised after certificates were renewed, on the thread that renewed them.</summary>
    public event Action<ClusterPkiSnapshot>? Renewed;

    ServingCertificate IServingCertificateSource.Current => current.Serving;

    /// <summary>Loads the cluster's files; makes those that are not there.</summary>
    /// <exception cref="PkiException">A file can't be used; the message names it.</exception>
    public static ClusterPki Open(ClusterPkiConfig config, TimeProvider time) => new(config, time);

    /// <summary>Looks at all files again, and renews what has less than a third of its life left.</summary>
    /// <returns>The files written, each with the reason.</returns>
    /// <exception cref="PkiException">A file can't be used; what held before goes on to hold.</exception>
    public IReadOnlyList<string> Renew()
    {
        IReadOnlyList<string> written;
        lock (gate)
        {
            var next = LoadAndRenew(current, out written);
            if (next.SameCertificates(current))
            {
                return written;
            }
            current = next;
        }
        Renewed?.Invoke(current);
        return written;
    }

    /// <summary>Renews while the cluster runs: looks once an hour until cancelled.</summary>
    /// <param name="report">Told of every look that wrote something or failed.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task RunAsync(Action<IReadOnlyList<string>, PkiException?> report, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromHours(1), time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellation))
            {
                try
                {
                    if (Renew() is { Count: > 0 } written)
                    {
                        report(written, null);
                    }
                }
                catch (PkiException exception)
                {
                    report([], exception);
                }
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Asked to end.
        }
    }

    private ClusterPkiSnapshot LoadAndRenew(ClusterPkiSnapshot? before, out IReadOnlyList<string> written)
    {
        var log = new List<string>();
        var directory = config.PkiDirectory;
        CreateDirectory(directory);
        // First of all, so that it is made beside the rest.
        var serviceAccountKey = before is { ServiceAccountKey: { IsCompleted: false } inTheMaking }
            ? inTheMaking
            : new ServiceAccountKeyFile(directory).LoadOrStart();
        var now = time.GetUtcNow();
        var cluster = new AuthorityFile(directory, "ca", "kubernetes", config.AuthorityLifetime).LoadOrCreate(now);
        var frontProxy = new AuthorityFile(
            directory, "front-proxy-ca", "front-proxy-ca", config.AuthorityLifetime).LoadOrCreate(now);
        X509Certificate2 Keep(LeafCertificate leaf, Authority authority) => Ensure(leaf, authority, now, log);

        var pairs = new PemPairs(directory);
        var serving = Keep(pairs.Serving(config.ServingNames()), cluster);
        var kubeletClient = Keep(
            pairs.Client("apiserver-kubelet-client", "kube-apiserver-kubelet-client", "system:masters"), cluster);
        var admin = Keep(pairs.Client("admin", "kubernetes-admin", "system:masters"), cluster);
        var proxyClient = Keep(pairs.Client("front-proxy-client", "front-proxy-client"), frontProxy);
        foreach (var kubeconfig in Kubeconfigs(cluster.Certificate))
        {
            EnsureKubeconfig(Keep(kubeconfig, cluster), (KubeconfigFile)kubeconfig.File, log);
        }
        written = log;
        return new ClusterPkiSnapshot
        {
            ClusterAuthority = cluster.Certificate,
            ClusterIssuer = cluster.Issuer,
            FrontProxyAuthority = frontProxy.Certificate,
            Serving = new ServingCertificate(serving),
            KubeletClient = kubeletClient,
            FrontProxyClient = proxyClient,
            Admin = admin,
            ServiceAccountKey = serviceAccountKey,
        };
    }

    private X509Certificate2 Ensure(LeafCertificate leaf, Authority authority, DateTimeOffset now, List<string> log)
    {
        var present = leaf.File.Load();
        if (leaf.ReasonToIssue(present, authority.Certificate, now) is not { } reason)
        {
            return present!;
        }
        // Without the authority's key a certificate that still lives is used to its end.
        if (authority.Issuer is null && present is not null && now < present.NotAfter.ToUniversalTime())
        {
            return present;
        }
        var issued = authority.Issue(leaf, now, config.LeafLifetime);
        leaf.File.Save(issued);
        log.Add($"{leaf.File.Path}: {reason}");
        return issued;
    }

    private static void EnsureKubeconfig(X509Certificate2 certificate, KubeconfigFile file, List<string> log)
    {
        if (file.HasOtherAuthority())
        {
            file.Save(certificate);
            log.Add($"{file.Path}: the authority's certificate was renewed");
        }
        else if (file.LeadsToFormerAddress())
        {
            file.Save(certificate);
            log.Add($"{file.Path}: the server listens elsewhere");
        }
    }

    private IEnumerable<LeafCertificate> Kubeconfigs(X509Certificate2 authority)
    {
        LeafCertificate Of(string name, string user, params string[] groups) => new(
            user, groups, SubjectAlternativeNames.None, CertificateUsages.Client,
            new KubeconfigFile(
                Path.Combine(config.Directory, name == "admin" ? "admin.kubeconfig" : name + ".conf"), config.ClusterName, config.ServerUrl, user, authority));

        yield return Of("admin", "kubernetes-admin", "system:masters");
        yield return Of("controller-manager", "system:kube-controller-manager");
        yield return Of("scheduler", "system:kube-scheduler");
        if (config.NodeName is { } node)
        {
            yield return Of("kubelet", $"system:node:{node}", "system:nodes");
        }
    }

    private static void CreateDirectory(string path)
    {
        try
        {
            Directory.CreateDirectory(
                path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new PkiException($"{path}: can't be made: {exception.Message}", exception);
        }
    }

    /// <summary>The certificates that lie in pairs of files.</summary>
    private sealed class PemPairs(string directory)
    {
        public LeafCertificate Serving(SubjectAlternativeNames names) => new(
            "kube-apiserver", [], names, CertificateUsages.Server, new PemPairFile(directory, "apiserver"));

        public LeafCertificate Client(string name, string user, params string[] groups) => new(
            user, groups, SubjectAlternativeNames.None, CertificateUsages.Client, new PemPairFile(directory, name));
    }
}

/// <summary>An immutable picture of the cluster's certificates and keys.</summary>
public sealed record ClusterPkiSnapshot
{
    /// <summary>The authority of clients and servers (<c>ca.crt</c>).</summary>
    public required X509Certificate2 ClusterAuthority { get; init; }

    /// <summary>What signs for it; null when its key is kept elsewhere.</summary>
    public required CertificateIssuer? ClusterIssuer { get; init; }

    /// <summary>The authority of the front proxy's clients.</summary>
    public required X509Certificate2 FrontProxyAuthority { get; init; }

    /// <summary>What the API server shows.</summary>
    public required ServingCertificate Serving { get; init; }

    /// <summary>What the API server shows to kubelets.</summary>
    public required X509Certificate2 KubeletClient { get; init; }

    /// <summary>What the API server shows to extension API servers.</summary>
    public required X509Certificate2 FrontProxyClient { get; init; }

    /// <summary>The administrator's.</summary>
    public required X509Certificate2 Admin { get; init; }

    /// <summary>The key that signs service account tokens; at a first start it is still in the making, and is on
    /// disk when this completes.</summary>
    public required Task<AsymmetricAlgorithm> ServiceAccountKey { get; init; }

    internal bool SameCertificates(ClusterPkiSnapshot other) =>
        ClusterAuthority.Equals(other.ClusterAuthority)
        && FrontProxyAuthority.Equals(other.FrontProxyAuthority)
        && Serving.Certificate.Equals(other.Serving.Certificate)
        && KubeletClient.Equals(other.KubeletClient)
        && FrontProxyClient.Equals(other.FrontProxyClient)
        && Admin.Equals(other.Admin);
}
