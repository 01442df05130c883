using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Keelson.Machinery.Certificates;

namespace Keelson.Cluster.Pki;

/// <summary>An authority of the cluster on disk. Its key may be kept elsewhere: then everything it signs has to be
/// brought by its owner, and only issuing anew fails.</summary>
internal sealed class AuthorityFile(string directory, string name, string commonName, TimeSpan lifetime)
{
    private readonly string path = Path.Combine(directory, name + ".crt");
    private readonly string keyPath = Path.Combine(directory, name + ".key");

    /// <summary>Loads the authority; makes it when there is none; renews it, with the same key, when it nears its
    /// end.</summary>
    public Authority LoadOrCreate(DateTimeOffset now)
    {
        var certificatePem = SecretFiles.Read(path);
        var keyPem = SecretFiles.Read(keyPath);
        if (certificatePem is null && keyPem is null)
        {
            return Create(now);
        }
        if (certificatePem is null)
        {
            throw new PkiException($"{path}: missing, though {keyPath} is there; put it back, or remove the key to "
                + "start a new authority");
        }
        if (keyPem is null)
        {
            return new Authority(PemCertificates.Parse(certificatePem, path), null, keyPath);
        }
        var certificate = PemCertificates.Parse(certificatePem, keyPem, path, keyPath);
        if (certificate.Extensions.OfType<X509BasicConstraintsExtension>()
            .FirstOrDefault() is not { CertificateAuthority: true })
        {
            throw new PkiException($"{path}: not the certificate of an authority (its basic constraints say CA:FALSE)");
        }
        return CertificateLife.IsRenewalDue(certificate, now) && CertificateLife.IsSignedBy(certificate, certificate)
            ? Renew(certificate, now)
            : new Authority(certificate, new CertificateIssuer(certificate), keyPath);
    }

    private Authority Create(DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var certificate = CertificateIssuer.CreateAuthority(
            key, CertificateSubject.Build(commonName), now, lifetime);
        SecretFiles.WriteSecret(keyPath, PemCertificates.ExportKey(certificate));
        SecretFiles.WritePublic(path, certificate.ExportCertificatePem() + "\n");
        return new Authority(certificate, new CertificateIssuer(certificate), keyPath);
    }

    // The same key and name: whoever still holds the old certificate goes on trusting what is signed now.
    private Authority Renew(X509Certificate2 old, DateTimeOffset now)
    {
        AsymmetricAlgorithm key = old.GetECDsaPrivateKey() ?? (AsymmetricAlgorithm?)old.GetRSAPrivateKey()
            ?? throw new PkiException($"{keyPath}: neither an RSA nor an ECDSA key");
        using var _ = key;
        var certificate = CertificateIssuer.CreateAuthority(key, old.SubjectName, now, lifetime);
        SecretFiles.WritePublic(path, certificate.ExportCertificatePem() + "\n");
        return new Authority(certificate, new CertificateIssuer(certificate), keyPath);
    }
}

/// <summary>An authority in use.</summary>
/// <param name="Certificate">Its certificate.</param>
/// <param name="Issuer">What signs for it; null when its key is kept elsewhere.</param>
/// <param name="KeyPath">Where the key would lie.</param>
internal sealed record Authority(X509Certificate2 Certificate, CertificateIssuer? Issuer, string KeyPath)
{
    public X509Certificate2 Issue(LeafCertificate leaf, DateTimeOffset now, TimeSpan lifetime)
    {
        if (Issuer is null)
        {
            throw new PkiException($"{KeyPath}: missing; it is needed to issue {leaf.File.Path}");
        }
        var subject = CertificateSubject.Build(leaf.CommonName, leaf.Organizations);
        return Issuer.Issue(subject, leaf.Names, leaf.Usages, now, lifetime);
    }
}
