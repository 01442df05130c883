using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace Keelson.Machinery.Certificates;

/// <summary>The other names of a certificate's subject, by kind.</summary>
public sealed record SubjectAlternativeNames
{
    internal const string Oid = "2.5.29.17";

    // RFC 5280, 4.2.1.6: the context tags of GeneralName.
    private const int EmailTag = 1;
    private const int DnsTag = 2;
    private const int UriTag = 6;
    private const int IpTag = 7;

    /// <summary>No names at all.</summary>
    public static SubjectAlternativeNames None { get; } = new();

    /// <summary>Host names, possibly with a wildcard.</summary>
    public IReadOnlyList<string> DnsNames { get; init; } = [];

    /// <summary>IPv4 and IPv6 addresses.</summary>
    public IReadOnlyList<IPAddress> IpAddresses { get; init; } = [];

    /// <summary>E-mail addresses.</summary>
    public IReadOnlyList<string> EmailAddresses { get; init; } = [];

    /// <summary>URIs, for example SPIFFE identities.</summary>
    public IReadOnlyList<string> Uris { get; init; } = [];

    /// <summary>True when there is no name of any kind.</summary>
    public bool IsEmpty =>
        DnsNames.Count == 0 && IpAddresses.Count == 0 && EmailAddresses.Count == 0 && Uris.Count == 0;

    /// <summary>Sorts names that are either host names or addresses, without doubles, in the order given.</summary>
    public static SubjectAlternativeNames Of(IEnumerable<string> names)
    {
        var dnsNames = new List<string>();
        var addresses = new List<IPAddress>();
        foreach (var name in names.Where(name => name.Length > 0))
        {
            if (IPAddress.TryParse(name, out var address))
            {
                if (!addresses.Contains(address))
                {
                    addresses.Add(address);
                }
            }
            else if (!dnsNames.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                dnsNames.Add(name);
            }
        }
        return new SubjectAlternativeNames { DnsNames = dnsNames, IpAddresses = addresses };
    }

    /// <summary>Reads the names of a certificate.</summary>
    /// <exception cref="AsnContentException">The extension is not valid DER.</exception>
    public static SubjectAlternativeNames Read(X509Certificate2 certificate) => Read(certificate.Extensions);

    /// <summary>True when every one of the other's host names and addresses is among these.</summary>
    public bool Covers(SubjectAlternativeNames other) =>
        other.DnsNames.All(name => DnsNames.Contains(name, StringComparer.OrdinalIgnoreCase))
        && other.IpAddresses.All(address => IpAddresses.Contains(address));

    internal static SubjectAlternativeNames Read(IEnumerable<X509Extension> extensions)
    {
        if (extensions.FirstOrDefault(extension => extension.Oid?.Value == Oid) is not { } extension)
        {
            return None;
        }
        List<string> dnsNames = [], emails = [], uris = [];
        List<IPAddress> addresses = [];
        var names = new AsnReader(extension.RawData, AsnEncodingRules.DER).ReadSequence();
        while (names.HasData)
        {
            var tag = names.PeekTag();
            switch (tag.TagClass == TagClass.ContextSpecific ? tag.TagValue : -1)
            {
                case EmailTag: emails.Add(names.ReadCharacterString(UniversalTagNumber.IA5String, tag)); break;
                case DnsTag: dnsNames.Add(names.ReadCharacterString(UniversalTagNumber.IA5String, tag)); break;
                case UriTag: uris.Add(names.ReadCharacterString(UniversalTagNumber.IA5String, tag)); break;
                case IpTag: addresses.Add(ReadAddress(names.ReadOctetString(tag))); break;
                default: names.ReadEncodedValue(); break;
            }
        }
        return new SubjectAlternativeNames
        {
            DnsNames = dnsNames, IpAddresses = addresses, EmailAddresses = emails, Uris = uris,
        };
    }

    internal void AddTo(ICollection<X509Extension> extensions)
    {
        if (IsEmpty)
        {
            return;
        }
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            WriteTexts(writer, DnsTag, DnsNames);
            WriteTexts(writer, EmailTag, EmailAddresses);
            foreach (var address in IpAddresses)
            {
                writer.WriteOctetString(address.GetAddressBytes(), new Asn1Tag(TagClass.ContextSpecific, IpTag));
            }
            WriteTexts(writer, UriTag, Uris);
        }
        extensions.Add(new X509Extension(Oid, writer.Encode(), critical: false));
    }

    private static IPAddress ReadAddress(byte[] bytes) => bytes.Length is 4 or 16
        ? new IPAddress(bytes)
        : throw new AsnContentException($"IP address of {bytes.Length} bytes");

    private static void WriteTexts(AsnWriter writer, int tagValue, IReadOnlyList<string> texts)
    {
        foreach (var text in texts)
        {
            var tag = new Asn1Tag(TagClass.ContextSpecific, tagValue);
            writer.WriteCharacterString(UniversalTagNumber.IA5String, text, tag);
        }
    }
}
