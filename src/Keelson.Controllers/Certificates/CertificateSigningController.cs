using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Keelson.Api.Certificates.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Client.Informers;
using Keelson.Client.Queues;
using Keelson.Machinery.Certificates;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.Certificates;

/// <summary>Signs approved requests to the signers of <c>kubernetes.io</c>, and refuses those that ask for something
/// else.</summary>
internal sealed class CertificateSigningController : IController
{
    private const int Workers = 5;

    private readonly ControllerContext _context;
    private readonly IInformer<CertificateSigningRequest> _requests;
    private readonly ReconcileLoop _loop;

    public CertificateSigningController(ControllerContext context)
    {
        _context = context;
        _requests = context.Informers.Of<CertificateSigningRequest>();
        _loop = context.Loop(Workers, ReconcileAsync).On(_requests);
    }

    public Task RunAsync(CancellationToken cancellationToken) =>
        _context.Config.SigningAuthority() is null ? Task.CompletedTask : _loop.RunAsync(cancellationToken);

    public void Dispose() => _loop.Dispose();

    private async Task<Reconciled> ReconcileAsync(ObjectKey key, IApiClient client, CancellationToken cancellationToken)
    {
        if (_requests.Find("", key.Name) is not { } request)
        {
            return Reconciled.Done;
        }

        SigningPlan plan = SigningPlan.Compute(request, _context.Config.ClusterSigningDuration);
        switch (plan.Action)
        {
            case SigningAction.Unreadable:
                return Reconciled.Failed(ApiErrors.Unclassified(plan.Problem));
            case SigningAction.Refuse:
                return await RefuseAsync(request, plan.Problem, client, cancellationToken);
            case SigningAction.Sign:
                break;
            default:
                return Reconciled.Done;
        }

        if (_context.Config.SigningAuthority() is not { } authority)
        {
            return Reconciled.Failed(
                ApiErrors.Unclassified("error auto signing csr: there is no authority to sign with"));
        }

        byte[]? signed = new CertificateIssuer(authority).Sign(
            plan.Content!, request.Spec.Usages, _context.Clock.GetUtcNow(), plan.Lifetime, out string? error);
        if (signed is null)
        {
            return Reconciled.Failed(ApiErrors.Unclassified("error auto signing csr: " + error));
        }

        string pem = PemEncoding.WriteString("CERTIFICATE", signed) + "\n";
        CertificateSigningRequest issued =
            request with { Status = request.Status with { Certificate = Bytes.FromText(pem) } };
        return Outcome((await client.UpdateStatusAsync(issued, cancellationToken)).Error);
    }

    private async Task<Reconciled> RefuseAsync(
        CertificateSigningRequest request, string problem, IApiClient client, CancellationToken cancellationToken)
    {
        CertificateSigningRequest refused = CertificateConditions.With(
            request, RequestConditionType.Failed, "SignerValidationFailure", problem, Time.Now(_context.Clock));
        return Outcome((await client.UpdateStatusAsync(refused, cancellationToken)).Error);
    }

    private static Reconciled Outcome(Status? error) => Reconciled.Of(error is { Code: 404 } ? null : error);
}
