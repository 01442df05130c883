using Keelson.Api.Authorization.V1;
using Keelson.Api.Certificates.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Client.Informers;
using Keelson.Client.Queues;

namespace Keelson.Controllers.Certificates;

/// <summary>Approves requests of kubelets for client certificates when their users may have them.</summary>
internal sealed class CertificateApprovingController : IController
{
    private const int Workers = 5;

    private readonly IInformer<CertificateSigningRequest> _requests;
    private readonly ReconcileLoop _loop;

    public CertificateApprovingController(ControllerContext context)
    {
        _requests = context.Informers.Of<CertificateSigningRequest>();
        _loop = context.Loop(Workers, ReconcileAsync).On(_requests);
    }

    public Task RunAsync(CancellationToken cancellationToken) => _loop.RunAsync(cancellationToken);

    public void Dispose() => _loop.Dispose();

    private static SubjectAccessReview Review(CertificateSigningRequest request, ApprovalRight right) => new()
    {
        Spec = new SubjectAccessReviewSpec
        {
            User = request.Spec.Username,
            Uid = request.Spec.Uid,
            Groups = request.Spec.Groups,
            Extra = request.Spec.Extra,
            ResourceAttributes = new ResourceAttributes
            {
                Group = "certificates.k8s.io",
                Resource = "certificatesigningrequests",
                Subresource = right.Subresource,
                Verb = "create",
                Version = "*",
            },
        },
    };

    private async Task<Reconciled> ReconcileAsync(ObjectKey key, IApiClient client, CancellationToken cancellationToken)
    {
        if (_requests.Find("", key.Name) is not { } request)
        {
            return Reconciled.Done;
        }

        IReadOnlyList<ApprovalRight> rights = ApprovalPlan.Compute(request, out string? unreadable);
        if (unreadable is not null)
        {
            return Reconciled.Failed(ApiErrors.Unclassified(unreadable));
        }

        foreach (ApprovalRight right in rights)
        {
            ApiResult<SubjectAccessReview> review = await client.CreateAsync(Review(request, right), cancellationToken);
            if (!review.TryGet(out SubjectAccessReview? answer, out Status? error))
            {
                return Reconciled.Failed(error);
            }

            if (answer.Status.Allowed)
            {
                CertificateSigningRequest approved = CertificateConditions.With(
                    request, RequestConditionType.Approved, "AutoApproved", right.Message, null);
                Status? refused = (await client.UpdateAsync(approved, cancellationToken, "approval")).Error;
                return Reconciled.Of(refused is { Code: 404 } ? null : refused);
            }
        }

        if (rights.Count == 0)
        {
            return Reconciled.Done;
        }

        // The right may yet be given: it is asked for again, later each time.
        string tried = string.Join(' ', rights.Select(static one => one.Subresource));
        return Reconciled.Failed(ApiErrors.Make(
            409, "", $"recognized csr \"{key.Name}\" as [{tried}] but subject access review was not approved", null));
    }
}
