using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Keelson.Server.Authentication;
using Keelson.Server.Authentication.ServiceAccounts;

namespace Keelson.Cluster.Files;

/// <summary>Certificates and keys in PEM files that somebody else keeps.</summary>
public static class PemFiles
{
    /// <summary>A file's text; what goes wrong is told in Go's words.</summary>
    /// <exception cref="FileException">It can't be read.</exception>
    public static string ReadText(string path)
    {
        try
        {
            return Directory.Exists(path)
                ? throw new FileException($"read {path}: is a directory")
                : File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new FileException($"open {path}: no such file or directory", exception);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new FileException($"open {path}: permission denied", exception);
        }
        catch (IOException exception)
        {
            throw new FileException($"open {path}: {exception.Message}", exception);
        }
    }

    /// <summary>Authorities, at least one.</summary>
    public static CertificateAuthorities ReadAuthorities(string path)
    {
        string text = ReadText(path);
        try
        {
            return CertificateAuthorities.FromPem(text);
        }
        catch (Exception exception) when (exception is CryptographicException or FormatException)
        {
            throw new FileException($"{path}: data does not contain any valid RSA or ECDSA certificates", exception);
        }
    }

    /// <summary>A certificate with its key, and behind it in the same file what builds its chain.</summary>
    public static ServingCertificate ReadServing(string path, string keyPath)
    {
        X509Certificate2Collection chain = [];
        X509Certificate2 leaf = ReadPair(path, keyPath, chain);
        return new ServingCertificate(leaf, chain);
    }

    /// <summary>A certificate with its key.</summary>
    public static X509Certificate2 ReadPair(string path, string keyPath) => ReadPair(path, keyPath, []);

    /// <summary>Keys that verify tokens: public keys, private ones, or certificates.</summary>
    public static IReadOnlyList<TokenKey> ReadTokenKeys(string path)
    {
        string text = ReadText(path);
        try
        {
            return TokenKey.ReadPem(text);
        }
        catch (Exception exception) when (exception is FormatException or CryptographicException or ArgumentException)
        {
            throw new FileException($"{path}: {exception.Message}", exception);
        }
    }

    /// <summary>A private key.</summary>
    public static AsymmetricAlgorithm ReadPrivateKey(string path)
    {
        string text = ReadText(path);
        foreach (Func<AsymmetricAlgorithm> create in (Func<AsymmetricAlgorithm>[])[RSA.Create, ECDsa.Create])
        {
            AsymmetricAlgorithm key = create();
            try
            {
                key.ImportFromPem(text);

                // A public key is read just as well, but has nothing to export here.
                key.ExportPkcs8PrivateKey().AsSpan().Clear();
                return key;
            }
            catch (Exception exception) when (exception is CryptographicException or ArgumentException)
            {
                key.Dispose();
            }
        }

        throw new FileException($"{path}: data does not contain a valid RSA or ECDSA private key");
    }

    private static X509Certificate2 ReadPair(string path, string keyPath, X509Certificate2Collection chain)
    {
        string certificate = ReadText(path);
        string key = ReadText(keyPath);
        try
        {
            chain.ImportFromPem(certificate);
        }
        catch (CryptographicException exception)
        {
            throw new FileException(
                $"{path}: tls: failed to find any PEM data in certificate input: {exception.Message}", exception);
        }

        if (chain.Count == 0)
        {
            throw new FileException($"{path}: tls: failed to find any PEM data in certificate input");
        }

        try
        {
            return X509Certificate2.CreateFromPem(certificate, key);
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            bool hasKey = PemEncoding.TryFind(key, out _);
            throw new FileException(
                hasKey
                    ? $"{keyPath}: tls: private key does not match public key in {path}"
                    : $"{keyPath}: tls: failed to find any PEM data in key input",
                exception);
        }
    }
}

/// <summary>A serving certificate in files; when they change, new connections get the new one.</summary>
public sealed class ServingFiles(FileContent<ServingCertificate> content) : IServingCertificateSource
{
    /// <inheritdoc/>
    public ServingCertificate Current => content.Current;
}
