using Keelson.Api.Kinds;
using Keelson.Machinery.Certificates;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Certificates.V1;

public sealed partial record CertificateSigningRequest
{
    private const string LegacySigner = "kubernetes.io/legacy-unknown";
    private const int MinExpirationSeconds = 600;

    private static readonly string[] Usages =
    [
        "any", "cert sign", "client auth", "code signing", "content commitment", "crl sign", "data encipherment", "decipher only",
        "digital signature", "email protection", "encipher only", "ipsec end system", "ipsec tunnel", "ipsec user", "key agreement",
        "key encipherment", "microsoft sgc", "netscape sgc", "ocsp signing", "s/mime", "server auth", "signing", "timestamping",
    ];

    /// <inheritdoc/>
    public static void Validate(CertificateSigningRequest obj, FieldErrors errors) => Validate(obj, null, errors);

    /// <inheritdoc/>
    public static void ValidateUpdate(CertificateSigningRequest obj, CertificateSigningRequest old, FieldErrors errors) =>
        ValidateUpdate(obj, old, errors, mayApprove: false, mayIssue: false);

    private static void ValidateStatusUpdate(CertificateSigningRequest obj, CertificateSigningRequest old, FieldErrors errors) =>
        ValidateUpdate(obj, old, errors, mayApprove: false, mayIssue: true);

    private static void ValidateApprovalUpdate(CertificateSigningRequest obj, CertificateSigningRequest old, FieldErrors errors) =>
        ValidateUpdate(obj, old, errors, mayApprove: true, mayIssue: false);

    /// <summary>What is wrong in the stored object already is let pass.</summary>
    private static void Validate(CertificateSigningRequest obj, CertificateSigningRequest? old, FieldErrors errors)
    {
        FieldPath path = FieldPath.Of("spec");
        CertificateSigningRequestSpec spec = obj.Spec;
        if (RequestError(spec.Request) is { } problem)
        {
            string value = spec.Request.IsAbsent ? "null" : $"\"{Convert.ToBase64String(spec.Request.AsSpan())}\"";
            errors.InvalidRaw(path.Child("request"), value, problem);
        }

        ValidateUsages(spec.Usages, old?.Spec.Usages ?? default, path.Child("usages"), errors);
        if (spec.SignerName == LegacySigner && old?.Spec.SignerName != LegacySigner)
        {
            errors.Invalid(path.Child("signerName"), spec.SignerName, "the legacy signerName is not allowed via this API version");
        }
        else
        {
            SignerNameRules.Validate(spec.SignerName, path.Child("signerName"), errors);
        }

        if (spec.ExpirationSeconds is { } seconds and < MinExpirationSeconds)
        {
            errors.Invalid(
                path.Child("expirationSeconds"), seconds, "may not specify a duration less than 600 seconds (10 minutes)");
        }

        ValidateConditions(obj.Status.Conditions, old?.Status.Conditions ?? default, errors);
        bool tolerated = old is not null
            && (old.Status.Certificate == obj.Status.Certificate || CertificateText.Error(old.Status.Certificate) is not null);
        if (!tolerated && CertificateText.Error(obj.Status.Certificate) is { } error)
        {
            errors.Invalid(FieldPath.Of("status").Child("certificate"), "<certificate data>", error);
        }
    }

    private static void ValidateUsages(ApiList<string> usages, ApiList<string> old, FieldPath path, FieldErrors errors)
    {
        if (usages.Count == 0)
        {
            errors.Required(path, "");
        }

        if (!old.Any(one => !Usages.Contains(one)))
        {
            for (int i = 0; i < usages.Count; i++)
            {
                if (!Usages.Contains(usages[i]))
                {
                    errors.NotSupported(path.Index(i), usages[i], Usages);
                }
            }
        }

        if (old.Distinct().Count() == old.Count)
        {
            HashSet<string> seen = [];
            for (int i = 0; i < usages.Count; i++)
            {
                if (!seen.Add(usages[i]))
                {
                    errors.Duplicate(path.Index(i), usages[i]);
                }
            }
        }
    }

