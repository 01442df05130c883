using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Keelson.Client.Kubeconfigs;

namespace Keelson.Cluster.Pki;

/// <summary>Where a certificate and its key lie on disk.</summary>
internal interface ICertificateFile
{
    /// <summary>The file to name in errors.</summary>
    string Path { get; }

    /// <summary>The certificate with its key; null when nothing is there.</summary>
    /// <exception cref="PkiException">Part of it is missing, or the parts don't fit.</exception>
    X509Certificate2? Load();

    /// <summary>Replaces it.</summary>
    void Save(X509Certificate2 certificate);
}

/// <summary>A pair of files, <c>NAME.crt</c> and <c>NAME.key</c>.</summary>
internal sealed class PemPairFile(string directory, string name) : ICertificateFile
{
    private readonly string keyPath = System.IO.Path.Combine(directory, name + ".key");

    public string Path { get; } = System.IO.Path.Combine(directory, name + ".crt");

    public X509Certificate2? Load()
    {
        var certificate = SecretFiles.Read(Path);
        var key = SecretFiles.Read(keyPath);
        return (certificate, key) switch
        {
            (null, null) => null,
            (null, _) => throw new PkiException(
                $"{Path}: missing, though {keyPath} is there; put it back or remove the other"),
            (_, null) => throw new PkiException(
                $"{keyPath}: missing, though {Path} is there; put it back or remove the other"),
            _ => PemCertificates.Parse(certificate, key, Path, keyPath),
        };
    }

    // The key goes first: a crash in between leaves a key that fits no certificate, which the next start names,
    // and never a certificate in use whose key was not yet written.
    public void Save(X509Certificate2 certificate)
    {
        SecretFiles.WriteSecret(keyPath, PemCertificates.ExportKey(certificate));
        SecretFiles.WritePublic(Path, certificate.ExportCertificatePem() + "\n");
    }
}

/// <summary>A kubeconfig with an embedded client certificate, as kubeadm writes for its components.</summary>
internal sealed class KubeconfigFile(
    string path, string clusterName, string serverUrl, string userName, X509Certificate2 authority) : ICertificateFile
{
    public string Path => path;

    public X509Certificate2? Load()
    {
        if (ReadExisting() is not { } kubeconfig)
        {
            return null;
        }
        var user = Select(kubeconfig).User;
        return user is { ClientCertificatePem: { } certificate, ClientKeyPem: { } key }
            ? PemCertificates.Parse(certificate, key, path, path)
            : throw new PkiException($"{path}: the current context's user has no client certificate and key; "
                + "remove the file to have it written anew");
    }

    public void Save(X509Certificate2 certificate)
    {
        var server = ReadExisting() is { } existing && !IsOwnAddress(Select(existing).Cluster.Server)
            ? Select(existing).Cluster.Server
            : serverUrl;
        var cluster = new KubeconfigCluster
        {
            Server = server,
            CertificateAuthorityPem = authority.ExportCertificatePem() + "\n",
        };
        var user = new KubeconfigUser
        {
            ClientCertificatePem = certificate.ExportCertificatePem() + "\n",
            ClientKeyPem = PemCertificates.ExportKey(certificate),
        };
        SecretFiles.WriteSecret(path, KubeconfigWriter.Write(Kubeconfig.Of(clusterName, cluster, userName, user)));
    }

    /// <summary>True when the file holds another authority's certificate than the cluster's current one.</summary>
    public bool HasOtherAuthority() => ReadExisting() is { } kubeconfig
        && Select(kubeconfig).Cluster.CertificateAuthorityPem?.Trim() != authority.ExportCertificatePem().Trim();

    /// <summary>True when the file leads to where this cluster's server was before, on another port.</summary>
    public bool LeadsToFormerAddress() => ReadExisting() is { } kubeconfig
        && Select(kubeconfig).Cluster.Server is var server && server != serverUrl && IsOwnAddress(server);

    /// <summary>Whether an address is the server's own, whatever the port; it may be a proxy's too.</summary>
    private bool IsOwnAddress(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var there)
        && (there.IsLoopback || there.Host == new Uri(serverUrl).Host);

    private Kubeconfig? ReadExisting()
    {
        try
        {
            return File.Exists(path) ? KubeconfigReader.ReadFile(path) : null;
        }
        catch (KubeconfigException exception)
        {
            throw new PkiException(exception.Message, exception);
        }
    }

    private (KubeconfigContext Context, KubeconfigCluster Cluster, KubeconfigUser User) Select(Kubeconfig kubeconfig)
    {
        try
        {
            return kubeconfig.Select();
        }
        catch (KubeconfigException exception)
        {
            throw new PkiException($"{path}: {exception.Message}", exception);
        }
    }
}

/// <summary>Certificates and keys as PEM text.</summary>
internal static class PemCertificates
{
    public static X509Certificate2 Parse(string certificate, string key, string path, string keyPath)
    {
        var withoutKey = Parse(certificate, path);
        try
        {
            return X509Certificate2.CreateFromPem(certificate, key);
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            throw new PkiException(
                $"{keyPath}: not the private key of the certificate in {path} ({withoutKey.Subject}): "
                + exception.Message, exception);
        }
    }

    public static X509Certificate2 Parse(string certificate, string path)
    {
        try
        {
            return X509Certificate2.CreateFromPem(certificate);
        }
        catch (CryptographicException exception)
        {
            throw new PkiException($"{path}: not a PEM certificate: {exception.Message}", exception);
        }
    }

    public static string ExportKey(X509Certificate2 certificate)
    {
        using var ecdsa = certificate.GetECDsaPrivateKey();
        using var rsa = certificate.GetRSAPrivateKey();
        return (ecdsa?.ExportECPrivateKeyPem() ?? rsa?.ExportRSAPrivateKeyPem()
            ?? throw new ArgumentException("an RSA or ECDSA private key is needed", nameof(certificate))) + "\n";
    }
}
