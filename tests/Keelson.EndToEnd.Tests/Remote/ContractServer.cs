using Keelson.Client;
using Keelson.Client.Https;
using Keelson.Client.Informers;
using Keelson.Client.Informers.Remote;
using Keelson.Client.Kubeconfigs;
using Keelson.Cluster;
using Keelson.Commands;
using Keelson.Commands.ApiServer;
using Keelson.EndToEnd.Tests.ApiServer;
using Keelson.Server.Authentication;
using Keelson.Store;
using Keelson.Store.Embedded;

namespace Keelson.EndToEnd.Tests.Remote;

/// <summary>An API server, and both ways to it: as a part of its process, and over HTTPS.</summary>
internal sealed class ContractServer : IAsyncDisposable
{
    private readonly ServerDirectory _files;
    private readonly IStore _store;
    private readonly Keelson.Server.ApiServer _server;
    private readonly List<object> _made = [];

    private ContractServer(ServerDirectory files, IStore store, Keelson.Server.ApiServer server) =>
        (_files, _store, _server) = (files, store, server);

    /// <summary>Starts a server on a directory's store.</summary>
    public static async Task<ContractServer> StartAsync(ServerDirectory files, int port)
    {
        ApiServerFlags flags = new();
        Assert.False(ApiServerCommand.Parse(
            flags, files.Flags($"--secure-port={port}", "--data-dir=" + files["data"])));
        ServerProcess process = new(TimeProvider.System, static _ => { }, static _ => { });
        EmbeddedStore store = EmbeddedStore.Open(new EmbeddedStoreOptions
        {
            Directory = files["data"],
            TimeProvider = TimeProvider.System,
            OnNotice = static _ => { },
            OnFatal = static _ => { },
        });
        return new(
            files, store, await Keelson.Server.ApiServer.StartAsync(flags.ToConfig(process)(store), CancellationToken.None));
    }

    /// <summary>The contract's two halves over HTTPS, or without.</summary>
    public (IApiClient Client, IInformers Informers) Open(bool overHttps)
    {
        if (!overHttps)
        {
            UserInfo admin = new() { Name = "admin", Groups = ["system:masters"] };
            return (_server.Clients.For(admin, "contract"), _server.Informers);
        }

        HttpsApiClient client = new(
            new KubeconfigCluster
            {
                Server = $"https://127.0.0.1:{_server.Port}",
                CertificateAuthorityPem = File.ReadAllText(Path.Combine(_files["certs"], "apiserver.crt")),
            },
            new KubeconfigUser { Token = ServerDirectory.AdminToken },
            new HttpsClientConfig { Program = "contract", Qps = 0 });
        RemoteInformers informers = new(client, new RemoteInformersConfig());
        _made.AddRange([informers, client]);
        return (client, informers);
    }

    /// <summary>Ends the server and leaves the clients as they are.</summary>
    public async Task StopServerAsync()
    {
        await _server.DisposeAsync();
        await _store.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await CloseClientsAsync();
        await StopServerAsync();
    }

    /// <summary>Ends what was made over HTTPS.</summary>
    public async Task CloseClientsAsync()
    {
        foreach (object one in _made)
        {
            if (one is IAsyncDisposable informers)
            {
                await informers.DisposeAsync();
            }
            else
            {
                ((IDisposable)one).Dispose();
            }
        }

        _made.Clear();
    }
}
