using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Keelson.Server.Authentication.ServiceAccounts;

/// <summary>A key that signs tokens, or only verifies them: RSA for RS256, an elliptic curve for ES256, ES384 and
/// ES512.</summary>
public sealed class TokenKey
{
    private readonly RSA? rsa;
    private readonly ECDsa? ecdsa;
    private readonly HashAlgorithmName hash;

    /// <summary>Takes a key.</summary>
    /// <exception cref="ArgumentException">A kind of key that signs no tokens.</exception>
    public TokenKey(AsymmetricAlgorithm key)
    {
        (Algorithm, hash) = key switch
        {
            RSA => ("RS256", HashAlgorithmName.SHA256),
            ECDsa { KeySize: 256 } => ("ES256", HashAlgorithmName.SHA256),
            ECDsa { KeySize: 384 } => ("ES384", HashAlgorithmName.SHA384),
            ECDsa { KeySize: 521 } => ("ES512", HashAlgorithmName.SHA512),
            _ => throw new ArgumentException(
                "unknown public key type, must be *rsa.PublicKey, *ecdsa.PublicKey", nameof(key)),
        };
        (rsa, ecdsa) = (key as RSA, key as ECDsa);
        Id = Base64Url.EncodeToString(SHA256.HashData(key.ExportSubjectPublicKeyInfo()));
    }

    /// <summary>The <c>kid</c>: the SHA-256 of the public key's DER form.</summary>
    public string Id { get; }

    /// <summary>The <c>alg</c>.</summary>
    public string Algorithm { get; }

    /// <summary>Reads all keys of a PEM text: public keys, private keys, or certificates.</summary>
    /// <exception cref="FormatException">There is none in the text.</exception>
    public static IReadOnlyList<TokenKey> ReadPem(string pem)
    {
        var keys = new List<TokenKey>();
        ReadOnlySpan<char> rest = pem;
        while (PemEncoding.TryFind(rest, out var fields))
        {
            if (TryImport(rest[fields.Location], rest[fields.Label]) is { } key)
            {
                keys.Add(new TokenKey(key));
            }
            rest = rest[fields.Location.End..];
        }
        return keys.Count > 0
            ? keys
            : throw new FormatException("data does not contain any valid RSA or ECDSA public keys");
    }

    /// <summary>Signs; JOSE's form, not DER's.</summary>
    /// <exception cref="CryptographicException">The key only verifies.</exception>
    public byte[] Sign(ReadOnlySpan<byte> data) => rsa is not null
        ? rsa.SignData(data, hash, RSASignaturePadding.Pkcs1)
        : ecdsa!.SignData(data, hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

    /// <summary>True when this key signed the data with the algorithm named.</summary>
    public bool Verify(string algorithm, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) =>
        algorithm == Algorithm && (rsa is not null
            ? rsa.VerifyData(data, signature, hash, RSASignaturePadding.Pkcs1)
            : ecdsa!.VerifyData(data, signature, hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));

    /// <summary>The parts of the public key for a JSON web key, in upstream's order.</summary>
    internal IReadOnlyList<(string Name, string Value)> WebKeyFields()
    {
        if (rsa is not null)
        {
            var parameters = rsa.ExportParameters(includePrivateParameters: false);
            return
            [
                ("use", "sig"), ("kty", "RSA"), ("kid", Id), ("alg", Algorithm),
                ("n", Base64Url.EncodeToString(parameters.Modulus)),
                ("e", Base64Url.EncodeToString(parameters.Exponent)),
            ];
        }
        var point = ecdsa!.ExportParameters(includePrivateParameters: false).Q;
        var curve = Algorithm switch { "ES256" => "P-256", "ES384" => "P-384", _ => "P-521" };
        return
        [
            ("use", "sig"), ("kty", "EC"), ("kid", Id), ("crv", curve), ("alg", Algorithm),
            ("x", Base64Url.EncodeToString(point.X)), ("y", Base64Url.EncodeToString(point.Y)),
        ];
    }

    private static AsymmetricAlgorithm? TryImport(ReadOnlySpan<char> pem, ReadOnlySpan<char> label)
    {
        if (label is "CERTIFICATE")
        {
            try
            {
                using var certificate = X509Certificate2.CreateFromPem(pem);
                return certificate.GetRSAPublicKey() ?? (AsymmetricAlgorithm?)certificate.GetECDsaPublicKey();
            }
            catch (Exception exception) when (exception is CryptographicException or PlatformNotSupportedException)
            {
                return null;
            }
        }
        foreach (var create in (Func<AsymmetricAlgorithm>[])[RSA.Create, ECDsa.Create])
        {
            var key = create();
            try
            {
                key.ImportFromPem(pem);
                return key;
            }
            catch (Exception exception) when (exception is CryptographicException or ArgumentException
                or PlatformNotSupportedException)
            {
                key.Dispose();
            }
        }
        return null;
    }
}
