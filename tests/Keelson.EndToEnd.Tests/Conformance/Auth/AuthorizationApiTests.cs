using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Controllers;

namespace Keelson.EndToEnd.Tests.Conformance.Auth;

/// <summary>The APIs of reviews and of certificates.</summary>
public sealed class AuthorizationApiTests(ClusterFixture cluster) : IClassFixture<ClusterFixture>
{
    [Fact]
    [Conformance("[sig-auth] SubjectReview should support SubjectReview API operations")]
    public async Task Should_support_SubjectReview_API_operations()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await space.ServiceAccounts.CreateAsync("metadata: {name: robot}");
        await CompareAsync(space, expected: false);
        await space.In("rbac.authorization.k8s.io/v1", "rolebindings").CreateAsync(
            $$"""
            metadata: {name: robots-read}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
            subjects: [{kind: ServiceAccount, name: robot, namespace: {{space.Namespace}} }]
            """);
        await CompareAsync(space, expected: true);
    }

    [Fact]
    [Conformance("[sig-auth] Certificates API [Privileged:ClusterAdmin] should support CSR API operations")]
    public async Task Should_support_CSR_API_operations()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=e2e-example.com", key, HashAlgorithmName.SHA256);
        string pem = Convert.ToBase64String(Encoding.UTF8.GetBytes(request.CreateSigningRequestPem()));
        ApiOperations requests = new(
            new Resource(cluster, "/apis/certificates.k8s.io/v1/certificatesigningrequests"),
            "certificates.k8s.io/v1",
            $$"""
            spec:
              request: {{pem}}
              signerName: example.com/e2e-signer
              expirationSeconds: 3600
              usages: [digital signature, key encipherment, server auth]
            """);
        await requests.DiscoverAsync("approval", "status");
        await requests.UseAsync("request");

        await requests.CreateAsync("approval", "approval");
        await requests.Resource.UpdateAsync("approval/approval", Approve);
        JsonNode patched = await requests.Resource.MergeAsync(
            "approval/approval", """{"metadata":{"annotations":{"patchedapproval":"true"}}}""");
        Assert.Equal("true", patched.Annotation("patchedapproval"));
        Assert.True((await requests.Resource.GetAsync("approval/approval")).IsTrue("Approved"));

        await requests.CreateAsync("status", "status");
        await requests.Resource.UpdateAsync("status/approval", Approve);
        string certificate = Convert.ToBase64String(
            Encoding.ASCII.GetBytes(
                request.CreateSelfSigned(
                    TimeProvider.System.GetUtcNow(), TimeProvider.System.GetUtcNow().AddHours(
                        1)).ExportCertificatePem()));
        JsonNode issued = await requests.Resource.UpdateAsync(
            "status/status", one => one["status"]!["certificate"] = certificate);
        Assert.Equal(certificate, issued.Text("status.certificate"));
        JsonNode annotated = await requests.Resource.MergeAsync(
            "status/status", """{"metadata":{"annotations":{"patchedstatus":"true"}}}""");
        Assert.Equal("true", annotated.Annotation("patchedstatus"));
        Assert.Equal(certificate, (await requests.Resource.GetAsync("status/status")).Text("status.certificate"));
        await requests.Resource.DeleteCollectionAsync("suite in (status, approval)");
        await requests.Resource.UntilAllAsync(static found => found.Count == 0, "suite in (status, approval)");
    }

    private static void Approve(JsonNode request) => request["status"] = new JsonObject
    {
        ["conditions"] = new JsonArray(new JsonObject
        {
            ["type"] = "Approved",
            ["status"] = "True",
            ["reason"] = "E2E",
            ["message"] = "Set from a test",
        }),
    };

    /// <summary>What both reviews say of the account is what happens to it.</summary>
    private async Task CompareAsync(Workspace space, bool expected)
    {
        string user = $"system:serviceaccount:{space.Namespace}:robot";
        string review =
            $$"""
            {"metadata":{"namespace":"{{space.Namespace}}"},
             "spec":{"user":"{{user}}",
              "groups":["system:serviceaccounts","system:serviceaccounts:{{space.Namespace}}","system:authenticated"],
              "resourceAttributes":
               {"verb":"list","resource":"configmaps","namespace":"{{space.Namespace}}","version":"v1"} } }
            """;
        JsonNode local = await cluster.PostAsync(
            $"/apis/authorization.k8s.io/v1/namespaces/{space.Namespace}/localsubjectaccessreviews", review);
        JsonObject anywhere = (JsonObject)JsonNode.Parse(review)!;
        anywhere.Remove("metadata");
        JsonNode global =
            await cluster.PostAsync("/apis/authorization.k8s.io/v1/subjectaccessreviews", anywhere.ToJsonString());
        using HttpRequestMessage request = new(HttpMethod.Get, space.ConfigMaps.Path);
        request.Headers.Add("Impersonate-User", user);
        using HttpResponseMessage response = await cluster.Client.SendAsync(request);
        Assert.Equal(expected, response.IsSuccessStatusCode);
        Assert.Equal(expected, (bool)local.At("status.allowed")!);
        Assert.Equal(expected, (bool)global.At("status.allowed")!);
    }
}
