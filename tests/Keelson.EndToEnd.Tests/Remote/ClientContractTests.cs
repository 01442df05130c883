using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Client.Informers;
using Keelson.EndToEnd.Tests.ApiServer;

namespace Keelson.EndToEnd.Tests.Remote;

/// <summary>What the client's contract says holds for both who implement it.</summary>
public sealed class ClientContractTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly ServerDirectory _files = new();

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Calls_do_what_they_say_and_refusals_are_the_servers_words(bool overHttps)
    {
        await using ContractServer server = await ContractServer.StartAsync(_files, FreePort());
        (IApiClient client, _) = server.Open(overHttps);
        ConfigMap made = (await client.CreateAsync(Map("a", "1"), default)).Value;
        Assert.NotEmpty(made.Metadata.Uid);
        Assert.Equal("contract", made.Metadata.ManagedFields[0].Manager);
        Status exists = (await client.CreateAsync(Map("a", "1"), default)).Error!;
        Assert.Equal(
            (409, "AlreadyExists", "configmaps \"a\" already exists"), (exists.Code, exists.Reason, exists.Message));
        Status missing = (await client.GetAsync<ConfigMap>("default", "none", default)).Error!;
        Assert.Equal((404, "configmaps \"none\" not found"), (missing.Code, missing.Message));

        ConfigMap changed = (await client.UpdateAsync(made with { Data = Map("a", "2").Data }, default)).Value;
        Status conflict = (await client.UpdateAsync(made with { Data = Map("a", "3").Data }, default)).Error!;
        Assert.Equal((409, "Conflict"), (conflict.Code, conflict.Reason));
        Assert.Contains("the object has been modified", conflict.Message, StringComparison.Ordinal);

        ConfigMap patched = (await client.PatchAsync<ConfigMap>(
            "default", "a", JsonNode.Parse("""{"data":{"k":"4"},"metadata":{"labels":{"l":"x"}}}""")!, default)).Value;
        Assert.Equal("4", Assert.Single(patched.Data).Value);
        Assert.NotEqual(changed.Metadata.ResourceVersion, patched.Metadata.ResourceVersion);

        await client.CreateAsync(Map("b", "1"), default);
        ObjectList page = (await client.ListAsync(
            KindOf<ConfigMap>.Kind, "default", new ListRequest { Limit = 1 }, default)).Value;
        Assert.Equal("a", Assert.Single(page.Items).Metadata.Name);
        ObjectList rest = (await client.ListAsync(
            KindOf<ConfigMap>.Kind, "default", new ListRequest { Limit = 500, Continue = page.Continue }, default)).Value;
        Assert.Contains(rest.Items, static one => one.Metadata.Name == "b");
        Assert.Equal("", rest.Continue);
        var labelled = (await client.ListAsync<ConfigMap>(
            "", new ListRequest { LabelSelector = "l in (x,y)" }, default)).Value;
        Assert.Equal("a", Assert.Single(labelled).Metadata.Name);

        Assert.Null(await client.DeleteAsync(patched, default));
        Assert.Equal(404, (await client.GetAsync<ConfigMap>("default", "a", default)).Error!.Code);
        int deleted = (await client.DeleteCollectionAsync(
            KindOf<ConfigMap>.Kind, "default", DeleteOptions.Empty, new ListRequest { FieldSelector = "metadata.name=b" }, default)).Value;
        Assert.Equal(1, deleted);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_deletion_tells_whether_the_object_waits(bool overHttps)
    {
        await using ContractServer server = await ContractServer.StartAsync(_files, FreePort());
        (IApiClient client, _) = server.Open(overHttps);
        ConfigMap held = Map("held", "1");
        held = held with { Metadata = held.Metadata with { Finalizers = new[] { "example.com/hold" } } };
        await client.CreateAsync(held, default);
        ObjectPath path = new(KindOf<ConfigMap>.Kind, "default", "held");
        Deletion waits = (await client.DeleteAsync(path, DeleteOptions.Empty, default)).Value;
        Assert.False(waits.IsGone);
        Assert.NotNull(waits.Object!.Metadata.DeletionTimestamp);
        await client.CreateAsync(Map("free", "1"), default);
        Assert.True((await client.DeleteAsync(path with { Name = "free" }, DeleteOptions.Empty, default)).Value.IsGone);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_watch_shows_what_is_there_then_what_changes(bool overHttps)
    {
        await using ContractServer server = await ContractServer.StartAsync(_files, FreePort());
        (IApiClient client, _) = server.Open(overHttps);
        await client.CreateAsync(Map("first", "1"), default);
        using CancellationTokenSource patience = new(Patience);
        WatchRequest request = new() { SendInitialEvents = true, FieldSelector = "metadata.namespace=default" };
        List<string> seen = [];
        await foreach (
            WatchNotice notice in client.WatchAsync(KindOf<ConfigMap>.Kind, "default", request, patience.Token))
        {
            if (notice.Type == WatchNoticeType.Bookmark || notice.Object?.Metadata.Name == "kube-root-ca.crt")
            {
                continue;
            }

            seen.Add($"{notice.Type} {notice.Object?.Metadata.Name}");
            if (notice.Type == WatchNoticeType.InitialEnd)
            {
                ConfigMap second = (await client.CreateAsync(Map("second", "1"), default)).Value;
                await client.UpdateAsync(second with { Data = Map("second", "2").Data }, default);
                await client.DeleteAsync(
                    new(KindOf<ConfigMap>.Kind, "default", "second"), DeleteOptions.Empty, default);
            }

            if (notice.Type == WatchNoticeType.Deleted)
            {
                break;
            }
        }

        Assert.Equal(["Added first", "InitialEnd ", "Added second", "Modified second", "Deleted second"], seen);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_informer_shows_own_writes_once_it_has_reached_them(bool overHttps)
    {
        await using ContractServer server = await ContractServer.StartAsync(_files, FreePort());
        (IApiClient client, IInformers informers) = server.Open(overHttps);
        IInformer<ConfigMap> informer = informers.Of<ConfigMap>();
        IInformerIndex<ConfigMap> index = informer.Index(
            "value", static map => map.Data.Select(static one => one.Value));
        List<string> heard = [];
        informer.Subscribe((old, now) =>
        {
            // The cluster has maps of its own, with other keys.
            if ((now ?? old)!.Metadata.Name is "m" or "n")
            {
                lock (heard)
                {
                    heard.Add($"{old?.Data["k"]}>{now?.Data["k"]} {(now ?? old)!.Metadata.Name}");
                }
            }
        });
        await informer.Synced.WaitAsync(Patience);
        ConfigMap made = (await client.CreateAsync(Map("m", "1"), default)).Value;
        await ReachedAsync(informer, made);
        Assert.Equal("m", Assert.Single(index.Find("1")).Metadata.Name);
        made = (await client.UpdateAsync(made with { Data = Map("m", "2").Data }, default)).Value;
        await ReachedAsync(informer, made);
        Assert.Empty(index.Find("1"));
        Assert.Equal("2", informer.Find("default", "m")!.Data["k"]);
        await client.DeleteAsync(made, default);
        await ReachedAsync(informer, (await client.CreateAsync(Map("n", "9"), default)).Value);
        Assert.Null(informer.Find("default", "m"));
        Assert.Contains(informer.List("default"), static one => one.Metadata.Name == "n");
        lock (heard)
        {
            Assert.Equal([">1 m", "1>2 m", "2> m", ">9 n"], heard);
        }
    }

    [Fact]
    public async Task An_informer_over_HTTPS_goes_on_when_the_server_comes_back()
    {
        int port = FreePort();
        ContractServer before = await ContractServer.StartAsync(_files, port);
        (IApiClient client, IInformers informers) = before.Open(overHttps: true);
        IInformer<ConfigMap> informer = informers.Of<ConfigMap>();
        await ReachedAsync(informer, (await client.CreateAsync(Map("old", "1"), default)).Value);
        await before.StopServerAsync();
        Status away = (await client.GetAsync<ConfigMap>("default", "old", default)).Error!;
        Assert.Equal((503, "ServiceUnavailable"), (away.Code, away.Reason));
        Assert.NotNull(informer.Find("default", "old"));

        await using ContractServer after = await ContractServer.StartAsync(_files, port);
        (IApiClient other, _) = after.Open(overHttps: false);
        ConfigMap made = (await other.CreateAsync(Map("new", "1"), default)).Value;
        await ReachedAsync(informer, made);
        Assert.NotNull(informer.Find("default", "new"));
        Assert.NotNull(informer.Find("default", "old"));
        await before.CloseClientsAsync();
    }

    private static Task ReachedAsync(IInformer<ConfigMap> informer, IObject written) => informer.ReachedAsync(
        ResourceVersions.Number(written.Metadata.ResourceVersion), default).AsTask().WaitAsync(Patience);

    private static ConfigMap Map(string name, string value) => (ConfigMap)KindOf<ConfigMap>.Kind.DecodeJson(
        System.Text.Encoding.UTF8.GetBytes(
            $$$"""{"metadata":{"name":"{{{name}}}","namespace":"default"},"data":{"k":"{{{value}}}"}}"""));

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
