using Keelson.Api.Kinds;
using Keelson.Machinery.Values;

namespace Keelson.Api.Certificates.V1;

public sealed partial record CertificateSigningRequest
{
    /// <inheritdoc/>
    public static IReadOnlyList<string> ResetFields { get; } = ["spec", "status"];

    /// <inheritdoc/>
    public static IReadOnlyList<SelectableField<CertificateSigningRequest>> SelectableFields { get; } =
        [new("spec.signerName", static one => one.Spec.SignerName)];

    /// <inheritdoc/>
    public static IReadOnlyList<SubresourceStrategy<CertificateSigningRequest>> Subresources { get; } =
    [
        new("status", PrepareForStatus, ValidateStatusUpdate, ["spec", "status"]),
        new("approval", PrepareForApproval, ValidateApprovalUpdate, ["spec", "status"]),
    ];

    /// <inheritdoc/>
    public static IEnumerable<string> NameErrors(string name, bool isPrefix) => NameRules.PathSegment(name, isPrefix);

    /// <inheritdoc/>
    public static CertificateSigningRequest PrepareForCreate(CertificateSigningRequest obj, WriteContext context) => obj with
    {
        // Signers trust what the request says of its author, so authors don't write it themselves.
        Spec = obj.Spec with
        {
            Username = context.UserName,
            Uid = context.UserUid,
            Groups = context.UserGroups.Count == 0 ? default : context.UserGroups.ToApiList(),
            Extra = context.UserExtra.Count == 0
                ? default
                : ApiMap<ApiList<string>>.From(context.UserExtra.Select(one => KeyValuePair.Create(one.Key, one.Value.ToApiList()))),
        },
        Status = CertificateSigningRequestStatus.Empty,
    };

    /// <inheritdoc/>
    public static CertificateSigningRequest PrepareForUpdate(
        CertificateSigningRequest obj, CertificateSigningRequest old, WriteContext context) =>
        obj with { Spec = old.Spec, Status = old.Status };

    private static CertificateSigningRequest PrepareForStatus(
        CertificateSigningRequest obj, CertificateSigningRequest old, WriteContext context) => obj with
        {
            Spec = old.Spec,
            Status = obj.Status with { Conditions = WithTimes(obj.Status.Conditions, old.Status.Conditions, context.Now) },
        };

    private static CertificateSigningRequest PrepareForApproval(
        CertificateSigningRequest obj, CertificateSigningRequest old, WriteContext context) => obj with
        {
            Spec = old.Spec,
            Status = old.Status with { Conditions = WithTimes(obj.Status.Conditions, old.Status.Conditions, context.Now) },
        };

    private static ApiList<CertificateSigningRequestCondition> WithTimes(
        ApiList<CertificateSigningRequestCondition> conditions, ApiList<CertificateSigningRequestCondition> old, Time now) =>
        conditions.Map(one => one with
        {
            LastUpdateTime = one.LastUpdateTime.IsZero ? now : one.LastUpdateTime,
            LastTransitionTime = one.LastTransitionTime.IsZero ? TransitionTime(one, old, now) : one.LastTransitionTime,
        });

    private static Time TransitionTime(
        CertificateSigningRequestCondition condition, ApiList<CertificateSigningRequestCondition> old, Time now)
    {
        foreach (CertificateSigningRequestCondition one in old)
        {
            if (one.Type == condition.Type && one.Status == condition.Status && !one.LastTransitionTime.IsZero)
            {
                return one.LastTransitionTime;
            }
        }

        return now;
    }
}
