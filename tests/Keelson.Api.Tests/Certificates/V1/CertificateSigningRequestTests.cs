using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Keelson.Api.Certificates.V1;
using Keelson.Api.Tests.Kinds;
using Keelson.Machinery.Values;

namespace Keelson.Api.Tests.Certificates.V1;

public sealed class CertificateSigningRequestTests
{
    private static readonly string Request = MakeRequest();

    [Fact]
    public void The_author_is_whoever_sends_it_not_what_is_written()
    {
        CertificateSigningRequest obj = KindProbe.Create<CertificateSigningRequest>(
            Body(""","username":"admin","uid":"1","groups":["system:masters"],"extra":{"a":["b"]}"""));
        Assert.Equal("jane", obj.Spec.Username);
        Assert.Equal("42", obj.Spec.Uid);
        Assert.Equal("devs", Assert.Single(obj.Spec.Groups));
        Assert.Empty(obj.Spec.Extra);
    }

    [Fact]
    public void A_good_request_passes() => Assert.Empty(KindProbe.CreateErrors<CertificateSigningRequest>(Body("")));

    [Fact]
    public void What_is_asked_must_be_a_certificate_request()
    {
        string text = Convert.ToBase64String("not pem"u8);
        Assert.Equal(
            [$"spec.request: Invalid value: \"{text}\": PEM block type must be CERTIFICATE REQUEST"],
            KindProbe.CreateErrors<CertificateSigningRequest>(Body("").Replace(Request, text, StringComparison.Ordinal)));
    }

    [Fact]
    public void Usages_and_lifetimes_are_checked()
    {
        string[] errors = KindProbe.CreateErrors<CertificateSigningRequest>(
            Body(""","expirationSeconds":10""").Replace("[\"client auth\"]", "[\"any\",\"bogus\",\"any\"]", StringComparison.Ordinal));
        Assert.Equal(3, errors.Length);
        Assert.StartsWith(
            "spec.usages[1]: Unsupported value: \"bogus\": supported values: \"any\", \"cert sign\"",
            errors[0],
            StringComparison.Ordinal);
        Assert.Equal("spec.usages[2]: Duplicate value: \"any\"", errors[1]);
        Assert.Equal(
            "spec.expirationSeconds: Invalid value: 10: may not specify a duration less than 600 seconds (10 minutes)", errors[2]);
    }

    [Fact]
    public void The_legacy_signer_is_gone() => Assert.Equal(
        ["spec.signerName: Invalid value: \"kubernetes.io/legacy-unknown\": the legacy signerName is not allowed via this API version"],
        KindProbe.CreateErrors<CertificateSigningRequest>(
            Body("").Replace("example.com/custom", "kubernetes.io/legacy-unknown", StringComparison.Ordinal)));

    [Fact]
    public void Approvals_come_only_through_the_approval_subresource()
    {
        CertificateSigningRequest old = KindProbe.Create<CertificateSigningRequest>(Body(""));
        CertificateSigningRequest obj = old with { Status = Status("""{"conditions":[{"type":"Approved","status":"True"}]}""") };
        Assert.Equal(
            ["status.conditions: Forbidden: updates may not add a condition of type \"Approved\""],
            KindProbe.SubresourceErrors("status", old, obj));
        Assert.Empty(KindProbe.SubresourceErrors("approval", old, obj));
        CertificateSigningRequest approved =
            CertificateSigningRequest.Subresources.Single(static one => one.Name == "approval").Prepare(
                obj, old, KindProbe.Context);
        Assert.Equal(KindProbe.Context.Now, approved.Status.Conditions[0].LastUpdateTime);
        Assert.Equal(
            ["status.conditions: Forbidden: updates may not remove a condition of type \"Approved\""],
            KindProbe.SubresourceErrors("approval", approved, approved with { Status = Status("{}") }));
        CertificateSigningRequest reworded = approved with
        {
            Status = approved.Status with { Conditions = [approved.Status.Conditions[0] with { Message = "well" }] },
        };
        string error = Assert.Single(KindProbe.SubresourceErrors("status", approved, reworded));
        Assert.StartsWith(
            "status.conditions: Forbidden: updates may not modify a condition of type \"Approved\"\n", error, StringComparison.Ordinal);
        Assert.Contains("\n-  \"Message\": \"\",\n+  \"Message\": \"well\",\n", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Certificates_must_be_certificates_and_stay()
    {
        CertificateSigningRequest old = KindProbe.Create<CertificateSigningRequest>(Body(""));
        string nonsense = Convert.ToBase64String("not pem"u8);
        Assert.Equal(
            ["status.certificate: Invalid value: \"<certificate data>\": must contain at least one CERTIFICATE PEM block"],
            KindProbe.SubresourceErrors("status", old, old with { Status = Status($$"""{"certificate":"{{nonsense}}"}""") }));
    }

    [Fact]
    public void The_row_shows_who_asks_and_what_became_of_it()
    {
        CertificateSigningRequest obj = KindProbe.Create<CertificateSigningRequest>(Body(""","expirationSeconds":3600"""));
        Time created = KindProbe.Context.Now;
        obj = obj with
        {
            Metadata = obj.Metadata with { CreationTimestamp = created },
            Status = Status("""{"conditions":[{"type":"Approved","status":"True"}],"certificate":"eA=="}"""),
        };
        Assert.Equal("a | 2m | example.com/custom | jane | 60m | Approved,Issued", KindProbe.Row(obj));
    }

    private static CertificateSigningRequestStatus Status(string json) =>
        KindProbe.Read<CertificateSigningRequest>("""{"status":""" + json + "}").Status;

    private static string Body(string more) =>
        $$$"""
        {"metadata":{"name":"a"},"spec":{"request":"{{{Request}}}","signerName":"example.com/custom","usages":["client auth"]{{{more}}}
        }}
        """;

    private static string MakeRequest()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        string pem = new CertificateRequest("CN=jane", key, HashAlgorithmName.SHA256).CreateSigningRequestPem();
        return Convert.ToBase64String(Encoding.ASCII.GetBytes(pem + "\n"));
    }
}
