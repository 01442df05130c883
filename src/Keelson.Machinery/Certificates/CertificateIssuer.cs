using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Keelson.Machinery.Certificates;

/// <summary>What goes into a certificate besides its key and its issuer.</summary>
/// <param name="SubjectName">The subject.</param>
/// <param name="AlternativeNames">Its other names.</param>
/// <param name="Usages">What its key may be used for.</param>
/// <param name="NotBefore">Start of its life.</param>
/// <param name="NotAfter">End of its life; cut to the issuer's own end.</param>
public sealed record CertificateContent(
    X500DistinguishedName SubjectName,
    SubjectAlternativeNames AlternativeNames,
    CertificateUsages Usages,
    DateTimeOffset NotBefore,
    DateTimeOffset NotAfter);

/// <summary>A certificate authority: a certificate and the key that signs for it.</summary>
public sealed class CertificateIssuer
{
    // Upstream's signers backdate by this much, so that clocks that run behind accept a fresh certificate.
    private static readonly TimeSpan Backdate = TimeSpan.FromMinutes(5);

    private readonly X509SignatureGenerator generator;

    /// <summary>Takes an authority's certificate together with its private key (RSA or ECDSA).</summary>
    /// <exception cref="ArgumentException">The certificate has no private key of these kinds.</exception>
    public CertificateIssuer(X509Certificate2 certificate)
    {
        Certificate = certificate;
        generator = certificate.GetECDsaPrivateKey() is { } ecdsa
            ? X509SignatureGenerator.CreateForECDsa(ecdsa)
            : certificate.GetRSAPrivateKey() is { } rsa
                ? X509SignatureGenerator.CreateForRSA(rsa, RSASignaturePadding.Pkcs1)
                : throw new ArgumentException("an RSA or ECDSA private key is needed to sign", nameof(certificate));
    }

    /// <summary>The authority's certificate.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>Makes a self-signed authority's certificate for a key. Called again with the same key and name it
    /// gives a successor that verifies everything the old one signed.</summary>
    public static X509Certificate2 CreateAuthority(
        AsymmetricAlgorithm key, X500DistinguishedName name, DateTimeOffset now, TimeSpan lifetime)
    {
        var request = key switch
        {
            ECDsa ecdsa => new CertificateRequest(name, ecdsa, HashAlgorithmName.SHA256),
            RSA rsa => new CertificateRequest(name, rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
            _ => throw new ArgumentException("only RSA and ECDSA keys are supported", nameof(key)),
        };
        const X509KeyUsageFlags usage = X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyEncipherment
            | X509KeyUsageFlags.KeyCertSign;
        request.CertificateExtensions.Add(new X509KeyUsageExtension(usage, critical: true));
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        SubjectAlternativeNames.Of([CertificateSubject.Read(name).CommonName]).AddTo(request.CertificateExtensions);
        return request.CreateSelfSigned(now - Backdate, now + lifetime);
    }

    /// <summary>Signs a signing request, as the signers of <c>certificates.k8s.io</c> do. The lifetime is cut to the
    /// authority's own end.</summary>
    /// <returns>The certificate in DER, or null and upstream's text of what is wrong.</returns>
    public byte[]? Sign(
        CertificateRequestContent request, IEnumerable<string> usageNames, DateTimeOffset now, TimeSpan lifetime,
        out string? error)
    {
        if (!request.SignatureIsValid)
        {
            error = "unable to verify certificate request signature: x509: invalid signature";
            return null;
        }
        if (CertificateUsages.Parse(usageNames, out error) is not { } usages)
        {
            return null;
        }
        if (now >= Certificate.NotAfter.ToUniversalTime())
        {
            error = $"refusing to sign a certificate that expired in the past: NotAfter {Certificate.NotAfter:u}";
            return null;
        }
        var content = new CertificateContent(
            request.SubjectName, request.AlternativeNames, usages, now - Backdate, now + lifetime);
        return Sign(request.PublicKey, content);
    }

    /// <summary>Makes a key of its own and certifies it.</summary>
    public X509Certificate2 Issue(
        X500DistinguishedName subject, SubjectAlternativeNames names, CertificateUsages usages,
        DateTimeOffset now, TimeSpan lifetime)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var content = new CertificateContent(subject, names, usages, now - Backdate, now + lifetime);
        using var certificate = X509CertificateLoader.LoadCertificate(Sign(new PublicKey(key), content));
        return certificate.CopyWithPrivateKey(key);
    }

    private byte[] Sign(PublicKey publicKey, CertificateContent content)
    {
        var request = new CertificateRequest(content.SubjectName, publicKey, HashAlgorithmName.SHA256);
        content.Usages.AddTo(request.CertificateExtensions);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        if (Certificate.Extensions.OfType<X509SubjectKeyIdentifierExtension>().FirstOrDefault() is { } identifier)
        {
            request.CertificateExtensions.Add(
                X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(identifier));
        }
        content.AlternativeNames.AddTo(request.CertificateExtensions);

        DateTimeOffset authorityStart = Certificate.NotBefore, authorityEnd = Certificate.NotAfter;
        var notBefore = content.NotBefore < authorityStart ? authorityStart : content.NotBefore;
        var notAfter = content.NotAfter > authorityEnd ? authorityEnd : content.NotAfter;
        // A serial number is positive: 16 random bytes under a leading byte without the sign bit.
        Span<byte> serial = stackalloc byte[17];
        RandomNumberGenerator.Fill(serial);
        serial[0] = 0x01;
        using var certificate = request.Create(Certificate.SubjectName, generator, notBefore, notAfter, serial);
        return certificate.RawData;
    }
}
