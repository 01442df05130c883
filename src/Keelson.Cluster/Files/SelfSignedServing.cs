using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Keelson.Cluster.Pki;
using Keelson.Machinery.Certificates;
using Keelson.Server.Authentication;

namespace Keelson.Cluster.Files;

/// <summary>
/// The certificate that an API server makes itself when it is given none: <c>apiserver.crt</c> and
/// <c>apiserver.key</c>, signed by an authority that exists just for that and whose certificate stands behind it in the
/// file.
/// </summary>
public static class SelfSignedServing
{
    private const string Name = "apiserver";
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(365);

    /// <summary>The paths of certificate and key in a directory; makes both when either is missing.</summary>
    /// <param name="directory">The directory (<c>--cert-dir</c>).</param>
    /// <param name="host">The address that the server is known by.</param>
    /// <param name="otherNames">More names and addresses it has.</param>
    /// <param name="clock">The clock.</param>
    /// <exception cref="FileException">The directory can't be written to.</exception>
    public static (string Certificate, string Key) Ensure(
        string directory, string host, IReadOnlyList<string> otherNames, TimeProvider clock)
    {
        string path = Path.Combine(directory, Name + ".crt");
        string keyPath = Path.Combine(directory, Name + ".key");
        if (File.Exists(path) && File.Exists(keyPath))
        {
            return (path, keyPath);
        }

        try
        {
            Directory.CreateDirectory(directory);
            Make(path, keyPath, host, otherNames, clock.GetUtcNow());
            return (path, keyPath);
        }
        catch (Exception exception) when (exception is PkiException or IOException or UnauthorizedAccessException)
        {
            throw new FileException($"error creating self-signed certificates: {exception.Message}", exception);
        }
    }

    /// <summary>The same for a program that keeps nothing on the disk.</summary>
    public static IServingCertificateSource InMemory(
        string host, IReadOnlyList<string> otherNames, TimeProvider clock)
    {
        (X509Certificate2 leaf, X509Certificate2 authority) = Issue(host, otherNames, clock.GetUtcNow());
        return new FixedServing(new ServingCertificate(leaf, [authority]));
    }

    private static void Make(
        string path, string keyPath, string host, IReadOnlyList<string> otherNames, DateTimeOffset now)
    {
        (X509Certificate2 leaf, X509Certificate2 authority) = Issue(host, otherNames, now);
        SecretFiles.WriteSecret(keyPath, PemCertificates.ExportKey(leaf));
        SecretFiles.WritePublic(path, leaf.ExportCertificatePem() + "\n" + authority.ExportCertificatePem() + "\n");
    }

    private static (X509Certificate2 Leaf, X509Certificate2 Authority) Issue(
        string host, IReadOnlyList<string> otherNames, DateTimeOffset now)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        string suffix = "@" + now.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture);
        X509Certificate2 authority = CertificateIssuer.CreateAuthority(
            key, CertificateSubject.Build($"{host}-ca{suffix}"), now, Lifetime);
        X509Certificate2 leaf = new CertificateIssuer(authority).Issue(
            CertificateSubject.Build(host + suffix),
            SubjectAlternativeNames.Of([host, .. otherNames]),
            CertificateUsages.Server,
            now,
            Lifetime);
        return (leaf, authority);
    }

    private sealed record FixedServing(ServingCertificate Current) : IServingCertificateSource;
}
