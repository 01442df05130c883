using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Keelson.Client;
using Keelson.Nodes.Metrics;

namespace Keelson.Nodes.Identity;

/// <summary>
/// What a kubelet shows to those who connect to it: a certificate that it asks the cluster for
/// (<c>serverTLSBootstrap</c>), keeps as <c>kubelet-server-current.pem</c>, and replaces before it ends. Until somebody
/// has approved it there is none, and nobody can connect.
/// </summary>
internal sealed class ServingIdentity : IAsyncDisposable
{
    // Timers take no more than weeks; a look at the clock now and then also sees one that was set.
    private static readonly TimeSpan LongestSleep = TimeSpan.FromHours(1);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(32);
    private static readonly TimeSpan ApprovalPatience = TimeSpan.FromMinutes(15);

    private readonly ServingIdentityConfig _config;
    private readonly CertificateFiles _files;
    private readonly CertificateIssue _issue;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private volatile X509Certificate2? _certificate;

    /// <summary>Takes up the certificate that is there, and begins to see to the next one.</summary>
    public ServingIdentity(ServingIdentityConfig config)
    {
        _config = config;
        _files = new(config.CertificateDirectory, CertificateFiles.Server);
        _issue = new(
            config.Client,
            key => KubeletCertificateRequest.ForServer(key, config.NodeName, config.Names),
            config.Clock,
            config.Log);
        X509Certificate2? kept = _files.Load();
        _certificate = kept is not null && IsGood(kept) && IsForNames(kept) ? kept : null;
        _running = Task.Run(RunAsync);
    }

    /// <summary>The certificate; null while there is none.</summary>
    public X509Certificate2? Certificate => _certificate is { } current && IsGood(current) ? current : null;

    /// <summary>Ends rotation.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private bool IsGood(X509Certificate2 certificate)
    {
        DateTimeOffset now = _config.Clock.GetUtcNow();
        return now >= certificate.NotBefore.ToUniversalTime() && now < certificate.NotAfter.ToUniversalTime();
    }

    /// <summary>A node that got another address needs another certificate.</summary>
    private bool IsForNames(X509Certificate2 certificate) => _config.Names.All(one =>
        certificate.MatchesHostname(one, allowWildcards: false, allowCommonName: false));

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                if (_certificate is { } current)
                {
                    await UntilAsync(NodeIdentity.RotationTime(current, ChanceOf(current)));
                }

                if (!await TryIssueAsync())
                {
                    await Task.Delay(RetryAfter, _config.Clock, _stop.Token);
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Asked to end.
        }
    }

    /// <summary>Rotations of many nodes shall not fall together; digests of certificates don't.</summary>
    private static double ChanceOf(X509Certificate2 certificate) =>
        BinaryPrimitives.ReadUInt32LittleEndian(certificate.GetCertHash(HashAlgorithmName.SHA256))
        / (double)uint.MaxValue;

    private async Task UntilAsync(DateTimeOffset due)
    {
        while (_config.Clock.GetUtcNow() < due)
        {
            TimeSpan left = due - _config.Clock.GetUtcNow();
            await Task.Delay(left < LongestSleep ? left : LongestSleep, _config.Clock, _stop.Token);
        }
    }

    /// <summary>Gets a certificate; what stands in the way is told and tried again later.</summary>
    private async Task<bool> TryIssueAsync()
    {
        using CancellationTokenSource patience = new(ApprovalPatience, _config.Clock);
        using CancellationTokenSource either =
            CancellationTokenSource.CreateLinkedTokenSource(patience.Token, _stop.Token);
        try
        {
            using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            string pem = await _issue.RequestAsync(key, either.Token);
            X509Certificate2 made = _files.Save(pem, key, _config.Clock.GetUtcNow());
            if (_certificate is { } before)
            {
                _config.Metrics?.Rotated(_config.Clock.GetUtcNow().UtcDateTime - before.NotBefore.ToUniversalTime());
                _config.Log($"the kubelet has a new serving certificate; it is good until {made.NotAfter:u}");
            }

            _certificate = made;
            return true;
        }
        catch (OperationCanceledException) when (!_stop.IsCancellationRequested)
        {
            _config.Metrics?.NotRotated();
            _config.Log("the kubelet has no serving certificate: nobody approved in time");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException
            or CryptographicException)
        {
            _config.Metrics?.NotRotated();
            _config.Log("the kubelet has no serving certificate: " + exception.Message);
        }

        return false;
    }
}

/// <summary>Where a kubelet's serving certificate is kept, and how it comes to one.</summary>
internal sealed record ServingIdentityConfig
{
    /// <summary>The node's name.</summary>
    public required string NodeName { get; init; }

    /// <summary>The names and addresses that the certificate is for.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>Where certificates are kept (<c>--cert-dir</c>).</summary>
    public required string CertificateDirectory { get; init; }

    /// <summary>The API under the node's identity.</summary>
    public required IApiClient Client { get; init; }

    /// <summary>Where rotations are counted; null for nowhere.</summary>
    public CertificateMetrics? Metrics { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Clock { get; init; }

    /// <summary>Where it is said what goes on.</summary>
    public required Action<string> Log { get; init; }
}
