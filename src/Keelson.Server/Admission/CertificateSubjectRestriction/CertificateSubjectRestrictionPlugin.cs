using Keelson.Api.Certificates.V1;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Certificates;

namespace Keelson.Server.Admission.CertificateSubjectRestriction;

/// <summary>Keeps the group that may do everything out of the certificates of clients.</summary>
internal sealed class CertificateSubjectRestrictionPlugin : IAdmissionPlugin
{
    private const string ClientSigner = "kubernetes.io/kube-apiserver-client";

    public string Name => "CertificateSubjectRestriction";

    public bool Handles(AdmissionOperation operation) => operation == AdmissionOperation.Create;

    public ValueTask<Status?> ValidateAsync(AdmissionContext context, CancellationToken cancellationToken)
    {
        if (!context.Is("certificates.k8s.io", "certificatesigningrequests")
            || context.Object is not CertificateSigningRequest { Spec.SignerName: ClientSigner } request)
        {
            return new((Status?)null);
        }

        return new(CertificateRequestContent.Parse(request.Spec.Request.AsSpan(), out string? error) switch
        {
            null => context.Forbidden("failed to parse CSR: " + error),
            { Subject.Organizations: var groups } when groups.Contains("system:masters") =>
                context.Forbidden($"use of {ClientSigner} signer with system:masters group is not allowed"),
            _ => null,
        });
    }
}
