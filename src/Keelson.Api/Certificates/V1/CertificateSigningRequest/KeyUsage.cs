namespace Keelson.Api.Certificates.V1;

/// <summary>The values of KeyUsage.</summary>
public static class KeyUsage
{
    public const string Any = "any";
    public const string CertSign = "cert sign";
    public const string ClientAuth = "client auth";
    public const string CodeSigning = "code signing";
    public const string ContentCommitment = "content commitment";
    public const string CrlSign = "crl sign";
    public const string DataEncipherment = "data encipherment";
    public const string DecipherOnly = "decipher only";
    public const string DigitalSignature = "digital signature";
    public const string EmailProtection = "email protection";
    public const string EncipherOnly = "encipher only";
    public const string IpsecEndSystem = "ipsec end system";
    public const string IpsecTunnel = "ipsec tunnel";
    public const string IpsecUser = "ipsec user";
    public const string KeyAgreement = "key agreement";
    public const string KeyEncipherment = "key encipherment";
    public const string MicrosoftSgc = "microsoft sgc";
    public const string NetscapeSgc = "netscape sgc";
    public const string OcspSigning = "ocsp signing";
    public const string SMime = "s/mime";
    public const string ServerAuth = "server auth";
    public const string Signing = "signing";
    public const string Timestamping = "timestamping";
}
