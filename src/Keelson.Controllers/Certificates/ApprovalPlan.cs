using Keelson.Api.Certificates.V1;
using Keelson.Machinery.Certificates;

namespace Keelson.Controllers.Certificates;

/// <summary>A right by which a request may be approved on its own.</summary>
/// <param name="Subresource">The subresource of certificatesigningrequests that its user must be allowed to
/// create.</param>
/// <param name="Message">What the approval then says.</param>
internal sealed record ApprovalRight(string Subresource, string Message);

/// <summary>Which requests are approved without anybody looking: those of kubelets for their own client
/// certificates.</summary>
internal static class ApprovalPlan
{
    private const string KubeletClient = "kubernetes.io/kube-apiserver-client-kubelet";

    private static readonly ApprovalRight SelfNodeClient =
        new("selfnodeclient", "Auto approving self kubelet client certificate after SubjectAccessReview.");

    private static readonly ApprovalRight NodeClient =
        new("nodeclient", "Auto approving kubelet client certificate after SubjectAccessReview.");

    /// <summary>The rights of which one is enough, in the order in which they are tried; none when it is not such a
    /// request.</summary>
    public static IReadOnlyList<ApprovalRight> Compute(CertificateSigningRequest request, out string? unreadable)
    {
        unreadable = null;
        if (request.Status.Certificate.Length > 0 || CertificateConditions.IsDecided(request))
        {
            return [];
        }

        if (CertificateRequestContent.Parse(request.Spec.Request.AsSpan(), out string? error) is not { } content)
        {
            unreadable = $"unable to parse csr \"{request.Metadata.Name}\": {error}";
            return [];
        }

        bool isNodeClient = request.Spec.SignerName == KubeletClient
            && KubeletCertificateRequests.CheckClient(content, [.. request.Spec.Usages]) is null;
        return !isNodeClient ? []
            : request.Spec.Username == content.Subject.CommonName ? [SelfNodeClient, NodeClient]
            : [NodeClient];
    }
}
