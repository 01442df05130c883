using Keelson.Api.Certificates.V1;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Validation;
using Keelson.Server.Admission.CertificateApproval;
using Keelson.Server.Authorization;

namespace Keelson.Server.Admission.CertificateSigning;

/// <summary>Lets only those issue a certificate, or say why not, who may <c>sign</c> for the request's
/// signer.</summary>
internal sealed class CertificateSigningPlugin(IAuthorizer authorizer) : IAdmissionPlugin
{
    public string Name => "CertificateSigning";

    public bool Handles(AdmissionOperation operation) => operation == AdmissionOperation.Update;

    public async ValueTask<Status?> ValidateAsync(AdmissionContext context, CancellationToken cancellationToken)
    {
        if (!context.Is("certificates.k8s.io", "certificatesigningrequests", "status")
            || context.Object is not CertificateSigningRequest request
            || context.OldObject is not CertificateSigningRequest old
            || (request.Status.Certificate == old.Status.Certificate && request.Status.Conditions == old.Status.Conditions))
        {
            return null;
        }

        string signer = old.Spec.SignerName;
        return await SignerPermission.IsGivenAsync(authorizer, context.Request.User, "sign", signer, cancellationToken)
            ? null
            : context.Forbidden($"user not permitted to sign requests with signerName {GoText.Quote(signer)}");
    }
}
