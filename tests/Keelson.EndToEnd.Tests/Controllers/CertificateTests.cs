using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Keelson.Machinery.Certificates;

namespace Keelson.EndToEnd.Tests.Controllers;

/// <summary>Requests for certificates.</summary>
public sealed class CertificateTests(ClusterFixture cluster) : IClassFixture<ClusterFixture>
{
    private const string Requests = "/apis/certificates.k8s.io/v1/certificatesigningrequests";

    [Fact]
    public async Task An_approved_request_is_signed_for_as_long_as_it_asks()
    {
        await RequestAsync("jane", "kubernetes.io/kube-apiserver-client", "jane", 3600);
        await ApproveAsync("jane");
        JsonNode issued = await cluster.EventuallyAsync(
            Requests + "/jane", static one => one["status"]!["certificate"] is not null);
        using X509Certificate2 certificate = X509Certificate2.CreateFromPem(
            Encoding.UTF8.GetString(Convert.FromBase64String((string)issued["status"]!["certificate"]!)));
        Assert.Contains("CN=jane", certificate.Subject, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromMinutes(65), certificate.NotAfter - certificate.NotBefore);
    }

    [Fact]
    public async Task A_request_that_its_signer_does_not_sign_fails()
    {
        await RequestAsync("fake", "kubernetes.io/kube-apiserver-client-kubelet", "system:node:fake", null);
        await ApproveAsync("fake");
        JsonNode failed = await cluster.EventuallyAsync(
            Requests + "/fake", static one => one["status"]!["conditions"]!.AsArray().Any(static c => (string)c!["type"]! == "Failed"));
        JsonNode condition = failed["status"]!["conditions"]!.AsArray()
            .First(static c => (string)c!["type"]! == "Failed")!;
        Assert.Equal("SignerValidationFailure", (string)condition["reason"]!);
        Assert.Equal("subject organization is not system:nodes", (string)condition["message"]!);
    }

    [Fact]
    public async Task A_kubelets_request_is_approved_and_signed_of_its_own_accord()
    {
        await cluster.PostAsync(
            "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
            """{"metadata":{"name":"admins-get-node-certificates"},"subjects":[{"kind":"Group","apiGroup":"rbac.authorization.k8s.io","name":"system:masters"}],"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"system:certificates.k8s.io:certificatesigningrequests:nodeclient"}}""");
        await RequestAsync(
            "node", "kubernetes.io/kube-apiserver-client-kubelet", "system:node:a", null, "system:nodes");
        JsonNode issued = await cluster.EventuallyAsync(
            Requests + "/node", static one => one["status"]!["certificate"] is not null);
        Assert.Equal("AutoApproved", (string)issued["status"]!["conditions"]![0]!["reason"]!);
    }

    private async Task ApproveAsync(string name)
    {
        JsonNode request = await cluster.GetAsync($"{Requests}/{name}");
        request["status"] = new JsonObject
        {
            ["conditions"] = new JsonArray(
                new JsonObject { ["type"] = "Approved", ["status"] = "True", ["reason"] = "Test", ["message"] = "ok" }),
        };
        await cluster.PutAsync($"{Requests}/{name}/approval", request.ToJsonString());
    }

    private Task<JsonNode> RequestAsync(
        string name, string signer, string commonName, int? seconds, params string[] organizations)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest content = new(
            CertificateSubject.Build(commonName, organizations), key, HashAlgorithmName.SHA256);
        JsonObject spec = new()
        {
            ["signerName"] = signer,
            ["request"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(content.CreateSigningRequestPem())),
            ["usages"] = new JsonArray("client auth", "digital signature"),
        };
        if (seconds is not null)
        {
            spec["expirationSeconds"] = seconds;
        }

        JsonObject request = new() { ["metadata"] = new JsonObject { ["name"] = name }, ["spec"] = spec };
        return cluster.PostAsync(Requests, request.ToJsonString());
    }
}
