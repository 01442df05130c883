using System.Security.Cryptography;

namespace Keelson.Cluster.Pki;

/// <summary>The key that signs service account tokens: <c>sa.key</c>, and <c>sa.pub</c> for whoever verifies.</summary>
internal sealed class ServiceAccountKeyFile(string directory)
{
    // RS256 is what upstream's discovery document names, and 2048 bits are kubeadm's default.
    private const int KeySizeBits = 2048;

    private readonly string keyPath = Path.Combine(directory, "sa.key");
    private readonly string publicPath = Path.Combine(directory, "sa.pub");

    /// <summary>Loads the key, or starts making it on another thread: that takes a quarter of a second, longer than
    /// all the rest of a first start, and nobody needs it before the first token.</summary>
    /// <exception cref="PkiException">One half is missing, unreadable, or not of the other half.</exception>
    public Task<AsymmetricAlgorithm> LoadOrStart()
    {
        var keyPem = SecretFiles.Read(keyPath);
        var publicPem = SecretFiles.Read(publicPath);
        if (keyPem is null)
        {
            if (publicPem is not null)
            {
                throw new PkiException($"{keyPath}: missing, though {publicPath} is there; put it back, or remove "
                    + "the other to start with a new key (tokens issued so far then stop working)");
            }
            return Task.Run<AsymmetricAlgorithm>(Create);
        }
        return Task.FromResult(Load(keyPem, publicPem));
    }

    private AsymmetricAlgorithm Load(string keyPem, string? publicPem)
    {
        var key = ReadPrivate(keyPem);
        var own = ExportPublic(key);
        if (publicPem is null)
        {
            SecretFiles.WritePublic(publicPath, own);
        }
        else if (publicPem.Trim() != own.Trim())
        {
            throw new PkiException($"{publicPath}: not the public half of {keyPath}; put the matching file back, or "
                + "remove it to have it written anew");
        }
        return key;
    }

    private RSA Create()
    {
        var key = RSA.Create(KeySizeBits);
        SecretFiles.WriteSecret(keyPath, key.ExportRSAPrivateKeyPem() + "\n");
        SecretFiles.WritePublic(publicPath, ExportPublic(key));
        return key;
    }

    private AsymmetricAlgorithm ReadPrivate(string pem)
    {
        foreach (var create in (Func<AsymmetricAlgorithm>[])[RSA.Create, ECDsa.Create])
        {
            var key = create();
            try
            {
                key.ImportFromPem(pem);
                return key;
            }
            catch (Exception exception) when (exception is CryptographicException or ArgumentException)
            {
                key.Dispose();
            }
        }
        throw new PkiException($"{keyPath}: not an RSA or ECDSA private key in PEM");
    }

    private static string ExportPublic(AsymmetricAlgorithm key) => key.ExportSubjectPublicKeyInfoPem() + "\n";
}
