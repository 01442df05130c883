using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Api.Resource.V1;
using Keelson.Client.Devices;
using Keelson.Machinery.Values;
using Keelson.Scheduler.Framework;
using Keelson.Scheduler.Plugins.DynamicResources;
using Claim = Keelson.Api.Resource.V1.ResourceClaim;

namespace Keelson.Scheduler.Tests.Plugins.DynamicResources;

public sealed class ExtendedResourcesTests
{
    private const string Gpu = "example.com/gpu";

    private readonly TestProfile _profile = new TestProfile().With(Objects.Node("n1"), Objects.Node("n2"));

    public ExtendedResourcesTests() => _profile.Informers.Add(Devices.Slice("n2", Devices.Device("a")));

    [Theory]
    [InlineData(Gpu)]
    [InlineData("deviceclass.resource.kubernetes.io/gpus")]
    public void A_pod_goes_where_devices_of_the_class_are(string resource)
    {
        Pod pod = Objects.Pod("p", resource + "=1");
        Assert.StartsWith($"0/2 nodes are available: 2 Insufficient {resource}.", _profile.Place(pod));
        _profile.Informers.Add(Named("gpus", Gpu));
        Assert.Equal("n2", _profile.Place(pod));
        Assert.Equal(
            "0/2 nodes are available: 2 cannot allocate all claims.",
            _profile.Place(Objects.Pod("p", resource + "=2")));
    }

    [Fact]
    public void Where_a_device_plugin_offers_the_resource_nothing_is_claimed()
    {
        _profile.Informers.Add(Named("gpus", Gpu));
        _profile.With(Objects.Node("n2", cpu: "0"), WithAmount(Objects.Node("n1"), Gpu, 1));
        var pod = Objects.Pod("p", $"cpu=1,{Gpu}=1").Info();
        CycleState state = new();
        Assert.Null(_profile.Profile.PreFilter(state, pod, out _, out _));
        var node = _profile.Snapshot.Find("n1")!;
        Assert.Null(_profile.Profile.FilterWithNominated(state, pod, node));
        Assert.Null(_profile.Profile.Reserve(state, pod, node));
        Assert.Equal("n1", _profile.Place(pod.Pod));
        _profile.With(Objects.Pod("q", $"{Gpu}=1", node: "n1"));
        Assert.Equal(
            $"0/2 nodes are available: 1 Insufficient cpu, 1 Insufficient {Gpu}.", _profile.Place(pod.Pod));
    }

    [Fact]
    public void What_is_decided_counts_for_others_until_it_is_taken_back()
    {
        _profile.Informers.Add(Named("gpus", Gpu));
        _profile.Informers.Add(Devices.Claim("d", "r gpus"));
        var pod = Objects.Pod("p", Gpu + "=1").Info();
        CycleState state = new();
        Assert.Null(_profile.Profile.PreFilter(state, pod, out _, out _));
        var node = _profile.Snapshot.Find("n2")!;
        Assert.Null(_profile.Profile.FilterWithNominated(state, pod, node));
        Assert.Null(_profile.Profile.Reserve(state, pod, node));
        Assert.Equal(
            "0/2 nodes are available: 2 cannot allocate all claims.", _profile.Place(Objects.Pod("q").Using("d")));
        _profile.Profile.Unreserve(state, pod, "n2");
        Assert.Equal("n2", _profile.Place(Objects.Pod("q").Using("d")));
    }

    [Fact]
    public async Task Binding_makes_a_claim_of_the_pod_and_shows_it_in_its_status()
    {
        RecordingClient client = new();
        TestProfile profile = new TestProfile(client: client).With(Objects.Node("n2"));
        profile.Informers.Add(Devices.Slice("n2", Devices.Device("a")));
        profile.Informers.Add(Named("gpus", Gpu));
        var pod = Objects.Pod("p", Gpu + "=1").Info();
        CycleState state = new();
        Assert.Null(profile.Profile.PreFilter(state, pod, out _, out _));
        var node = profile.Snapshot.Find("n2")!;
        Assert.Null(profile.Profile.FilterWithNominated(state, pod, node));
        Assert.Null(profile.Profile.Reserve(state, pod, node));
        IPreBindPlugin plugin = profile.Profile.Plugins.PreBind.Single(
            static one => one.Name == DynamicResourcesPlugin.PluginName);
        Assert.Null(await plugin.PreBindAsync(state, pod, "n2", CancellationToken.None));

        Claim created = Assert.IsType<Claim>(client.Created.Single());
        Assert.Equal("p-extended-resources-", created.Metadata.GenerateName);
        Assert.Equal("true", created.Metadata.Annotations[DeviceClaims.ExtendedResourceAnnotation]);
        Assert.Equal(pod.Uid, created.Metadata.OwnerReferences[0].Uid);
        Assert.Equal("container-0-request-0", created.Spec.Devices.Requests[0].Name);
        Assert.Null(created.Status.Allocation);
        Claim bound = (Claim)client.Updated[^1];
        Assert.Equal("a", bound.Status.Allocation!.Devices.Results[0].Device);
        Assert.Equal(pod.Uid, bound.Status.ReservedFor[0].Uid);
        Assert.Equal(
            """{"status":{"extendedResourceClaimStatus":{"requestMappings":[{"containerName":"app","""
            + $"\"resourceName\":\"{Gpu}\",\"requestName\":\"container-0-request-0\"}}],"
            + "\"resourceClaimName\":\"made\"}}}",
            client.Patches.Single());
    }

