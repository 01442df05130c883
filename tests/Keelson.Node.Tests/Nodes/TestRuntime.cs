using System.Collections.Concurrent;
using System.Threading.Channels;
using Keelson.Nodes.Cri;
using Keelson.Nodes.Cri.Protos;
using Keelson.Nodes.Pods;
using Keelson.Nodes.Runtime.Protos;
using Keelson.Rpc;

namespace Keelson.Nodes.Tests.Nodes;

/// <summary>A container runtime that has what it is told to have.</summary>
internal sealed class TestRuntime : IAsyncDisposable
{
    private readonly RpcHost _host;

    private TestRuntime(RpcHost host, CriClient client) => (_host, Client) = (host, client);

    public CriClient Client { get; }

    public List<Image> Images { get; } = [];

    public List<Container> Containers { get; } = [];

    public List<PodSandbox> Sandboxes { get; } = [];

    public List<RuntimeHandler> Handlers { get; } = [];

    /// <summary>What makes its control groups; null when it does not know the question.</summary>
    public CgroupDriver? CgroupDriver { get; set; }

    /// <summary>What its verbose status has of its configuration.</summary>
    public string Configuration { get; set; } = "";

    /// <summary>What its own events tell.</summary>
    public Channel<Envelope> Events { get; } = Channel.CreateUnbounded<Envelope>();

    public List<ContainerStats> Stats { get; } = [];

    public ConcurrentQueue<string> Removed { get; } = new();

    /// <summary>The user names that pulls came with; empty for a pull without.</summary>
    public ConcurrentQueue<string> PulledAs { get; } = new();

    /// <summary>The user name that images are given to; any when it is null.</summary>
    public string? Puller { get; set; }

    public string ImageDirectory { get; set; } = "/";

    /// <summary>Starts one on a socket in a directory.</summary>
    public static async Task<TestRuntime> StartAsync(string directory)
    {
        string socket = Path.Combine(directory, "cri.sock");
        TestRuntime? runtime = null;
        RpcServer server = new RpcServerBuilder()
            .Unary(CriMethods.Status, (request, _) =>
            {
                StatusResponse status = new() { RuntimeHandlers = { runtime!.Handlers } };
                if (request.Verbose && runtime.Configuration.Length > 0)
                {
                    status.Info["config"] = runtime.Configuration;
                }

                return Answer(status);
            })
            .Unary(CriMethods.RuntimeConfig, (_, _) => runtime!.CgroupDriver is { } driver
                ? Answer(new RuntimeConfigResponse { Linux = new() { CgroupDriver = driver } })
                : throw new RpcException(RpcStatusCode.Unimplemented, "unknown method RuntimeConfig"))
            .ServerStreaming(RuntimeEvents.Subscribe, async (_, stream, context) =>
            {
                await foreach (Envelope one in runtime!.Events.Reader.ReadAllAsync(context.Cancellation))
                {
                    await stream.WriteAsync(one);
                }
            })
            .Unary(CriMethods.ListImages, (_, _) => Answer(new ListImagesResponse { Images = { runtime!.Images } }))
            .Unary(CriMethods.ListContainers, (_, _) =>
                Answer(new ListContainersResponse { Containers = { runtime!.Containers } }))
            .Unary(CriMethods.ListPodSandbox, (_, _) =>
                Answer(new ListPodSandboxResponse { Items = { runtime!.Sandboxes } }))
            .Unary(CriMethods.ListContainerStats, (_, _) =>
                Answer(new ListContainerStatsResponse { Stats = { runtime!.Stats } }))
            .Unary(CriMethods.RemoveImage, (request, _) =>
            {
                runtime!.Removed.Enqueue(request.Image.Image);
                runtime.Images.RemoveAll(one => one.Id == request.Image.Image);
                return Answer(new RemoveImageResponse());
            })
            .Unary(CriMethods.ImageStatus, (request, _) => Answer(new ImageStatusResponse
            {
                Image = runtime!.Images.Find(one => one.RepoTags.Contains(request.Image.Image)),
            }))
            .Unary(CriMethods.PullImage, (request, _) =>
            {
                string user = request.Auth?.Username ?? "";
                runtime!.PulledAs.Enqueue(user);
                if (runtime.Puller is { } only && only != user)
                {
                    throw new RpcException(RpcStatusCode.Unknown, "unauthorized");
                }

                runtime.Images.Add(new() { Id = "sha256:1", RepoTags = { request.Image.Image } });
                return Answer(new PullImageResponse { ImageRef = "sha256:1" });
            })
            .Unary(CriMethods.ImageFsInfo, (_, _) => Answer(new ImageFsInfoResponse
            {
                ImageFilesystems =
                {
                    new FilesystemUsage { FsId = new() { Mountpoint = runtime!.ImageDirectory }, UsedBytes = new() },
                },
            }))
            .Build();
        RpcHost host = await RpcHost.StartAsync(server, [RpcListener.Unix(socket)]);
        return runtime = new(host, CriClient.At("unix://" + socket, TimeProvider.System));
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _host.DisposeAsync();
    }

    private static Task<T> Answer<T>(T answer) => Task.FromResult(answer);
}
