using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Keelson.Nodes.Identity;

/// <summary>
/// A node's certificates on the disk: <c>kubelet-client-DATE.pem</c> with certificate and key, and a link to the one
/// that is good. Everything is there whole or not at all.
/// </summary>
/// <param name="directory">The directory.</param>
/// <param name="pair">What they are for: <see cref="Client"/> or <see cref="Server"/>.</param>
internal sealed class CertificateFiles(string directory, string pair)
{
    /// <summary>Who the node is towards the API server.</summary>
    public const string Client = "kubelet-client";

    /// <summary>What the node shows to those who connect to it.</summary>
    public const string Server = "kubelet-server";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private string PendingKey => Path.Combine(directory, pair + ".key.tmp");

    /// <summary>The link to the certificate that is good.</summary>
    public string Current => Path.Combine(directory, pair + "-current.pem");

    /// <summary>The certificate with its key; null when there is none that can be read.</summary>
    public X509Certificate2? Load()
    {
        try
        {
            return File.Exists(Current) ? X509Certificate2.CreateFromPemFile(Current, Current) : null;
        }
        catch (Exception exception) when (exception is IOException or CryptographicException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Keeps a certificate and makes it the good one.</summary>
    public X509Certificate2 Save(string certificatePem, ECDsa key, DateTimeOffset now)
    {
        Directory.CreateDirectory(directory, OwnerOnly | UnixFileMode.UserExecute);
        string stamp = now.UtcDateTime.ToString("yyyy-MM-dd-HH-mm-ss", CultureInfo.InvariantCulture);
        string name = $"{pair}-{stamp}.pem";
        Write(Path.Combine(directory, name), certificatePem.TrimEnd() + "\n" + key.ExportECPrivateKeyPem() + "\n");
        string link = Path.Combine(directory, pair + "-updated.pem");
        File.Delete(link);
        File.CreateSymbolicLink(link, name);
        File.Move(link, Current, overwrite: true);
        return X509Certificate2.CreateFromPem(certificatePem, key.ExportECPrivateKeyPem());
    }

    /// <summary>The key of a request that has no certificate yet; made when there is none.</summary>
    public ECDsa PendingOrNewKey()
    {
        Directory.CreateDirectory(
            directory, OwnerOnly | UnixFileMode.UserExecute);
        ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        try
        {
            if (File.Exists(PendingKey))
            {
                key.ImportFromPem(File.ReadAllText(PendingKey));
                return key;
            }
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            // Torn by a crash; nobody can have a certificate for it.
        }

        Write(PendingKey, key.ExportECPrivateKeyPem() + "\n");
        return key;
    }

    /// <summary>Forgets the key of a request.</summary>
    public void RemovePendingKey() => File.Delete(PendingKey);

    /// <summary>Writes a file that only its owner may read.</summary>
    public static void Write(string path, string text)
    {
        string temporary = path + ".new";
        File.Delete(temporary);
        FileStreamOptions options = new()
        {
            Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly,
        };
        using (FileStream file = new(temporary, options))
        {
            file.Write(Encoding.UTF8.GetBytes(text));
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }
}