    private static void ValidateConditions(
        ApiList<CertificateSigningRequestCondition> conditions, ApiList<CertificateSigningRequestCondition> old, FieldErrors errors)
    {
        FieldPath path = FieldPath.Of("status").Child("conditions");
        bool emptyTolerated = old.Any(one => one.Type.Length == 0);
        bool bothTolerated = old.Any(one => one.Type == RequestConditionType.Approved)
            && old.Any(one => one.Type == RequestConditionType.Denied);
        bool duplicatesTolerated = old.Select(one => one.Type).Distinct().Count() != old.Count;
        HashSet<string> seen = [];
        for (int i = 0; i < conditions.Count; i++)
        {
            CertificateSigningRequestCondition one = conditions[i];
            if (one.Type.Length == 0 && !emptyTolerated)
            {
                errors.Required(path.Index(i).Child("type"), "");
            }

            ValidateStatus(one, path.Index(i).Child("status"), errors);
            string? opposite = one.Type switch
            {
                RequestConditionType.Approved => RequestConditionType.Denied,
                RequestConditionType.Denied => RequestConditionType.Approved,
                _ => null,
            };
            if (!bothTolerated && opposite is not null && seen.Contains(opposite))
            {
                errors.Invalid(path, one.Type, "Approved and Denied conditions are mutually exclusive");
            }

            if (!seen.Add(one.Type) && !duplicatesTolerated)
            {
                errors.Duplicate(path.Index(i).Child("type"), one.Type);
            }
        }
    }

    private static void ValidateStatus(CertificateSigningRequestCondition condition, FieldPath path, FieldErrors errors)
    {
        bool onlyTrue = condition.Type
            is RequestConditionType.Approved or RequestConditionType.Denied or RequestConditionType.Failed;
        if (condition.Status.Length == 0)
        {
            errors.Required(path, "");
        }
        else if (condition.Status != "True" && (onlyTrue || condition.Status is not ("False" or "Unknown")))
        {
            errors.NotSupported(path, condition.Status, onlyTrue ? ["True"] : ["False", "True", "Unknown"]);
        }
    }

    private static void ValidateUpdate(
        CertificateSigningRequest obj, CertificateSigningRequest old, FieldErrors errors, bool mayApprove, bool mayIssue)
    {
        Validate(obj, old, errors);
        FieldPath conditions = FieldPath.Of("status").Child("conditions");
        foreach (string type in (ReadOnlySpan<string>)
            [RequestConditionType.Approved, RequestConditionType.Denied, RequestConditionType.Failed])
        {
            if (OfType(obj, type).Length < OfType(old, type).Length)
            {
                errors.Forbidden(conditions, $"updates may not remove a condition of type \"{type}\"");
            }
        }

        if (!mayApprove)
        {
            ValidateNotApproved(obj, old, conditions, errors);
        }

        if (obj.Status.Certificate != old.Status.Certificate)
        {
            FieldPath certificate = FieldPath.Of("status").Child("certificate");
            if (!mayIssue)
            {
                errors.Forbidden(certificate, "updates may not set certificate content");
            }
            else if (old.Status.Certificate.Length > 0)
            {
                errors.Forbidden(certificate, "updates may not modify existing certificate content");
            }
        }
    }

    private static void ValidateNotApproved(
        CertificateSigningRequest obj, CertificateSigningRequest old, FieldPath path, FieldErrors errors)
    {
        foreach (string type in (ReadOnlySpan<string>)[RequestConditionType.Approved, RequestConditionType.Denied])
        {
            CertificateSigningRequestCondition[] now = OfType(obj, type);
            CertificateSigningRequestCondition[] before = OfType(old, type);
            if (now.Length > before.Length)
            {
                errors.Forbidden(path, $"updates may not add a condition of type \"{type}\"");
            }
            else if (now.Length == before.Length && !now.SequenceEqual(before))
            {
                string difference = ErrorValue.Difference(Render(before), Render(now));
                errors.Forbidden(path, $"updates may not modify a condition of type \"{type}\"\n{difference}");
            }
        }
    }

    private static string Render(CertificateSigningRequestCondition[] conditions) => ErrorValue.List([.. conditions.Select(static one =>
        ErrorValue.Object(
            ("Type", ErrorValue.Json(one.Type)),
            ("Status", ErrorValue.Json(one.Status)),
            ("Reason", ErrorValue.Json(one.Reason)),
            ("Message", ErrorValue.Json(one.Message)),
            ("LastUpdateTime", Render(one.LastUpdateTime)),
            ("LastTransitionTime", Render(one.LastTransitionTime))))]);

    private static string Render(Time time) => time.IsZero ? "null" : ErrorValue.Json(time.ToString());

    private static CertificateSigningRequestCondition[] OfType(CertificateSigningRequest obj, string type) =>
        [.. obj.Status.Conditions.Where(one => one.Type == type)];

    private static string? RequestError(Bytes request)
    {
        if (CertificateRequestContent.Parse(request.AsSpan(), out string? error) is not { } content)
        {
            return error;
        }

        return content.SignatureIsValid ? null : content.PublicKey.Oid.Value switch
        {
            "1.2.840.113549.1.1.1" => "crypto/rsa: verification error",
            "1.3.101.112" => "x509: Ed25519 verification failure",
            _ => "x509: ECDSA verification failure",
        };
    }
}
