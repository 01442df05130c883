using Keelson.Api.Certificates.V1;
using Keelson.Machinery.Certificates;

namespace Keelson.Controllers.Certificates;

/// <summary>What to do about a request for a certificate.</summary>
internal enum SigningAction
{
    /// <summary>Nothing: it is not approved, has been dealt with, or is another signer's.</summary>
    Ignore,

    /// <summary>Sign it.</summary>
    Sign,

    /// <summary>Refuse it: it is not what its signer signs.</summary>
    Refuse,

    /// <summary>It can't be read.</summary>
    Unreadable,
}

/// <summary>What to do about a request for a certificate.</summary>
/// <param name="Action">What.</param>
/// <param name="Content">What to sign; null unless it is to be signed.</param>
/// <param name="Problem">Why it is refused, in upstream's words.</param>
/// <param name="Lifetime">How long the certificate lasts.</param>
internal sealed record SigningPlan(
    SigningAction Action, CertificateRequestContent? Content, string Problem, TimeSpan Lifetime)
{
    private const string KubeletClient = "kubernetes.io/kube-apiserver-client-kubelet";
    private const string KubeletServing = "kubernetes.io/kubelet-serving";
    private const string ApiServerClient = "kubernetes.io/kube-apiserver-client";
    private const string LegacyUnknown = "kubernetes.io/legacy-unknown";

    /// <summary>Twice the time by which certificates are backdated.</summary>
    private static readonly TimeSpan Shortest = TimeSpan.FromMinutes(10);

    /// <summary>From here on a certificate's end is backdated like its start (upstream's signing policy).</summary>
    private static readonly TimeSpan LongLived = TimeSpan.FromHours(8);

    private static readonly TimeSpan Backdate = TimeSpan.FromMinutes(5);

    private static readonly SigningPlan Nothing = new(SigningAction.Ignore, null, "", default);

    /// <summary>Decides.</summary>
    /// <param name="request">The request.</param>
    /// <param name="longest">How long certificates last at most (<c>--cluster-signing-duration</c>).</param>
    public static SigningPlan Compute(CertificateSigningRequest request, TimeSpan longest)
    {
        bool isMine = request.Spec.SignerName is KubeletClient or KubeletServing or ApiServerClient or LegacyUnknown;
        if (!isMine
            || request.Status.Certificate.Length > 0
            || !CertificateConditions.IsApproved(request)
            || CertificateConditions.HasFailed(request))
        {
            return Nothing;
        }

        if (CertificateRequestContent.Parse(request.Spec.Request.AsSpan(), out string? unreadable) is not { } content)
        {
            return new(
                SigningAction.Unreadable,
                null,
                $"unable to parse csr \"{request.Metadata.Name}\": {unreadable}",
                default);
        }

        string[] usages = [.. request.Spec.Usages];
        string? problem = request.Spec.SignerName switch
        {
            KubeletClient => KubeletCertificateRequests.CheckClient(content, usages),
            KubeletServing => KubeletCertificateRequests.CheckServing(content, usages),
            ApiServerClient => CheckClientUsages(usages),
            _ => null,
        };
        return problem is null
            ? new(SigningAction.Sign, content, "", LifetimeOf(request.Spec.ExpirationSeconds, longest))
            : new(SigningAction.Refuse, null, problem, default);
    }

    /// <summary>How long a certificate lasts from now on.</summary>
    public static TimeSpan LifetimeOf(int? expirationSeconds, TimeSpan longest)
    {
        TimeSpan lifetime = expirationSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : longest;
        lifetime = lifetime > longest ? longest : lifetime < Shortest ? Shortest : lifetime;
        return lifetime < LongLived ? lifetime : lifetime - Backdate;
    }

    private static string? CheckClientUsages(string[] usages)
    {
        foreach (string usage in usages)
        {
            if (usage is not ("digital signature" or "key encipherment" or "client auth"))
            {
                return "invalid usage for client certificate: " + usage;
            }
        }

        return usages.Contains("client auth") ? null : "missing required usage for client certificate: client auth";
    }
}
