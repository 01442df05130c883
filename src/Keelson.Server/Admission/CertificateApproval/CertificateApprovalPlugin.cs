using Keelson.Api.Certificates.V1;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Validation;
using Keelson.Server.Authorization;

namespace Keelson.Server.Admission.CertificateApproval;

/// <summary>Lets only those decide on a signing request who may <c>approve</c> for its signer.</summary>
internal sealed class CertificateApprovalPlugin(IAuthorizer authorizer) : IAdmissionPlugin
{
    public string Name => "CertificateApproval";

    public bool Handles(AdmissionOperation operation) => operation == AdmissionOperation.Update;

    public async ValueTask<Status?> ValidateAsync(AdmissionContext context, CancellationToken cancellationToken)
    {
        if (!context.Is("certificates.k8s.io", "certificatesigningrequests", "approval")
            || context.Object is not CertificateSigningRequest { Spec.SignerName: var signer })
        {
            return null;
        }

        return await SignerPermission.IsGivenAsync(
            authorizer, context.Request.User, "approve", signer, cancellationToken)
            ? null
            : context.Forbidden($"user not permitted to approve requests with signerName {GoText.Quote(signer)}");
    }
}
