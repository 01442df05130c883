using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Certificates.V1;

/// <summary>Issued certificates: one or more PEM blocks, with anything between them.</summary>
internal static class CertificateText
{
    /// <summary>What is wrong with the text, or null.</summary>
    public static string? Error(Bytes certificate)
    {
        if (certificate.Length == 0)
        {
            return null;
        }

        ReadOnlySpan<char> rest = Encoding.UTF8.GetString(certificate.AsSpan());
        int blocks = 0;
        while (PemEncoding.TryFind(rest, out PemFields fields))
        {
            ReadOnlySpan<char> label = rest[fields.Label];
            if (label is not "CERTIFICATE")
            {
                return $"only CERTIFICATE PEM blocks are allowed, found {GoText.Quote(label.ToString())}";
            }

            byte[] der = new byte[fields.DecodedDataLength];
            bool decoded = Convert.TryFromBase64Chars(rest[fields.Base64Data], der, out int length);
            if (!decoded || length == 0 || !IsCertificate(der.AsSpan(0, length)))
            {
                return length == 0 ? "found CERTIFICATE PEM block containing 0 certificates" : "x509: malformed certificate";
            }

            blocks++;
            rest = rest[fields.Location.End.GetOffset(rest.Length)..];
        }

        return blocks == 0 ? "must contain at least one CERTIFICATE PEM block" : null;
    }

    private static bool IsCertificate(ReadOnlySpan<byte> der)
    {
        try
        {
            using X509Certificate2 _ = X509CertificateLoader.LoadCertificate(der);
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
