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
    private int _mostUndone = int.MaxValue;

    public DynamicResourceTests() => _drivers = new(_node.Clock, _node.Logged.Add);

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(_node.Context.RootDirectory);
        string socket = Path.Combine(_node.DirectoryFor("dra"), "dra.sock");
        RpcServer server = new RpcServerBuilder()
            .Unary(DraPlugin.PrepareBy("v1.DRAPlugin"), (request, _) => PrepareAsync("", request))
            .Unary(DraPlugin.PrepareBy("v1beta1.DRAPlugin"), (request, _) => PrepareAsync("v1beta1 ", request))
            .Unary(DraPlugin.UnprepareBy("v1.DRAPlugin"), (request, _) =>
            {
                _calls.Enqueue("unprepare " + string.Join(' ', request.Claims.Select(static one => one.Name)));
                NodeUnprepareResourcesResponse answer = new();
                foreach (Keelson.Nodes.Dra.Protos.Claim one in request.Claims.Take(_mostUndone))
                {
                    answer.Claims[one.Uid] = new();
                }

                return Task.FromResult(answer);
            })
            .ServerStreaming(DraDrivers.WatchHealth, (_, stream, context) => TellAsync(stream, context.Cancellation))
            .Build();
        _host = await RpcHost.StartAsync(server, [RpcListener.Unix(socket)]);
        _registered = new("gpu.example.com", socket, ["v1.DRAPlugin"]);
        Assert.Null(await _drivers.RegisterAsync(_registered, default));
        PutClaim("claim", "gpu.example.com");
    }

    [Fact]
    public async Task A_claim_is_prepared_once_and_undone_after_its_last_pod()
    {
        DynamicResources resources = new(_node.Context, _drivers);
        Assert.Null(await resources.PrepareAsync(NewPod("one"), default));
        Assert.Null(await resources.PrepareAsync(NewPod("two"), default));
        Assert.Equal(["prepare claim"], _calls);

        // The next agent knows what was prepared, gives it to containers, and has it prepared anew for new pods: it
        // need not have lived through a restart of the machine.
        resources = new(_node.Context, _drivers);
        Proto.ContainerConfig config = new();
        Assert.Null(resources.AddTo(NewPod("one"), ContainerSpec.RegularOf(NewPod("one").Spec).First(), config));
        Assert.Equal(2, config.CDIDevices.Count);
        Assert.Null(await resources.PrepareAsync(NewPod("one"), default));
        Assert.Equal(["prepare claim", "prepare claim"], _calls);
        Assert.Null(await resources.UnprepareAsync("one", default));
        Assert.Equal(2, _calls.Count);
        Assert.Null(await resources.UnprepareAsync("two", default));
        Assert.Equal(["prepare claim", "prepare claim", "unprepare claim"], _calls);
        Assert.Equal(
            "internal error: unable to get claim info for ResourceClaim claim",
            resources.AddTo(NewPod("one"), ContainerSpec.RegularOf(NewPod("one").Spec).First(), config));
    }

    [Fact]
    public async Task A_driver_is_asked_once_for_all_claims_of_a_pod()
    {
        PutClaim("second", "gpu.example.com");
        DynamicResources resources = new(_node.Context, _drivers);
        Pod pod = NewPod("one");
        pod = pod with
        {
            Spec = pod.Spec with
            {
                ResourceClaims =
                    pod.Spec.ResourceClaims.Add(new() { Name = "more", ResourceClaimName = "second" }),
            },
        };
        Assert.Null(await resources.PrepareAsync(pod, default));
        Assert.Equal(["prepare claim second"], _calls);
        _mostUndone = 1;
        Assert.Equal(
            "unprepare dynamic resources: NodeUnprepareResources skipped 1 ResourceClaims",
            await resources.UnprepareAsync("one", default));
        _mostUndone = int.MaxValue;

        // What could not be given back is given back later, when the pod is gone.
        await resources.ReconcileOnceAsync(static _ => null, default);
        await resources.ReconcileOnceAsync(static _ => true, default);
        Assert.Equal(2, _calls.Count);
        await resources.ReconcileOnceAsync(static _ => false, default);
        Assert.Equal(["prepare claim second", "unprepare claim second", "unprepare claim second"], _calls);
        await resources.ReconcileOnceAsync(static _ => false, default);
        Assert.Equal(3, _calls.Count);
    }

    [Fact]
    public async Task A_pod_whose_driver_is_not_there_leaves_nothing_behind()
    {
        PutClaim("other", "none.example.com");
        DynamicResources resources = new(_node.Context, _drivers);
        Pod pod = NewPod("one");
        pod = pod with
        {
            Spec = pod.Spec with
            {
                ResourceClaims = pod.Spec.ResourceClaims.Add(new() { Name = "more", ResourceClaimName = "other" }),
            },
        };
        Assert.Equal(
            "prepare dynamic resources: DRA driver none.example.com is not registered",
            await resources.PrepareAsync(pod, default));
        Assert.Null(await resources.UnprepareAsync("one", default));
        Assert.Empty(_calls);
    }

    [Fact]
    public async Task Drivers_are_taken_in_by_what_they_speak_and_the_newest_of_them_is_asked()
    {
        RegisteredPlugin plugin = _registered;
        Assert.Equal(
            $"invalid supported gRPC versions of DRA driver plugin gpu.example.com at endpoint {plugin.Endpoint}: "
            + "none of services supported by the plugin ([\"v2.DRAPlugin\"]) are supported by the kubelet "
            + "([\"v1.DRAPlugin\" \"v1beta1.DRAPlugin\"])",
            _drivers.Validate(plugin with { Versions = ["v2.DRAPlugin"] }));
        Assert.EndsWith(
            "empty list of supported gRPC services (aka supported versions)",
            _drivers.Validate(plugin with { Versions = [] }), StringComparison.Ordinal);
        Assert.Null(_drivers.Validate(plugin));
        Assert.Equal(
            $"endpoint {plugin.Endpoint} already registered for DRA driver plugin gpu.example.com",
            await _drivers.RegisterAsync(plugin, default));

        // One that is being replaced is asked until the next one answers.
        string link = plugin.Endpoint + ".new";
        RegisteredPlugin next = plugin with { Endpoint = link, Versions = ["v1beta1.DRAPlugin"] };
        Assert.Null(await _drivers.RegisterAsync(next, default));
        Assert.Equal(plugin.Endpoint, _drivers.Find("gpu.example.com")!.Socket);
        await _drivers.DeregisterAsync(next, default);
        File.CreateSymbolicLink(link, plugin.Endpoint);
        Assert.Null(await _drivers.RegisterAsync(next, default));
        Assert.Null(await new DynamicResources(_node.Context, _drivers).PrepareAsync(NewPod("one"), default));
        Assert.Equal(["v1beta1 prepare claim"], _calls);

        List<bool> usable = [];
        _drivers.UsableChanged = (_, isUsable) => usable.Add(isUsable);
        await _drivers.DeregisterAsync(next, default);
        await _drivers.DeregisterAsync(plugin, default);
        Assert.Equal([true, false], usable);
        Assert.Null(_drivers.Find("gpu.example.com"));
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
            "prepare dynamic resources: pod other (other) is not allowed to use ResourceClaim claim (claim-uid)",
            await resources.PrepareAsync(NewPod("other"), default));
        _error = "no power";
        Assert.Equal(
            "prepare dynamic resources: NodePrepareResources failed for ResourceClaim claim: no power",
            await resources.PrepareAsync(NewPod("one"), default));
        _error = "";
        Assert.Null(await resources.PrepareAsync(NewPod("one"), default));
        await _drivers.DeregisterAsync(_registered, default);
        Assert.Equal(
            "unprepare dynamic resources: DRA driver gpu.example.com is not registered",
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

    private Task<NodePrepareResourcesResponse> PrepareAsync(string version, NodePrepareResourcesRequest request)
    {
        _calls.Enqueue(version + "prepare " + string.Join(' ', request.Claims.Select(static one => one.Name)));
        NodePrepareResourcesResponse answer = new();
        foreach (Keelson.Nodes.Dra.Protos.Claim one in request.Claims)
        {
            answer.Claims[one.Uid] = new()
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
        }

        return Task.FromResult(answer);
    }

    private void PutClaim(string name, string driver) => _node.Api.Put(new Claim
    {
        Metadata = ObjectMeta.Empty with { Name = name, Namespace = "ns", Uid = name + "-uid" },
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
                            Request = "gpu", Driver = driver, Pool = "pool", Device = "d0",
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
