using Keelson.Client;
using Keelson.Client.Https;
using Keelson.Client.Kubeconfigs;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Networking.V1;
using Keelson.Cluster.Joining;
using Keelson.Nodes.Identity;

namespace Keelson.Cluster.Tests.Joining;

public sealed class ClusterDiscoveryTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_cluster_is_believed_when_token_and_authority_are_right_and_every_mistake_is_named()
    {
        await using JoiningCluster cluster = await JoiningCluster.StartAsync();
        BootstrapToken token = await cluster.TokenAsync();
        JoinTicket right = cluster.Ticket(token);
        KubeconfigCluster found = await new ClusterDiscovery(right, TimeProvider.System).DiscoverAsync(Stop);
        Assert.Equal("https://" + cluster.Server, found.Server);
        Assert.Equal(cluster.Authority.ExportCertificatePem(), found.CertificateAuthorityPem!.Trim());

        Assert.StartsWith(
            $"--token: the secret of token \"{token.Id}\" is not the one that the cluster knows",
            await RefusalAsync(right with { Token = token with { Secret = "aaaaaaaaaaaaaaaa" } }));
        Assert.StartsWith(
            "--token: the cluster knows no token \"zzzzzz\", or it has expired",
            await RefusalAsync(right with { Token = token with { Id = "zzzzzz" } }));
        Assert.StartsWith(
            $"--discovery-token-ca-cert-hash: the cluster's authority is {ClusterInfo.KeyHash(cluster.Authority)}",
            await RefusalAsync(right with { AuthorityHashes = ["sha256:" + new string('0', 64)] }));
        string nowhere = JoiningCluster.Nowhere();
        Assert.StartsWith(
            $"the API server is not reached at https://{nowhere}: ",
            await RefusalAsync(right with { Server = nowhere }));
    }

    [Fact]
    public async Task A_node_sees_what_its_parts_need_and_no_more()
    {
        await using JoiningCluster cluster = await JoiningCluster.StartAsync();
        await using NodeIdentity identity =
            await NodeIdentity.OpenAsync(await cluster.BootstrapAsync("worker"), Stop);
        using HttpsApiClient node = identity.Client(new HttpsClientConfig { Program = "test", Qps = 0 });
        NodeFacts facts = (await NodeFacts.ReadAsync(node, Stop)).Value;
        Assert.Equal("10.96.0.10", facts.DnsAddress);
        Assert.Null((await node.ListAsync<Pod>("", ListRequest.All, Stop)).Error);
        Assert.Null((await node.ListAsync<NetworkPolicy>("", ListRequest.All, Stop)).Error);
        Assert.Null((await node.ListAsync<PersistentVolume>("", ListRequest.All, Stop)).Error);
        PersistentVolume volume = new() { Metadata = new() { Name = "any", Uid = "1" } };
        Assert.Equal(403, (await node.DeleteAsync(volume, Stop))?.Code);
        Assert.Equal(403, (await node.ListAsync<PersistentVolumeClaim>("", ListRequest.All, Stop)).Error?.Code);
        Assert.Equal(403, (await node.ListAsync<Secret>("", ListRequest.All, Stop)).Error?.Code);
    }

    [Fact]
    public async Task Tokens_are_listed_and_deleted()
    {
        await using JoiningCluster cluster = await JoiningCluster.StartAsync();
        BootstrapToken token = await cluster.TokenAsync();
        BootstrapTokens tokens = new(cluster.Administrator, TimeProvider.System);
        KeptToken kept = Assert.Single((await tokens.ListAsync(Stop)).Value);
        Assert.Equal(token, kept.Token);
        Assert.Equal(["authentication", "signing"], kept.Usages);
        Assert.Equal([BootstrapTokens.DefaultGroup], kept.Groups);
        Assert.NotNull(kept.Expiration);
        Assert.Null(await tokens.DeleteAsync(token.Id, Stop));
        Assert.Empty((await tokens.ListAsync(Stop)).Value);
        Assert.Equal(404, (await tokens.DeleteAsync(token.Id, Stop))?.Code);
    }

    private static async Task<string> RefusalAsync(JoinTicket ticket)
    {
        ClusterDiscovery discovery = new(ticket, TimeProvider.System) { Patience = TimeSpan.FromSeconds(1) };
        return (await Assert.ThrowsAsync<JoinException>(() => discovery.DiscoverAsync(Stop))).Message;
    }
}
