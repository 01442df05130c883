using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;

namespace Keelson.Machinery.Certificates;

/// <summary>The parts of a distinguished name that Kubernetes reads.</summary>
/// <param name="CommonName">Who (CN).</param>
/// <param name="Organizations">Of which groups (O).</param>
/// <param name="Uids">Kubernetes' own attribute for a user's uid.</param>
public sealed record CertificateSubject(
    string CommonName,
    IReadOnlyList<string> Organizations,
    IReadOnlyList<string> Uids)
{
    private const string CommonNameOid = "2.5.4.3";
    private const string OrganizationOid = "2.5.4.10";

    // Under the CNCF's private enterprise number: 57683.2 is a Kubernetes user's uid.
    private const string UidOid = "1.3.6.1.4.1.57683.2";

    /// <summary>Reads a name. Multi-valued sets are read in full (Go puts all organizations into one set); of several
    /// common names the last one counts, as in Go.</summary>
    /// <exception cref="AsnContentException">The name is not valid DER.</exception>
    public static CertificateSubject Read(X500DistinguishedName name)
    {
        var commonName = "";
        var organizations = new List<string>();
        var uids = new List<string>();
        var sequence = new AsnReader(name.RawData, AsnEncodingRules.DER).ReadSequence();
        while (sequence.HasData)
        {
            var set = sequence.ReadSetOf(skipSortOrderValidation: true);
            while (set.HasData)
            {
                var attribute = set.ReadSequence();
                var type = attribute.ReadObjectIdentifier();
                if (ReadText(attribute) is not { } value)
                {
                    continue;
                }
                switch (type)
                {
                    case CommonNameOid: commonName = value; break;
                    case OrganizationOid: organizations.Add(value); break;
                    case UidOid: uids.Add(value); break;
                }
            }
        }
        return new CertificateSubject(commonName, organizations, uids);
    }

    /// <summary>Makes the name with the attributes in Go's order: organizations, then the common name.</summary>
    public static X500DistinguishedName Build(string commonName, params IReadOnlyList<string> organizations)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            if (organizations.Count > 0)
            {
                using (writer.PushSetOf())
                {
                    foreach (var organization in organizations)
                    {
                        WriteAttribute(writer, OrganizationOid, organization);
                    }
                }
            }
            if (commonName.Length > 0)
            {
                using (writer.PushSetOf())
                {
                    WriteAttribute(writer, CommonNameOid, commonName);
                }
            }
        }
        return new X500DistinguishedName(writer.Encode());
    }

    private static void WriteAttribute(AsnWriter writer, string type, string value)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(type);
            writer.WriteCharacterString(UniversalTagNumber.UTF8String, value);
        }
    }

    private static string? ReadText(AsnReader attribute)
    {
        var tag = attribute.PeekTag();
        if (tag.TagClass != TagClass.Universal)
        {
            return null;
        }
        return (UniversalTagNumber)tag.TagValue switch
        {
            UniversalTagNumber.UTF8String or UniversalTagNumber.PrintableString or UniversalTagNumber.IA5String
                or UniversalTagNumber.T61String or UniversalTagNumber.BMPString
                => attribute.ReadCharacterString((UniversalTagNumber)tag.TagValue),
            _ => null,
        };
    }
}
