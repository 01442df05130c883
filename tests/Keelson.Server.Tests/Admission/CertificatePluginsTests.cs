using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Keelson.Api.Certificates.V1;
using Keelson.Api.Kinds;
using Keelson.Server.Authentication;

namespace Keelson.Server.Tests.Admission;

public sealed class CertificatePluginsTests
{
    private const string Refused = "certificatesigningrequests.certificates.k8s.io \"r\" is forbidden: ";

    private static readonly UserInfo Nobody = new() { Name = "nobody" };

    [Fact]
    public async Task Only_who_may_approve_for_the_signer_approves()
    {
        await using AdmissionBench bench = await BenchAsync();
        Task<BenchAnswer> Approve(UserInfo user) => bench.UpdateAsync<CertificateSigningRequest>(
            ApiKinds.CertificatesV1CertificateSigningRequest,
            "r",
            one =>
                one with { Status = one.Status with { Conditions = [new() { Type = "Approved", Status = "True" }] } },
            "approval",
            user);

        Assert.Equal(
            Refused + "user not permitted to approve requests with signerName \"example.com/s\"", (await Approve(Nobody)).Message);
        Assert.Equal("", (await Approve(AdmissionBench.Admin)).Message);
    }

    [Fact]
    public async Task Only_who_may_sign_for_the_signer_tells_of_a_failure()
    {
        await using AdmissionBench bench = await BenchAsync();
        Task<BenchAnswer> Fail(UserInfo user) => bench.UpdateAsync<CertificateSigningRequest>(
            ApiKinds.CertificatesV1CertificateSigningRequest,
            "r",
            one => one with { Status = one.Status with { Conditions = [new() { Type = "Failed", Status = "True" }] } },
            "status",
            user);

        Assert.Equal(
            Refused + "user not permitted to sign requests with signerName \"example.com/s\"", (await Fail(Nobody)).Message);
        Assert.Equal("", (await Fail(AdmissionBench.Admin)).Message);
    }

    [Theory]
    [InlineData("CN=a, O=system:masters", "use of kubernetes.io/kube-apiserver-client signer with system:masters group is not allowed")]
    [InlineData("CN=a, O=others", "")]
    public async Task No_client_gets_a_certificate_of_the_group_that_may_do_everything(string subject, string refusal)
    {
        await using AdmissionBench bench = await AdmissionBench.StartAsync();
        BenchAnswer answer = await bench.CreateAsync(
            ApiKinds.CertificatesV1CertificateSigningRequest, RequestFor(subject, "kubernetes.io/kube-apiserver-client"));
        Assert.Equal(refusal.Length == 0 ? "" : Refused + refusal, answer.Message);
    }

    private static async Task<AdmissionBench> BenchAsync()
    {
        AdmissionBench bench = await AdmissionBench.StartAsync();
        await bench.PutAsync(ApiKinds.CertificatesV1CertificateSigningRequest, RequestFor("CN=a", "example.com/s"));
        return bench;
    }

    private static string RequestFor(string subject, string signer)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        string pem = new CertificateRequest(subject, key, HashAlgorithmName.SHA256).CreateSigningRequestPem();
        string text = Convert.ToBase64String(Encoding.ASCII.GetBytes(pem));
        return $$$$"""
            {"metadata":{"name":"r"},"spec":{"request":"{{{{text}}}}","signerName":"{{{{signer}}}}","usages":["client auth"]}}
            """;
    }
}
