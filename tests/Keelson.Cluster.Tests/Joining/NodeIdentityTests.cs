using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using Keelson.Api.Authentication.V1;
using Keelson.Api.Certificates.V1;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Client.Https;
using Keelson.Client.Kubeconfigs;
using Keelson.Machinery.Certificates;
using Keelson.Nodes.Identity;
using ConditionStatus = Keelson.Api.Meta.V1.ConditionStatus;

namespace Keelson.Cluster.Tests.Joining;

public sealed class NodeIdentityTests
{
    private const string Approver = "certificatesigningrequest-approving-controller";
    private static readonly HttpsClientConfig Behaviour = new() { Program = "test", Qps = 0 };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_token_becomes_an_identity_that_a_restart_takes_up_without_it()
    {
        await using JoiningCluster cluster = await JoiningCluster.StartAsync();
        NodeIdentityConfig config = await cluster.BootstrapAsync("worker");
        string first;
        await using (NodeIdentity identity = await NodeIdentity.OpenAsync(config, Stop))
        {
            first = identity.Certificate.Thumbprint;
            using HttpsApiClient client = identity.Client(Behaviour);
            Assert.Equal("system:node:worker", (await WhoAsync(client)).Username);
        }

        string link = Path.Combine(config.CertificateDirectory, "kubelet-client-current.pem");
        Assert.Matches(@"^kubelet-client-\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d\.pem$", new FileInfo(link).LinkTarget);
        Assert.False(File.Exists(Path.Combine(config.CertificateDirectory, "kubelet-client.key.tmp")));
        Assert.Contains($"client-certificate: \"{link}\"", await File.ReadAllTextAsync(config.Kubeconfig, Stop));
        using (HttpsApiClient file = HttpsApiClient.Of(KubeconfigReader.ReadFile(config.Kubeconfig), Behaviour))
        {
            UserInfo user = await WhoAsync(file);
            Assert.Equal("system:node:worker", user.Username);
            Assert.Contains("system:nodes", user.Groups);
        }

        File.Delete(config.BootstrapKubeconfig);
        await using NodeIdentity again = await NodeIdentity.OpenAsync(config, Stop);
        Assert.Equal(first, again.Certificate.Thumbprint);
        Assert.Single(await RequestsAsync(cluster));
    }

    [Fact]
    public async Task A_restart_while_nobody_has_approved_finds_its_own_request()
    {
        await using JoiningCluster cluster = await JoiningCluster.StartAsync(Approver);
        NodeIdentityConfig config = await cluster.BootstrapAsync("worker");
        using (CancellationTokenSource killed = CancellationTokenSource.CreateLinkedTokenSource(Stop))
        {
            Task<NodeIdentity> first = NodeIdentity.OpenAsync(config, killed.Token);
            await UntilAsync(async () => (await RequestsAsync(cluster)).Count == 1);
            await killed.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        }

        Task<NodeIdentity> second = NodeIdentity.OpenAsync(config, Stop);
        CertificateSigningRequest request = Assert.Single(await RequestsAsync(cluster));
        Assert.Matches("^node-csr-[A-Za-z0-9_-]{43}$", request.Metadata.Name);
        Assert.Equal("kubernetes.io/kube-apiserver-client-kubelet", request.Spec.SignerName);
        await DecideAsync(cluster, request, RequestConditionType.Approved);
        await using NodeIdentity identity = await second.WaitAsync(TimeSpan.FromSeconds(30), Stop);
        Assert.Single(await RequestsAsync(cluster));
    }

    [Fact]
    public async Task A_denied_request_is_told_and_the_next_start_asks_anew()
    {
        await using JoiningCluster cluster = await JoiningCluster.StartAsync(Approver);
        NodeIdentityConfig config = await cluster.BootstrapAsync("worker");
        Task<NodeIdentity> opening = NodeIdentity.OpenAsync(config, Stop);
        await UntilAsync(async () => (await RequestsAsync(cluster)).Count == 1);
        await DecideAsync(cluster, (await RequestsAsync(cluster))[0], RequestConditionType.Denied);
        NodeIdentityException told = await Assert.ThrowsAsync<NodeIdentityException>(
            () => opening.WaitAsync(TimeSpan.FromSeconds(30), Stop));
        Assert.Contains("is denied, reason: Tested, message: by the test", told.Message);

        using CancellationTokenSource killed = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        Task<NodeIdentity> next = NodeIdentity.OpenAsync(config, killed.Token);
        await UntilAsync(async () => (await RequestsAsync(cluster)).Count == 2);
        await killed.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
    }

