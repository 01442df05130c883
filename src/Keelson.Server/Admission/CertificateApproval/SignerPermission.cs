using Keelson.Server.Authentication;
using Keelson.Server.Authorization;

namespace Keelson.Server.Admission.CertificateApproval;

/// <summary>Whether a user may do something in a signer's name: for the very signer, or for all of its
/// domain.</summary>
internal static class SignerPermission
{
    public static async ValueTask<bool> IsGivenAsync(
        IAuthorizer authorizer, UserInfo user, string verb, string signer, CancellationToken cancellationToken)
    {
        string domain = signer[..Math.Max(signer.IndexOf('/', StringComparison.Ordinal), 0)];
        AuthorizationAttributes attributes = new()
        {
            User = user,
            Verb = verb,
            ApiGroup = "certificates.k8s.io",
            ApiVersion = "*",
            Resource = "signers",
            Name = signer,
        };
        return (await authorizer.AuthorizeAsync(attributes, cancellationToken)).IsAllowed
            || (await authorizer.AuthorizeAsync(attributes with { Name = domain + "/*" }, cancellationToken)).IsAllowed;
    }
}
