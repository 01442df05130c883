using System.Collections.Concurrent;
using System.Threading.Channels;
using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Api.Resource.V1;
using Keelson.Nodes.Dra;
using Keelson.Nodes.Dra.Health.Protos;
using Keelson.Nodes.Dra.Protos;
using Keelson.Nodes.Placement;
using Keelson.Nodes.Plugins;
using Keelson.Nodes.Pods;
using Keelson.Nodes.Tests.Nodes;
using Keelson.Rpc;
using Claim = Keelson.Api.Resource.V1.ResourceClaim;
using Proto = Keelson.Nodes.Cri.Protos;
using Reference = Keelson.Api.Core.V1.ResourceClaim;

namespace Keelson.Nodes.Tests.Dra;

/// <summary>Claims of pods and the drivers that prepare them, over a real socket.</summary>
public sealed class DynamicResourceTests : IAsyncLifetime
{
    private readonly TestNode _node = new();
    private readonly DraDrivers _drivers;
    private readonly Channel<NodeWatchResourcesResponse> _told = Channel.CreateUnbounded<NodeWatchResourcesResponse>();
    private readonly ConcurrentQueue<string> _calls = new();
    private RpcHost _host = null!;
    private RegisteredPlugin _registered = null!;
    private string _error = "";

    public DynamicResourceTests() => _drivers = new(_node.Clock, _node.Logged.Add);

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(_node.Context.RootDirectory);
        string socket = Path.Combine(_node.DirectoryFor("dra"), "dra.sock");
        RpcServer server = new RpcServerBuilder()
            .Unary(DraDrivers.Prepare, (request, _) =>
            {
                _calls.Enqueue("prepare " + request.Claims[0].Name);
                NodePrepareResourcesResponse answer = new();
                answer.Claims[request.Claims[0].Uid] = new()
                {
                    Error = _error,
                    Devices =
                    {
                        new Keelson.Nodes.Dra.Protos.Device
                        {
                            RequestNames = { "gpu" }, PoolName = "pool", DeviceName = "d0",
                            CdiDeviceIds = { "example.com/gpu=d0" },
                        },
                        new Keelson.Nodes.Dra.Protos.Device
                        {
                            RequestNames = { "net" }, PoolName = "pool", DeviceName = "d1",
                            CdiDeviceIds = { "example.com/net=d1" },
                        },
                    },
                };
                return Task.FromResult(answer);
            })
            .Unary(DraDrivers.Unprepare, (request, _) =>
            {
                _calls.Enqueue("unprepare " + request.Claims[0].Name);
                NodeUnprepareResourcesResponse answer = new();
                answer.Claims[request.Claims[0].Uid] = new();
                return Task.FromResult(answer);
            })
            .ServerStreaming(DraDrivers.WatchHealth, (_, stream, context) => TellAsync(stream, context.Cancellation))
            .Build();
        _host = await RpcHost.StartAsync(server, [RpcListener.Unix(socket)]);
        _registered = new("gpu.example.com", socket, ["v1.DRAPlugin"]);
        Assert.Null(await _drivers.RegisterAsync(_registered, default));
        _node.Api.Put(new Claim
        {
            Metadata = ObjectMeta.Empty with { Name = "claim", Namespace = "ns", Uid = "claim-uid" },
            Status = new()
            {
                Allocation = new()
                {
                    Devices = new()
                    {
                        Results =
                        [
                            new DeviceRequestAllocationResult
                            {
                                Request = "gpu", Driver = "gpu.example.com", Pool = "pool", Device = "d0",
                            },
                        ],
                    },
                },
                ReservedFor =
                [
                    new ResourceClaimConsumerReference { Resource = "pods", Name = "one", Uid = "one" },
                    new ResourceClaimConsumerReference { Resource = "pods", Name = "two", Uid = "two" },
                ],
            },
        });
    }

    [Fact]
    public async Task A_claim_is_prepared_once_and_undone_after_its_last_pod()
    {
        DynamicResources resources = new(_node.Context, _drivers);
        Assert.Null(await resources.PrepareAsync(NewPod("one"), default));
        Assert.Null(await resources.PrepareAsync(NewPod("two"), default));
        Assert.Equal(["prepare claim"], _calls);

        // The next agent knows what was prepared.
        resources = new(_node.Context, _drivers);
        Assert.Null(await resources.UnprepareAsync("one", default));
        Assert.Equal(["prepare claim"], _calls);
        Assert.Null(await resources.UnprepareAsync("two", default));
        Assert.Equal(["prepare claim", "unprepare claim"], _calls);
    }

    [Theory]
    [InlineData("", "example.com/gpu=d0 example.com/net=d1")]
    [InlineData("net", "example.com/net=d1")]
    public async Task Containers_get_the_devices_of_the_requests_they_name(string request, string devices)
    {
        DynamicResources resources = new(_node.Context, _drivers);
        Pod pod = NewPod("one", request);
        Assert.Null(await resources.PrepareAsync(pod, default));
        Proto.ContainerConfig config = new();
        resources.AddTo(pod, ContainerSpec.RegularOf(pod.Spec).First(), config);
        Assert.Equal(devices, string.Join(' ', config.CDIDevices.Select(static one => one.Name)));
    }

    [Fact]
    public async Task Extended_resources_come_from_the_claim_that_stands_for_them()
    {
        DynamicResources resources = new(_node.Context, _drivers);
        Pod pod = NewPod("one");
        pod = pod with
        {
            Spec = pod.Spec with
            {
                ResourceClaims = [], Containers = [new Container { Name = "main" }, new Container { Name = "other" }],
            },
            Status = new()
            {
                ExtendedResourceClaimStatus = new()
                {
                    ResourceClaimName = "claim",
                    RequestMappings =
                    [
                        new ContainerExtendedResourceRequest
                        {
                            ContainerName = "main", ResourceName = "example.com/net", RequestName = "net",
                        },
                    ],
                },
            },
        };
        Assert.Null(await resources.PrepareAsync(pod, default));
        string[] given =
        [
            .. ContainerSpec.RegularOf(pod.Spec).Select(one =>
            {
                Proto.ContainerConfig config = new();
                resources.AddTo(pod, one, config);
                return string.Join(' ', config.CDIDevices.Select(static it => it.Name));
            }),
        ];
        Assert.Equal(["example.com/net=d1", ""], given);
        Assert.Null(await resources.UnprepareAsync("one", default));
        Assert.Equal(["prepare claim", "unprepare claim"], _calls);
    }

    [Fact]
    public async Task What_stands_in_the_way_is_told()
    {
        DynamicResources resources = new(_node.Context, _drivers);
        Assert.Equal(
            "pod other (other) is not allowed to use ResourceClaim claim (claim-uid)",
            await resources.PrepareAsync(NewPod("other"), default));
        _error = "no power";
        Assert.Equal(
            "NodePrepareResources failed for ResourceClaim claim: no power",
            await resources.PrepareAsync(NewPod("one"), default));
        _error = "";
        Assert.Null(await resources.PrepareAsync(NewPod("one"), default));
        await _drivers.DeregisterAsync(_registered, default);
        Assert.Equal(
            "NodeUnprepareResources: DRA driver gpu.example.com is not registered",
            await resources.UnprepareAsync("one", default));
    }

    [Fact]
    public async Task Containers_show_how_their_devices_are()
    {
        DynamicResources resources = new(_node.Context, _drivers);
        Placements placements = new(new(), new([0]), []) { Claims = resources };
        Pod pod = NewPod("one");
        Assert.Null(await resources.PrepareAsync(pod, default));
        Assert.Equal(["one"], resources.PodsOf("gpu.example.com"));
        string Shown() => string.Join(' ', placements.HealthOf(pod)["main"].SelectMany(static one => one.Resources
            .Select(it => $"{one.Name} {it.ResourceID}={it.Health}{it.Message}")));
        Assert.Equal("claim:mine example.com/gpu=d0=Unknown claim:mine example.com/net=d1=Unknown", Shown());

        SemaphoreSlim changes = new(0);
        _drivers.HealthChanged = _ => changes.Release();
        Tell(("d0", HealthStatus.Healthy, "", 0), ("d1", HealthStatus.Unhealthy, " no link", 100));
        Assert.True(await changes.WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.Equal("claim:mine example.com/gpu=d0=Healthy claim:mine example.com/net=d1=Unhealthy no link", Shown());
        Assert.Equal(
            "claim:mine/net",
            Assert.Single(placements.HealthOf(NewPod("one", "net"))["main"]).Name);

        // What was not told again is not known.
        _node.Clock.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal("claim:mine example.com/gpu=d0=Unknown claim:mine example.com/net=d1=Unhealthy no link", Shown());
        await _drivers.DeregisterAsync(_registered, default);
        Assert.Equal("claim:mine example.com/gpu=d0=Unknown claim:mine example.com/net=d1=Unknown", Shown());
    }

    public async ValueTask DisposeAsync()
    {
        _drivers.Dispose();
        await _host.DisposeAsync();
        _node.Dispose();
    }

    private async Task TellAsync(
        RpcResponseStream<NodeWatchResourcesResponse> stream, CancellationToken cancellationToken)
    {
        await foreach (NodeWatchResourcesResponse one in _told.Reader.ReadAllAsync(cancellationToken))
        {
            await stream.WriteAsync(one);
        }
    }

    private void Tell(params (string Device, HealthStatus Health, string Message, long Timeout)[] devices)
    {
        NodeWatchResourcesResponse told = new();
        told.Devices.AddRange(devices.Select(static one => new DeviceHealth
        {
            Device = new() { PoolName = "pool", DeviceName = one.Device },
            Health = one.Health,
            Message = one.Message,
            HealthCheckTimeoutSeconds = one.Timeout,
        }));
        Assert.True(_told.Writer.TryWrite(told));
    }

    private static Pod NewPod(string name, string request = "") => new()
    {
        Metadata = ObjectMeta.Empty with { Name = name, Namespace = "ns", Uid = name },
        Spec = new PodSpec
        {
            ResourceClaims = [new PodResourceClaim { Name = "mine", ResourceClaimName = "claim" }],
            Containers =
            [
                new Container
                {
                    Name = "main",
                    Resources = new() { Claims = [new Reference { Name = "mine", Request = request }] },
                },
            ],
        },
    };
}
