using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Keelson.Machinery.Certificates;

namespace Keelson.Cluster.Pki;

/// <summary>A certificate this cluster keeps: who it names, who signs it, where it lies.</summary>
internal sealed record LeafCertificate(
    string CommonName,
    IReadOnlyList<string> Organizations,
    SubjectAlternativeNames Names,
    CertificateUsages Usages,
    ICertificateFile File)
{
    /// <summary>Why it has to be issued anew, or null when it may stay.</summary>
    public string? ReasonToIssue(X509Certificate2? current, X509Certificate2 authority, DateTimeOffset now)
    {
        if (current is null)
        {
            return "it does not exist yet";
        }
        if (!CertificateLife.IsSignedBy(current, authority))
        {
            throw new PkiException($"{File.Path}: not signed by this cluster's authority ({authority.Subject}); "
                + "put the matching files back, or remove this one to have it issued anew");
        }
        if (CertificateLife.IsRenewalDue(current, now))
        {
            return $"it ends at {current.NotAfter.ToUniversalTime():u}";
        }
        if (!SubjectAlternativeNames.Read(current).Covers(Names))
        {
            return "it lacks names the cluster now has";
        }
        return null;
    }
}

/// <summary>When certificates end, and whose they are.</summary>
internal static class CertificateLife
{
    private static readonly Dictionary<string, HashAlgorithmName> SignatureHashes = new(StringComparer.Ordinal)
    {
        ["1.2.840.10045.4.3.2"] = HashAlgorithmName.SHA256, // ecdsa-with-SHA256
        ["1.2.840.10045.4.3.3"] = HashAlgorithmName.SHA384,
        ["1.2.840.10045.4.3.4"] = HashAlgorithmName.SHA512,
        ["1.2.840.113549.1.1.11"] = HashAlgorithmName.SHA256, // sha256WithRSAEncryption
        ["1.2.840.113549.1.1.12"] = HashAlgorithmName.SHA384,
        ["1.2.840.113549.1.1.13"] = HashAlgorithmName.SHA512,
    };

    /// <summary>True once less than a third of the life is left: 4 months of a year.</summary>
    public static bool IsRenewalDue(X509Certificate2 certificate, DateTimeOffset now)
    {
        DateTimeOffset start = certificate.NotBefore, end = certificate.NotAfter;
        return now >= end - (end - start) / 3;
    }

    /// <summary>True when the authority's key signed it, be either expired or not. Built on the one signature rather
    /// than on a chain: that is what has to hold, at a tenth of the time.</summary>
    public static bool IsSignedBy(X509Certificate2 certificate, X509Certificate2 authority)
    {
        if (!certificate.IssuerName.RawData.AsSpan().SequenceEqual(authority.SubjectName.RawData))
        {
            return false;
        }
        var parts = new AsnReader(certificate.RawDataMemory, AsnEncodingRules.DER).ReadSequence();
        var signed = parts.ReadEncodedValue().Span;
        var algorithm = parts.ReadSequence().ReadObjectIdentifier();
        var signature = parts.ReadBitString(out _);
        using var ecdsa = authority.GetECDsaPublicKey();
        using var rsa = authority.GetRSAPublicKey();
        return SignatureHashes.TryGetValue(algorithm, out var hash) && (ecdsa, rsa) switch
        {
            ({ } key, _) => key.VerifyData(signed, signature, hash, DSASignatureFormat.Rfc3279DerSequence),
            (_, { } key) => key.VerifyData(signed, signature, hash, RSASignaturePadding.Pkcs1),
            _ => false,
        };
    }
}
