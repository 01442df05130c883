using System.Security.Cryptography;
using Keelson.Api.Certificates.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client;

namespace Keelson.Nodes.Identity;

/// <summary>Has a key certified: asks, waits until somebody approved, fetches the certificate.</summary>
/// <param name="client">The API under the identity that asks.</param>
/// <param name="wanted">What is asked for with a key.</param>
/// <param name="clock">The clock.</param>
/// <param name="log">Where it is said what goes on.</param>
internal sealed class CertificateIssue(
    IApiClient client, Func<ECDsa, CertificateSigningRequest> wanted, TimeProvider clock, Action<string> log)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    // An approver answers at once; a person has to be told that something waits.
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(3);

    /// <summary>The certificate, as PEM.</summary>
    /// <exception cref="NodeIdentityException">The server refuses, or somebody denied the request.</exception>
    public async Task<string> RequestAsync(ECDsa key, CancellationToken cancellationToken)
    {
        CertificateSigningRequest asked = await AskAsync(key, cancellationToken);
        await using ITimer telling = clock.CreateTimer(
            _ => log($"waiting for the approval of certificate signing request {asked.Metadata.Name}"), null, Quiet,
            Timeout.InfiniteTimeSpan);
        while (true)
        {
            WatchRequest watch = new()
            {
                FieldSelector = "metadata.name=" + asked.Metadata.Name, SendInitialEvents = true,
            };
            await foreach (WatchNotice notice in client.WatchAsync(
                KindOf<CertificateSigningRequest>.Kind, "", watch, cancellationToken))
            {
                if (notice.Type == WatchNoticeType.Deleted)
                {
                    throw new NodeIdentityException(
                        $"certificate signing request {asked.Metadata.Name} was deleted", 404);
                }

                if (notice.Object is CertificateSigningRequest now && CertificateOf(now) is { } certificate)
                {
                    return certificate;
                }

                if (notice.Status is { } error)
                {
                    Judge(error, "watch");
                }
            }

            await Task.Delay(Pause, clock, cancellationToken);
        }
    }

    /// <summary>The certificate of a request; null while it has none.</summary>
    private static string? CertificateOf(CertificateSigningRequest request)
    {
        foreach (CertificateSigningRequestCondition one in request.Status.Conditions)
        {
            if (one.Type is RequestConditionType.Denied or RequestConditionType.Failed)
            {
                string what = one.Type == RequestConditionType.Denied ? "is denied" : "failed";
                throw new NodeIdentityException(
                    $"certificate signing request {request.Metadata.Name} {what}, reason: {one.Reason}, "
                    + $"message: {one.Message}", 0) { IsDecision = true };
            }
        }

        return request.Status.Certificate.Length > 0 ? request.Status.Certificate.ToText() : null;
    }

    private async Task<CertificateSigningRequest> AskAsync(ECDsa key, CancellationToken cancellationToken)
    {
        CertificateSigningRequest asked = wanted(key);
        while (true)
        {
            ApiResult<CertificateSigningRequest> made = await client.CreateAsync(asked, cancellationToken);
            if (made.Error is { Code: 409 })
            {
                made = await client.GetAsync<CertificateSigningRequest>(
                    "", asked.Metadata.Name, cancellationToken);
            }

            if (made.TryGet(out CertificateSigningRequest? request, out Status? error))
            {
                return KubeletCertificateRequest.IsFor(request, key)
                    ? request
                    : throw new NodeIdentityException(
                        $"certificate signing request {asked.Metadata.Name} is somebody else's", 409);
            }

            Judge(error, "create");
            await Task.Delay(Pause, clock, cancellationToken);
        }
    }

    /// <summary>What will not become better is thrown; everything else is tried again.</summary>
    private void Judge(Status error, string verb)
    {
        string text = $"cannot {verb} certificate signing request: {error.Message}";
        if (error.Code is 400 or 401 or 403 or 422)
        {
            throw new NodeIdentityException(text, error.Code);
        }

        log(text);
    }
}

/// <summary>A node gets no identity; the message says why.</summary>
/// <param name="message">Why.</param>
/// <param name="code">The server's code; 0 when it is not the server that refused.</param>
public sealed class NodeIdentityException(string message, int code) : IOException(message)
{
    /// <summary>The server's code: 401 for a token that is not, or no longer, good.</summary>
    public int Code => code;

    /// <summary>True when a request was denied or could not be signed: asking again is of no use.</summary>
    internal bool IsDecision { get; init; }
}