    [Fact]
    public void A_claim_that_an_attempt_left_behind_goes_first()
    {
        _profile.Informers.Add(Named("gpus", Gpu));
        Claim left = Devices.Claim("left", "container-0-request-0 gpus");
        _profile.Informers.Add(left with
        {
            Metadata = left.Metadata with
            {
                Annotations = default(ApiMap<string>).With(DeviceClaims.ExtendedResourceAnnotation, "true"),
                OwnerReferences =
                [
                    new() { ApiVersion = "v1", Kind = "Pod", Name = "p", Uid = "default/p", Controller = true },
                ],
            },
        });
        Assert.Equal(
            "0/2 nodes are available: 2 cannot schedule extended resource claim. "
            + "deletion of ResourceClaim completed, "
            + "preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.",
            _profile.Place(Objects.Pod("p", Gpu + "=1"), preempt: true));
    }

    [Fact]
    public void Of_two_classes_for_a_resource_the_younger_one_counts()
    {
        DeviceClass old = Named("a-old", Gpu);
        DeviceClass young = Named("young", Gpu);
        Time later = new(DateTimeOffset.UnixEpoch.AddDays(1));
        young = young with { Metadata = young.Metadata with { CreationTimestamp = later } };
        _profile.Informers.Add(old);
        ExtendedResourceClasses classes = new(_profile.Informers.Of<DeviceClass>());
        Assert.Same(old, classes.ClassOf(Gpu));
        _profile.Informers.Add(young);
        Assert.Same(young, classes.ClassOf(Gpu));
        Assert.Null(classes.ClassOf("cpu"));
    }

    // Containers are name:amount, with i before init containers and s before sidecars.
    [Theory]
    [InlineData("a:2 b:1", "0=2 1=1", "a>0 b>1")]
    [InlineData("i:2 a:1", "0=1 1=1", "a>1 i>1 i>0")]
    [InlineData("i:2 j:3 a:1", "1=2 2=1", "a>2 i>2 i>1 j>2 j>1")]
    [InlineData("i:1 a:2", "1=2", "a>1 i>1")]
    [InlineData("s:1 i:1 a:1", "0=1 2=1", "s>0 a>2 i>2")]
    [InlineData("s:1 i:1 a:0", "0=1 1=1", "s>0 i>1")]
    public void Init_containers_use_the_devices_of_those_that_start_after_them(
        string containers, string requests, string mappings)
    {
        Container[] all = [.. containers.Split(' ').Select(static text => new Container
        {
            Name = text.Split(':')[0],
            RestartPolicy = text[0] == 's' ? "Always" : null,
            Resources = new() { Requests = Objects.Amounts($"{Gpu}={text.Split(':')[1]}") },
        })];
        Pod pod = new()
        {
            Spec = new PodSpec
            {
                InitContainers = [.. all.Where(static one => one.Name[0] is 'i' or 'j' or 's')],
                Containers = [.. all.Where(static one => one.Name[0] is 'a' or 'b')],
            },
        };
        ExtendedRequests asked = new(pod, [(Gpu, "gpus")]);
        Assert.Equal(requests, string.Join(' ', asked.Requests.Select(
            static one => $"{Number(one.Name)}={one.Exactly!.Count}")));
        Assert.Equal(mappings, string.Join(' ', asked.Mappings.Select(
            static one => $"{one.ContainerName}>{Number(one.RequestName)}")));
    }

    private static string Number(string request) => request.Split('-')[1];

    private static DeviceClass Named(string name, string resource)
    {
        DeviceClass @class = Devices.Class(name);
        return @class with { Spec = @class.Spec with { ExtendedResourceName = resource } };
    }

    private static Node WithAmount(Node node, string resource, int amount) => node with
    {
        Status = node.Status with
        {
            Allocatable = node.Status.Allocatable.With(resource, Objects.Amounts($"{resource}={amount}")[resource]),
        },
    };
}
