using System.Diagnostics;
using Google.Protobuf;
using Keelson.Rpc;
using Keelson.Store.Etcd;
using Proto = Keelson.Store.Etcd.Protos;

namespace Keelson.Store.Tests.Etcd;

/// <summary>
/// Keelson's gRPC server before a client that Keelson did not write: etcdctl, which uses Go's gRPC as nearly everything
/// around Kubernetes does.
/// </summary>
public sealed class GoClientTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_go_client_reads_responses_streams_and_errors()
    {
        await using var etcd = new ScriptedEtcd
        {
            Range = _ => new Proto.RangeResponse
            {
                Header = ScriptedEtcd.At(1),
                Kvs = { Item("greeting", "grüezi") },
                Count = 1,
            },
            Txn = _ => throw new RpcException(
                RpcStatusCode.ResourceExhausted, "etcdserver: mvcc: database space exceeded"),
            Watch = async (requests, responses, _) =>
            {
                await foreach (Proto.WatchRequest request in requests)
                {
                    var header = ScriptedEtcd.At(2);
                    await responses.WriteAsync(new Proto.WatchResponse { Header = header, Created = true });
                    await responses.WriteAsync(new Proto.WatchResponse
                    {
                        Header = header,
                        Events = { new Proto.Event { Kv = Item("news", "none") } },
                    });
                    await responses.WriteAsync(new Proto.WatchResponse
                    {
                        Header = header,
                        Canceled = true,
                        CompactRevision = 2,
                    });
                }
            },
        };
        await using EtcdStore store = await etcd.StartAsync();

        (string read, _) = await RunAsync(etcd.Url, null, "get", "greeting");
        (_, string refused) = await RunAsync(etcd.Url, "\nput a b\n\n\n", "txn");
        (string watched, string ended) = await RunAsync(etcd.Url, null, "watch", "news");

        Assert.Equal("greeting\ngrüezi\n", read);
        Assert.Contains("etcdserver: mvcc: database space exceeded", refused);
        Assert.Equal("PUT\nnews\nnone\n", watched);
        Assert.Contains("required revision has been compacted", ended);
    }

    private static async Task<(string Output, string Errors)> RunAsync(
        string url, string? input, params string[] arguments)
    {
        var start = new ProcessStartInfo("etcdctl", ["--endpoints", url, .. arguments])
        {
            RedirectStandardError = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["ETCDCTL_API"] = "3";
        using Process process = Start(start);
        await process.StandardInput.WriteAsync(input ?? "");
        process.StandardInput.Close();
        using var giveUp = new CancellationTokenSource(Patience);
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(giveUp.Token);
            Task<string> errors = process.StandardError.ReadToEndAsync(giveUp.Token);
            await process.WaitForExitAsync(giveUp.Token);
            return (await output, await errors);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            throw new InvalidOperationException("etcdctl is not installed: apt-get install etcd-client", missing);
        }
    }

    private static Proto.KeyValue Item(string key, string value) => new()
    {
        Key = ByteString.CopyFromUtf8(key),
        Value = ByteString.CopyFromUtf8(value),
        ModRevision = 2,
        CreateRevision = 2,
        Version = 1,
    };
}
