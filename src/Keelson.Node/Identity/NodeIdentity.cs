using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Keelson.Client.Https;
using Keelson.Client.Kubeconfigs;
using Keelson.Machinery.Certificates;

namespace Keelson.Nodes.Identity;

/// <summary>
/// Who a node is towards the API server: a client certificate that it got with a bootstrap token, and that it replaces
/// with its own rights before it ends. One that ended all the same is got with the bootstrap token again.
/// </summary>
public sealed class NodeIdentity : IAsyncDisposable
{
    private const string Program = "kubelet";

    // Timers take no more than weeks; a look at the clock now and then also sees one that was set.
    private static readonly TimeSpan LongestSleep = TimeSpan.FromHours(1);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ApprovalPatience = TimeSpan.FromMinutes(15);

    private readonly NodeIdentityConfig _config;
    private readonly CertificateFiles _files;
    private readonly CancellationTokenSource _stop = new();
    private Task _rotation = Task.CompletedTask;
    private volatile X509Certificate2 _certificate = null!;
    private long _failures;

    private NodeIdentity(NodeIdentityConfig config)
    {
        _config = config;
        _files = new(config.CertificateDirectory, CertificateFiles.Client);
    }

    /// <summary>The certificate that is good now, with its key.</summary>
    public X509Certificate2 Certificate => _certificate;

    /// <summary>How often the certificate could not be replaced.</summary>
    public long Failures => Interlocked.Read(ref _failures);

    /// <summary>The server and its authority.</summary>
    public KubeconfigCluster Cluster { get; private set; } = new();

    /// <summary>Takes up the identity of the node, or gets one; when the task completes, it can be used.</summary>
    /// <exception cref="NodeIdentityException">There is none to be had; the message says why.</exception>
    /// <exception cref="KubeconfigException">A kubeconfig can't be used.</exception>
    public static async Task<NodeIdentity> OpenAsync(NodeIdentityConfig config, CancellationToken cancellationToken)
    {
        NodeIdentity identity = new(config);
        if (!identity.TryTakeUp())
        {
            identity._certificate = await identity.BootstrapAsync(cancellationToken);
        }

        if (config.Rotates)
        {
            identity._rotation = identity.RotateAsync(identity._stop.Token);
        }

        return identity;
    }

    /// <summary>True when there is an identity that can be taken up without a token.</summary>
    public static bool IsKept(NodeIdentityConfig config) => new NodeIdentity(config).Kept() is not null;

    /// <summary>A client that always speaks with the certificate that is good.</summary>
    public HttpsApiClient Client(HttpsClientConfig behaviour) =>
        new(Cluster, new KubeconfigUser(), behaviour with { Certificate = () => _certificate });

