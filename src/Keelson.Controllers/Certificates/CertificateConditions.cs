using Keelson.Api.Certificates.V1;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.Certificates;

/// <summary>What the certificate controllers ask about a request.</summary>
internal static class CertificateConditions
{
    /// <summary>True when somebody approved the request and nobody denied it.</summary>
    public static bool IsApproved(CertificateSigningRequest request) =>
        Has(request, RequestConditionType.Approved) && !Has(request, RequestConditionType.Denied);

    /// <summary>True when somebody approved or denied the request.</summary>
    public static bool IsDecided(CertificateSigningRequest request) =>
        Has(request, RequestConditionType.Approved) || Has(request, RequestConditionType.Denied);

    /// <summary>True when the signer refused.</summary>
    public static bool HasFailed(CertificateSigningRequest request) =>
        request.Status.Conditions.Any(static one => one is { Type: RequestConditionType.Failed, Status: "True" });

    /// <summary>The request with a condition more.</summary>
    public static CertificateSigningRequest With(
        CertificateSigningRequest request, string type, string reason, string message, Time? updated) => request with
    {
        Status = request.Status with
        {
            Conditions = request.Status.Conditions.Add(new CertificateSigningRequestCondition
            {
                Type = type,
                Status = "True",
                Reason = reason,
                Message = message,
                LastUpdateTime = updated ?? default,
            }),
        },
    };

    private static bool Has(CertificateSigningRequest request, string type) =>
        request.Status.Conditions.Any(one => one.Type == type);
}
