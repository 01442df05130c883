using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Keelson.Api.Certificates.V1;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.Certificates;

/// <summary>Which requests for certificates have done their work.</summary>
internal static class CertificateCleanupPlan
{
    private static readonly TimeSpan DecidedFor = TimeSpan.FromHours(1);
    private static readonly TimeSpan PendingFor = TimeSpan.FromHours(24);

    /// <summary>
    /// True for a request that was answered an hour ago, was not looked at for a day, or whose certificate has expired.
    /// </summary>
    public static bool Compute(CertificateSigningRequest request, DateTimeOffset now)
    {
        if (request.Status.Conditions.Count == 0)
        {
            return IsOlder(request.Metadata.CreationTimestamp, PendingFor, now);
        }

        bool isIssued = request.Status.Certificate.Length > 0;
        return request.Status.Conditions.Any(one => one.Type switch
        {
            RequestConditionType.Denied or RequestConditionType.Failed => IsOlder(one.LastUpdateTime, DecidedFor, now),
            RequestConditionType.Approved => isIssued
                && (IsOlder(one.LastUpdateTime, DecidedFor, now) || IsExpired(request.Status.Certificate, now)),
            _ => false,
        });
    }

    private static bool IsOlder(Time time, TimeSpan age, DateTimeOffset now) =>
        !time.IsZero && now - time.Instant > age;

    private static bool IsExpired(Bytes pem, DateTimeOffset now)
    {
        if (pem.Length == 0 || !PemEncoding.TryFind(pem.ToText(), out _))
        {
            return false;
        }

        try
        {
            using X509Certificate2 certificate = X509Certificate2.CreateFromPem(pem.ToText());
            return now > certificate.NotAfter.ToUniversalTime();
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