    /// <summary>Ends rotation.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _rotation;
        _stop.Dispose();
    }

    /// <summary>When a certificate is to be replaced: after 70 to 90 % of its time, by chance.</summary>
    /// <param name="certificate">The certificate.</param>
    /// <param name="chance">From 0 to 1.</param>
    internal static DateTimeOffset RotationTime(X509Certificate2 certificate, double chance)
    {
        DateTimeOffset start = certificate.NotBefore, end = certificate.NotAfter;
        return (start + ((end - start) * (0.7 + (0.2 * chance)))).ToUniversalTime();
    }

    /// <summary>True when the node's kubeconfig and certificate are there and good.</summary>
    private bool TryTakeUp()
    {
        if (Kept() is not { } certificate)
        {
            return false;
        }

        if (CertificateSubject.Read(certificate.SubjectName).CommonName is var user
            && user != KubeletCertificateRequest.UserName(_config.NodeName))
        {
            throw new NodeIdentityException(
                $"{_files.Current} is the certificate of \"{user}\", not of node \"{_config.NodeName}\"", 0);
        }

        (_, Cluster, _) = KubeconfigReader.ReadFile(_config.Kubeconfig).Select();
        _certificate = certificate;
        return true;
    }

    /// <summary>The certificate that can be used now: the one in the directory, or one that somebody embedded in the
    /// kubeconfig; null when there is none.</summary>
    private X509Certificate2? Kept()
    {
        if (!File.Exists(_config.Kubeconfig))
        {
            return null;
        }

        X509Certificate2? certificate = _files.Load() ?? Embedded();
        if (certificate is not null && !IsGood(certificate))
        {
            _config.Log($"the node's client certificate is not good any more: it ended {certificate.NotAfter:u}");
            certificate = null;
        }

        return certificate;
    }

    private X509Certificate2? Embedded()
    {
        try
        {
            (_, _, KubeconfigUser user) = KubeconfigReader.ReadFile(_config.Kubeconfig).Select();
            return user is { ClientCertificatePem.Length: > 0, ClientKeyPem.Length: > 0 }
                ? X509Certificate2.CreateFromPem(user.ClientCertificatePem, user.ClientKeyPem)
                : null;
        }
        catch (Exception exception) when (exception is KubeconfigException or CryptographicException)
        {
            // It points at a certificate that is gone or torn.
            return null;
        }
    }

    private bool IsGood(X509Certificate2 certificate)
    {
        DateTimeOffset now = _config.Clock.GetUtcNow();
        return now >= certificate.NotBefore.ToUniversalTime() && now < certificate.NotAfter.ToUniversalTime();
    }

    private async Task<X509Certificate2> BootstrapAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists(_config.BootstrapKubeconfig))
        {
            throw new NodeIdentityException(
                $"the node has no good client certificate in {_config.CertificateDirectory}, and there is no "
                + $"bootstrap kubeconfig \"{_config.BootstrapKubeconfig}\" to get one with", 0);
        }

        (_, KubeconfigCluster cluster, KubeconfigUser user) =
            KubeconfigReader.ReadFile(_config.BootstrapKubeconfig).Select();
        Cluster = cluster;
        using HttpsApiClient client = new(cluster, user, Behaviour);
        for (int attempt = 1; ; attempt++)
        {
            using ECDsa key = _files.PendingOrNewKey();
            X509Certificate2? made = null;
            try
            {
                string pem = await Issue(client).RequestAsync(key, cancellationToken);
                using X509Certificate2 issued = X509Certificate2.CreateFromPem(pem);
                made = IsGood(issued) ? _files.Save(pem, key, _config.Clock.GetUtcNow()) : null;
            }
            catch (NodeIdentityException exception) when (exception.IsDecision)
            {
                // The next start asks anew.
                _files.RemovePendingKey();
                throw;
            }

            if (made is not null)
            {
                WriteKubeconfig(cluster);
                _files.RemovePendingKey();
                return made;
            }

            // The key of a request of long ago, which has its certificate still.
            _files.RemovePendingKey();
            if (attempt == 2)
            {
                throw new NodeIdentityException("the server issues client certificates that are not good now", 0);
            }
        }
    }

    private CertificateIssue Issue(HttpsApiClient client) => new(
        client, key => KubeletCertificateRequest.ForClient(key, _config.NodeName), _config.Clock, _config.Log);

    private HttpsClientConfig Behaviour => new() { Program = Program, Clock = _config.Clock };

    private void WriteKubeconfig(KubeconfigCluster cluster)
    {
        KubeconfigUser user = new() { ClientCertificateFile = _files.Current, ClientKeyFile = _files.Current };
        Kubeconfig kubeconfig = new()
        {
            Clusters = new Dictionary<string, KubeconfigCluster> { ["default-cluster"] = cluster },
            Users = new Dictionary<string, KubeconfigUser> { ["default-auth"] = user },
            Contexts = new Dictionary<string, KubeconfigContext>
            {
                ["default-context"] = new()
                {
                    Cluster = "default-cluster", User = "default-auth", Namespace = "default",
                },
            },
            CurrentContext = "default-context",
        };
        CertificateFiles.Write(_config.Kubeconfig, KubeconfigWriter.Write(kubeconfig));
    }

    private async Task RotateAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                DateTimeOffset due = RotationTime(_certificate, _config.Random.NextDouble());
                while (_config.Clock.GetUtcNow() < due)
                {
                    TimeSpan left = due - _config.Clock.GetUtcNow();
                    await Task.Delay(left < LongestSleep ? left : LongestSleep, _config.Clock, cancellationToken);
                }

                await RenewAsync(cancellationToken);
                await Task.Delay(RetryAfter, _config.Clock, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Asked to end.
        }
    }

    /// <summary>Gets the next certificate; what stands in the way is told and tried again later.</summary>
    private async Task RenewAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource patience = new(ApprovalPatience, _config.Clock);
        using CancellationTokenSource either =
            CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            if (!IsGood(_certificate) && File.Exists(_config.BootstrapKubeconfig))
            {
                _certificate = await BootstrapAsync(either.Token);
                return;
            }

            using HttpsApiClient client = Client(Behaviour);
            using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            string pem = await Issue(client).RequestAsync(key, either.Token);
            _certificate = _files.Save(pem, key, _config.Clock.GetUtcNow());
            _config.Log($"the client certificate was rotated; it is good until {_certificate.NotAfter:u}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            Interlocked.Increment(ref _failures);
            _config.Log("the client certificate could not be rotated: nobody approved in time");
        }
        catch (Exception exception)
            when (exception is IOException or CryptographicException or KubeconfigException)
        {
            Interlocked.Increment(ref _failures);
            _config.Log("the client certificate could not be rotated: " + exception.Message);
        }
    }
}
