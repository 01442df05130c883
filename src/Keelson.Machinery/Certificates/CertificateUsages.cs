using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Keelson.Machinery.Certificates;

/// <summary>The usages of <c>certificates.k8s.io</c> by name, and the X.509 extensions they stand for.</summary>
public sealed record CertificateUsages(X509KeyUsageFlags KeyUsages, IReadOnlyList<string> ExtendedKeyUsageOids)
{
    /// <summary>Extended key usage: TLS server.</summary>
    public const string ServerAuthOid = "1.3.6.1.5.5.7.3.1";

    /// <summary>Extended key usage: TLS client.</summary>
    public const string ClientAuthOid = "1.3.6.1.5.5.7.3.2";

    private static readonly Dictionary<string, X509KeyUsageFlags> KeyUsageNames = new(StringComparer.Ordinal)
    {
        ["signing"] = X509KeyUsageFlags.DigitalSignature,
        ["digital signature"] = X509KeyUsageFlags.DigitalSignature,
        ["content commitment"] = X509KeyUsageFlags.NonRepudiation,
        ["key encipherment"] = X509KeyUsageFlags.KeyEncipherment,
        ["key agreement"] = X509KeyUsageFlags.KeyAgreement,
        ["data encipherment"] = X509KeyUsageFlags.DataEncipherment,
        ["cert sign"] = X509KeyUsageFlags.KeyCertSign,
        ["crl sign"] = X509KeyUsageFlags.CrlSign,
        ["encipher only"] = X509KeyUsageFlags.EncipherOnly,
        ["decipher only"] = X509KeyUsageFlags.DecipherOnly,
    };

    private static readonly Dictionary<string, string> ExtendedKeyUsageNames = new(StringComparer.Ordinal)
    {
        ["any"] = "2.5.29.37.0",
        ["server auth"] = ServerAuthOid,
        ["client auth"] = ClientAuthOid,
        ["code signing"] = "1.3.6.1.5.5.7.3.3",
        ["email protection"] = "1.3.6.1.5.5.7.3.4",
        ["s/mime"] = "1.3.6.1.5.5.7.3.4",
        ["ipsec end system"] = "1.3.6.1.5.5.7.3.5",
        ["ipsec tunnel"] = "1.3.6.1.5.5.7.3.6",
        ["ipsec user"] = "1.3.6.1.5.5.7.3.7",
        ["timestamping"] = "1.3.6.1.5.5.7.3.8",
        ["ocsp signing"] = "1.3.6.1.5.5.7.3.9",
        ["microsoft sgc"] = "1.3.6.1.4.1.311.10.3.3",
        ["netscape sgc"] = "2.16.840.1.113730.4.1",
    };

    /// <summary>What a TLS server's certificate carries.</summary>
    public static CertificateUsages Server { get; } =
        new(X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyEncipherment, [ServerAuthOid]);

    /// <summary>What a TLS client's certificate carries.</summary>
    public static CertificateUsages Client { get; } =
        new(X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyEncipherment, [ClientAuthOid]);

    /// <summary>Reads usage names; an unknown one is an error with upstream's text.</summary>
    public static CertificateUsages? Parse(IEnumerable<string> names, out string? error)
    {
        var keyUsages = X509KeyUsageFlags.None;
        var extended = new List<string>();
        var unknown = new List<string>();
        foreach (var name in names)
        {
            if (KeyUsageNames.TryGetValue(name, out var flag))
            {
                keyUsages |= flag;
            }
            else if (ExtendedKeyUsageNames.TryGetValue(name, out var oid))
            {
                extended.Add(oid);
            }
            else
            {
                unknown.Add(name);
            }
        }
        if (unknown.Count > 0)
        {
            error = $"unrecognized usage values: [{string.Join(' ', unknown.Select(name => $"\"{name}\""))}]";
            return null;
        }
        error = null;
        return new CertificateUsages(keyUsages, [.. extended.Distinct(StringComparer.Ordinal)]);
    }

    internal void AddTo(ICollection<X509Extension> extensions)
    {
        if (KeyUsages != X509KeyUsageFlags.None)
        {
            extensions.Add(new X509KeyUsageExtension(KeyUsages, critical: true));
        }
        if (ExtendedKeyUsageOids.Count > 0)
        {
            var oids = new OidCollection();
            foreach (var oid in ExtendedKeyUsageOids)
            {
                oids.Add(new Oid(oid));
            }
            extensions.Add(new X509EnhancedKeyUsageExtension(oids, critical: false));
        }
    }
}
