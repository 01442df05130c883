using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>Finds out why a certificate and a key can't be used together, in the words of Go's TLS library.</summary>
internal static class TlsKeyPair
{
    private const string CertificateLabel = "CERTIFICATE";
    private const string PrivateKeySuffix = "PRIVATE KEY";

    /// <summary>The problem, or null when the pair is fine.</summary>
    public static string? Problem(Bytes certificate, Bytes key)
    {
        List<(string Label, byte[] Content)> certificateBlocks = Blocks(certificate);
        List<byte[]> chain = [.. certificateBlocks.Where(one => one.Label == CertificateLabel).Select(one => one.Content)];
        if (chain.Count == 0)
        {
            return NoCertificate([.. certificateBlocks.Select(one => one.Label)]);
        }

        List<(string Label, byte[] Content)> keyBlocks = Blocks(key);
        (string Label, byte[] Content) = keyBlocks.Find(one => IsPrivateKey(one.Label));
        if (Label is null)
        {
            return NoKey([.. keyBlocks.Select(one => one.Label)]);
        }

        return ProblemOf(chain[0], Content);
    }

    private static string NoCertificate(string[] skipped) => skipped switch
    {
        [] => "tls: failed to find any PEM data in certificate input",
        [var only] when only.EndsWith(PrivateKeySuffix, StringComparison.Ordinal) =>
            "tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched",
        _ => "tls: failed to find \"CERTIFICATE\" PEM block in certificate input after skipping PEM blocks of the following types: ["
            + string.Join(' ', skipped) + "]",
    };

    private static string NoKey(string[] skipped) => skipped switch
    {
        [] => "tls: failed to find any PEM data in key input",
        [CertificateLabel] => "tls: found a certificate rather than a key in the PEM for the private key",
        _ => "tls: failed to find PEM block with type ending in \"PRIVATE KEY\" in key input after skipping PEM blocks of the following types: ["
            + string.Join(' ', skipped) + "]",
    };

    private static string? ProblemOf(byte[] certificate, byte[] key)
    {
        X509Certificate2 leaf;
        try
        {
            leaf = X509CertificateLoader.LoadCertificate(certificate);
        }
        catch (CryptographicException)
        {
            return "x509: malformed certificate";
        }

        using (leaf)
        {
            using RSA? rsa = leaf.GetRSAPublicKey();
            using ECDsa? ecdsa = rsa is null ? leaf.GetECDsaPublicKey() : null;
            byte[]? publicKey = rsa?.ExportSubjectPublicKeyInfo() ?? ecdsa?.ExportSubjectPublicKeyInfo();
            return publicKey is null ? null : ProblemOf(publicKey, rsa is not null, key);
        }
    }

    private static string? ProblemOf(byte[] publicKey, bool isRsa, byte[] key)
    {
        using RSA rsa = RSA.Create();
        using ECDsa ecdsa = ECDsa.Create();
        bool rsaKey = Try(() => rsa.ImportPkcs8PrivateKey(key, out _)) || Try(() => rsa.ImportRSAPrivateKey(key, out _));
        bool ecdsaKey = !rsaKey && (Try(() => ecdsa.ImportPkcs8PrivateKey(key, out _)) || Try(() => ecdsa.ImportECPrivateKey(key, out _)));
        if (!rsaKey && !ecdsaKey)
        {
            return "tls: failed to parse private key";
        }

        if (rsaKey != isRsa)
        {
            return "tls: private key type does not match public key type";
        }

        byte[] mine = rsaKey ? rsa.ExportSubjectPublicKeyInfo() : ecdsa.ExportSubjectPublicKeyInfo();
        return mine.AsSpan().SequenceEqual(publicKey) ? null : "tls: private key does not match public key";
    }

    private static bool Try(Action import)
    {
        try
        {
            import();
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static bool IsPrivateKey(string label) =>
        label == PrivateKeySuffix || label.EndsWith(" " + PrivateKeySuffix, StringComparison.Ordinal);

    private static List<(string Label, byte[] Content)> Blocks(Bytes pem)
    {
        List<(string Label, byte[] Content)> blocks = [];
        ReadOnlySpan<char> rest = Encoding.Latin1.GetString(pem.AsSpan());
        while (PemEncoding.TryFind(rest, out PemFields fields))
        {
            byte[] content = new byte[fields.DecodedDataLength];
            if (Convert.TryFromBase64Chars(rest[fields.Base64Data], content, out _))
            {
                blocks.Add((rest[fields.Label].ToString(), content));
            }

            rest = rest[fields.Location.End..];
        }

        return blocks;
    }
}
