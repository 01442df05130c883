using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Keelson.Machinery.Certificates;

/// <summary>What a PKCS#10 certificate signing request asks for.</summary>
public sealed record CertificateRequestContent
{
    private const string PemLabel = "CERTIFICATE REQUEST";

    /// <summary>The name as encoded by the requester; it goes into the certificate unchanged.</summary>
    public required X500DistinguishedName SubjectName { get; init; }

    /// <summary>The name's parts.</summary>
    public required CertificateSubject Subject { get; init; }

    /// <summary>The names asked for besides the subject.</summary>
    public required SubjectAlternativeNames AlternativeNames { get; init; }

    /// <summary>The key to certify.</summary>
    public required PublicKey PublicKey { get; init; }

    /// <summary>Whether the requester holds the key: the request is signed by it.</summary>
    public required bool SignatureIsValid { get; init; }

    /// <summary>Reads the first PEM block, as <c>spec.request</c> carries it.</summary>
    /// <returns>The content, or null and upstream's text of what is wrong.</returns>
    public static CertificateRequestContent? Parse(ReadOnlySpan<byte> pem, out string? error)
    {
        var text = Encoding.UTF8.GetString(pem);
        if (!PemEncoding.TryFind(text, out var fields) || text[fields.Label] != PemLabel)
        {
            error = "PEM block type must be CERTIFICATE REQUEST";
            return null;
        }
        try
        {
            error = null;
            return Read(Convert.FromBase64String(text[fields.Base64Data]));
        }
        catch (Exception exception) when (exception is CryptographicException or AsnContentException)
        {
            error = $"asn1: structure error: {exception.Message}";
            return null;
        }
    }

    private static CertificateRequestContent Read(byte[] der)
    {
        const CertificateRequestLoadOptions content = CertificateRequestLoadOptions.SkipSignatureValidation
            | CertificateRequestLoadOptions.UnsafeLoadCertificateExtensions;
        var request = CertificateRequest.LoadSigningRequest(der, HashAlgorithmName.SHA256, content);
        return new CertificateRequestContent
        {
            SubjectName = request.SubjectName,
            Subject = CertificateSubject.Read(request.SubjectName),
            AlternativeNames = SubjectAlternativeNames.Read(request.CertificateExtensions),
            PublicKey = request.PublicKey,
            SignatureIsValid = HasValidSignature(der),
        };
    }

    private static bool HasValidSignature(byte[] der)
    {
        try
        {
            CertificateRequest.LoadSigningRequest(der, HashAlgorithmName.SHA256);
            return true;
        }
        catch (Exception exception) when (exception is CryptographicException or NotSupportedException)
        {
            return false;
        }
    }
}