    [Fact]
    public async Task A_certificate_is_replaced_in_time_and_shown_by_clients_that_are_there_already()
    {
        await using JoiningCluster cluster = await JoiningCluster.StartAsync();
        SkippingClock clock = new();
        NodeIdentityConfig config = await cluster.BootstrapAsync("worker", clock);
        await using NodeIdentity identity = await NodeIdentity.OpenAsync(config, Stop);
        using HttpsApiClient client = identity.Client(Behaviour);
        X509Certificate2 first = identity.Certificate;
        Assert.Equal(CredentialOf(first), await CredentialAsync(client));

        clock.Skip((first.NotAfter - first.NotBefore) * 0.91);
        await UntilAsync(() => Task.FromResult(!ReferenceEquals(first, identity.Certificate)));
        Assert.Equal(CredentialOf(identity.Certificate), await CredentialAsync(client));
        IReadOnlyList<CertificateSigningRequest> requests = await RequestsAsync(cluster);
        Assert.Contains(requests, static one => one.Spec.Username == "system:node:worker"
            && one.Status.Conditions.Any(static condition => condition.Message
                == "Auto approving self kubelet client certificate after SubjectAccessReview."));
        using X509Certificate2 kept = X509CertificateLoader.LoadCertificateFromFile(
            Path.Combine(config.CertificateDirectory, "kubelet-client-current.pem"));
        Assert.NotEqual(first.Thumbprint, kept.Thumbprint);
    }

    [Fact]
    public async Task A_certificate_that_has_ended_is_got_with_the_token_again()
    {
        await using JoiningCluster cluster = await JoiningCluster.StartAsync();
        NodeIdentityConfig config = await cluster.BootstrapAsync("worker");
        await using (await NodeIdentity.OpenAsync(config, Stop))
        {
        }

        string link = Path.Combine(config.CertificateDirectory, "kubelet-client-current.pem");
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new(
            CertificateSubject.Build("system:node:worker", "system:nodes"), key, HashAlgorithmName.SHA256);
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using X509Certificate2 ended = request.CreateSelfSigned(now.AddDays(-2), now.AddDays(-1));
        await File.WriteAllTextAsync(
            link, ended.ExportCertificatePem() + "\n" + key.ExportECPrivateKeyPem() + "\n", Stop);
        Assert.False(NodeIdentity.IsKept(config));
        await using NodeIdentity identity = await NodeIdentity.OpenAsync(config, Stop);
        Assert.True(identity.Certificate.NotAfter > now.LocalDateTime);
        Assert.Equal(2, (await RequestsAsync(cluster)).Count);
    }

    [Fact]
    public async Task A_token_that_the_cluster_does_not_know_is_refused_at_once()
    {
        await using JoiningCluster cluster = await JoiningCluster.StartAsync();
        NodeIdentityConfig config = await cluster.BootstrapAsync("worker");
        string text = await File.ReadAllTextAsync(config.BootstrapKubeconfig, Stop);
        await File.WriteAllTextAsync(
            config.BootstrapKubeconfig,
            Regex.Replace(text, "token: .*", "token: \"aaaaaa.bbbbbbbbbbbbbbbb\""), Stop);
        NodeIdentityException refused = await Assert.ThrowsAsync<NodeIdentityException>(
            () => NodeIdentity.OpenAsync(config, Stop));
        Assert.Equal(401, refused.Code);
    }

    private static async Task<IReadOnlyList<CertificateSigningRequest>> RequestsAsync(JoiningCluster cluster) =>
        (await cluster.Administrator.ListAsync<CertificateSigningRequest>("", ListRequest.All, Stop)).Value;

    private static async Task DecideAsync(JoiningCluster cluster, CertificateSigningRequest request, string type)
    {
        CertificateSigningRequest decided = request with
        {
            Status = request.Status with
            {
                Conditions = new[]
                {
                    new CertificateSigningRequestCondition
                    {
                        Type = type, Status = ConditionStatus.True, Reason = "Tested", Message = "by the test",
                    },
                },
            },
        };
        Assert.Null((await cluster.Administrator.UpdateAsync(decided, Stop, "approval")).Error);
    }

    private static async Task<UserInfo> WhoAsync(HttpsApiClient client)
    {
        ApiResult<IObject> answer = await client.CreateAsync(
            new(KindOf<SelfSubjectReview>.Kind, "", ""), new SelfSubjectReview(), WriteRequest.Default, Stop);
        return Assert.IsType<SelfSubjectReview>(answer.Value).Status.UserInfo;
    }

    private static async Task<string> CredentialAsync(HttpsApiClient client) =>
        (await WhoAsync(client)).Extra["authentication.kubernetes.io/credential-id"][0];

    private static string CredentialOf(X509Certificate2 certificate) =>
        "X509SHA256=" + Convert.ToHexStringLower(SHA256.HashData(certificate.RawData));

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (!await holds())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(30), "it does not happen");
            await Task.Delay(20, Stop);
        }
    }
}
