using Keelson.Api.Core.V1;
using Keelson.Api.Resource.V1;
using Keelson.Machinery.Values;
using Keelson.Scheduler.Plugins.DynamicResources;
using Claim = Keelson.Api.Resource.V1.ResourceClaim;

namespace Keelson.Scheduler.Tests.Plugins.DynamicResources;

public sealed class DeviceSearchTests
{
    private readonly List<ResourceSlice> _slices = [];
    private readonly List<AllocationResult> _allocated = [];
    private readonly List<DeviceClass> _classes =
        [Devices.Class("any"), Devices.Class("big",
            "device.capacity['gpu.test'].memory.compareTo(quantity('40Gi')) >= 0")];

    private string _node = "n1";

    [Fact]
    public void Selectors_of_the_class_and_the_request_must_hold()
    {
        Add(Devices.Slice(
            "n1", Devices.Device("a", "model=a100", "memory=80Gi"), Devices.Device("b", "model=h100", "memory=80Gi"),
            Devices.Device("c", "model=h100", "memory=10Gi")));
        Assert.Equal("r=b", Find(Devices.Claim("x", "r big 1 device.attributes['gpu.test'].model == 'h100'")));
        Assert.Equal("none", Find(Devices.Claim("x", "r big 1 device.attributes['gpu.test'].model == 'v100'")));
        Assert.Equal("none", Find(Devices.Claim("x", "r big 3")));
    }

    [Fact]
    public void Devices_are_given_once_but_for_admins()
    {
        Add(Devices.Slice("n1", Devices.Device("a"), Devices.Device("b")));
        Take("a");
        Assert.Equal("r=b", Find(Devices.Claim("x", "r any")));
        Assert.Equal("none", Find(Devices.Claim("x", "r any"), Devices.Claim("y", "r any")));
        Assert.Equal("r=a", Find(Devices.Claim("x", "r any Admin")));
        Assert.Equal("r=a r=b; s=a", Find(Devices.Claim("x", "r any Admin", "r any"), Devices.Claim("y",
            "s any Admin")));
    }

    [Fact]
    public void Other_choices_are_tried_when_the_first_leads_nowhere()
    {
        // The first request could take any of them; only one is left for the second.
        Add(Devices.Slice("n1", Devices.Device("a", "model=x"), Devices.Device("b", "model=y")));
        Assert.Equal("r=b s=a", Find(Devices.Claim("c", "r any",
            "s any 1 device.attributes['gpu.test'].model == 'x'")));
    }

    [Fact]
    public void The_first_alternative_that_there_is_counts()
    {
        Add(Devices.Slice("n1", Devices.Device("a", "model=x"), Devices.Device("b", "model=y")));
        DeviceRequest request = Devices.FirstOf(
            "r", "best any 1 device.attributes['gpu.test'].model == 'z'", "two any 2", "one any 1");
        Assert.Equal("r/two=a r/two=b", Find(Devices.Claim("c", request)));
        Take("a");
        Assert.Equal("r/one=b", Find(Devices.Claim("c", request)));
    }

    [Fact]
    public void All_devices_are_taken_or_none()
    {
        Add(Devices.Slice("n1", Devices.Device("a", "model=x"), Devices.Device("b", "model=y"), Devices.Device("c",
            "model=x")));
        Claim claim = Devices.Claim("c", "r any All device.attributes['gpu.test'].model == 'x'");
        Assert.Equal("r=a r=c", Find(claim));
        Take("c");
        Assert.Equal("none", Find(claim));
        Assert.Equal("none", Find(Devices.Claim("c", "r any All false")));
    }

    [Fact]
    public void Constraints_hold_for_the_devices_together()
    {
        Add(Devices.Slice(
            "n1", Devices.Device("a", "numa=0"), Devices.Device("b", "numa=1"), Devices.Device("c", "numa=1"),
            Devices.Device("d")));
        DeviceConstraint same = new() { MatchAttribute = "gpu.test/numa" };
        DeviceConstraint distinct = new() { DistinctAttribute = "gpu.test/numa", Requests = ["r"] };
        Assert.Equal("r=b r=c", Find(Devices.Claim("x", "r any 2").With(same)));
        Assert.Equal("r=a r=b s=c", Find(Devices.Claim("x", "r any 2", "s any").With(distinct)));
        Assert.Equal("none", Find(Devices.Claim("x", "r any 3").With(distinct)));
        Assert.Equal(
            "claim default/x, request r: cannot add device gpu.test/n1/b "
            + "because a claim constraint would not be satisfied",
            Find(Devices.Claim("x", "r any All").With(same)));
    }

    [Fact]
    public void Tainted_devices_are_for_who_tolerates_that()
    {
        DeviceTaint taint = new() { Key = "broken", Value = "fan", Effect = "NoSchedule" };
        Add(Devices.Slice("n1", Devices.Device("a") with { Taints = [taint] }));
        Assert.Equal("none", Find(Devices.Claim("x", "r any")));
        DeviceRequest request = Devices.Request("r any");
        DeviceToleration tolerated = new() { Key = "broken", Operator = "Equal", Value = "fan" };
        Assert.Equal("r=a", Find(Devices.Claim(
            "x", request with { Exactly = request.Exactly! with { Tolerations = [tolerated] } })));
        Add(Devices.Slice("n1", Devices.Device("a") with { Taints = [taint with { Effect = "None" }] }));
        Assert.Equal("r=a", Find(Devices.Claim("x", "r any")));
    }

    [Fact]
    public void Parts_of_a_device_share_its_counters()
    {
        Device Part(string name, string amount) => Devices.Device(name) with
        {
            ConsumesCounters = [new() { CounterSet = "gpu0", Counters = Memory(amount) }],
        };
        ResourceSlice devices = Devices.Slice("n1", Part("whole", "40Gi"), Part("half1", "20Gi"), Part("half2",
            "20Gi"));
        ResourceSlice counters = Devices.Slice("n1") with
        {
            Spec = Devices.Slice("n1").Spec with
            {
                SharedCounters = [new CounterSet { Name = "gpu0", Counters = Memory("40Gi") }],
                Pool = devices.Spec.Pool with { ResourceSliceCount = 2 },
            },
        };
        _slices.Add(counters);
        _slices.Add(devices with { Spec = devices.Spec with { Pool = counters.Spec.Pool } });
        Assert.Equal("r=whole", Find(Devices.Claim("x", "r any")));
        Assert.Equal("r=half1 r=half2", Find(Devices.Claim("x", "r any 2")));
        Assert.Equal("none", Find(Devices.Claim("x", "r any 3")));
        Take("half2");
        Assert.Equal("r=half1", Find(Devices.Claim("x", "r any")));
    }

    [Fact]
    public void Shares_of_a_device_are_given_until_nothing_is_left()
    {
        Add(Devices.Slice("n1", Devices.Device("a", capacity: "memory=40Gi") with { AllowMultipleAllocations = true }));
        DeviceRequest Share(string amount)
        {
            DeviceRequest request = Devices.Request("r any");
            return request with
            {
                Exactly = request.Exactly! with { Capacity = new() { Requests = Objects.Amounts("memory=" + amount) } },
            };
        }

        Assert.Equal("r=a(15Gi); r=a(25Gi)", Find(Devices.Claim("x", Share("15Gi")), Devices.Claim("y",
            Share("25Gi"))));
        Assert.Equal("none", Find(Devices.Claim("x", Share("15Gi")), Devices.Claim("y", Share("26Gi"))));
        _allocated.Add(new()
        {
            Devices = new()
            {
                Results = [Result("a") with { ShareID = "s", ConsumedCapacity = Objects.Amounts("memory=30Gi") }],
            },
        });
        Assert.Equal("r=a(10Gi)", Find(Devices.Claim("x", Share("10Gi"))));
        Assert.Equal("none", Find(Devices.Claim("x", Share("11Gi"))));
        Assert.Equal("none", Find(Devices.Claim("x", "r any")));
    }

    [Fact]
    public void Pools_that_are_not_whole_or_contradict_themselves_are_left_alone()
    {
        ResourceSlice slice = Devices.Slice("n1", Devices.Device("a"));
        Add(slice with { Spec = slice.Spec with { Pool = slice.Spec.Pool with { ResourceSliceCount = 2 } } });
        Assert.Equal("none", Find(Devices.Claim("x", "r any")));
        Assert.Equal(
            "claim default/x, request r: asks for all devices, "
            + "but resource pool gpu.test/n1 is currently being updated",
            Find(Devices.Claim("x", "r any All")));
        Add(Devices.Slice("n1", Devices.Device("a"), Devices.Device("a")));
        Assert.Equal("invalid resource pools were encountered", Find(Devices.Claim("x", "r any")));

        // A newer generation replaces all that was.
        Add(slice, slice with
        {
            Spec = slice.Spec with { Pool = slice.Spec.Pool with { Generation = 2 }, Devices = [Devices.Device("b")] },
        });
        Assert.Equal("r=b", Find(Devices.Claim("x", "r any")));
    }

    [Fact]
    public void What_is_wrong_with_selectors_is_said()
    {
        Add(Devices.Slice("n1", Devices.Device("a")));
        _classes.Add(Devices.Class("odd", "device.attributes['gpu.test'].x == 1"));
        Assert.Equal("class odd: selector #0: CEL runtime error: no such key: x", Find(Devices.Claim("x", "r odd")));
        Assert.StartsWith(
            "claim default/x: selector #0: CEL compile error: "
            + "compilation failed: ERROR: <input>:1:1: undeclared reference",
            Find(Devices.Claim("x", "r any 1 foo")), StringComparison.Ordinal);
        Assert.Equal(
            "claim default/x: number of requested devices 33 exceeds the claim limit of 32",
            Find(Devices.Claim("x", "r any 33")));
    }

    [Fact]
    public void Results_say_where_devices_can_be_used_and_how_they_are_set_up()
    {
        OpaqueDeviceConfiguration opaque = new() { Driver = Devices.Driver };
        _classes[0] = _classes[0] with
        {
            Spec = _classes[0].Spec with { Config = [new() { DeviceConfiguration = new() { Opaque = opaque } }] },
        };
        Add(Devices.Slice("n1", Devices.Device("a"), Devices.Device("b")));
        Claim claim = Devices.Claim("x", "r any", "s any");
        claim = claim with
        {
            Spec = claim.Spec with
            {
                Devices = claim.Spec.Devices with
                {
                    Config = [new() { Requests = ["s"], DeviceConfiguration = new() { Opaque = opaque } }],
                },
            },
        };
        ClaimNeed need = Need(claim);
        IReadOnlyList<ChosenDevice>[] found = DeviceSearch.Find(Input(need), Objects.Node("n1"), out _)!;
        AllocationResult result = AllocationResults.Of(need, found[0], "n1");
        Assert.Equal(
            ["FromClass r,s", "FromClaim s"],
            result.Devices.Config.Select(static one => $"{one.Source} {string.Join(',', one.Requests)}"));
        NodeSelectorRequirement field = Assert.Single(Assert.Single(
            result.NodeSelector!.NodeSelectorTerms).MatchFields);
        Assert.Equal(("metadata.name", "In", "n1"), (field.Key, field.Operator, field.Values[0]));
    }

    [Fact]
    public void Only_devices_of_the_node_count()
    {
        NodeSelector zone = new()
        {
            NodeSelectorTerms = [new() { MatchExpressions = [new() { Key = "zone", Operator = "In",
                Values = ["z"] }] }],
        };
        ResourceSlice shared = Devices.Slice("n2", Devices.Device("far"));
        Add(
            Devices.Slice("n1", Devices.Device("near")),
            shared with { Spec = shared.Spec with { NodeName = null, NodeSelector = zone } });
        Assert.Equal("r=near", Find(Devices.Claim("x", "r any")));
        Assert.Equal("none", Find(Devices.Claim("x", "r any 2")));
        _node = "zoned";
        Assert.Equal("r=far", Find(Devices.Claim("x", "r any")));
    }

    private static ApiMap<Counter> Memory(string amount) =>
        ApiMap<Counter>.Empty.With("memory", new Counter { Value = Quantity.Parse(amount) });

    private static DeviceRequestAllocationResult Result(string device) =>
        new() { Request = "r", Driver = Devices.Driver, Pool = "n1", Device = device };

    private void Add(params ResourceSlice[] slices)
    {
        _slices.Clear();
        _slices.AddRange(slices);
    }

    private void Take(string device) =>
        _allocated.Add(new() { Devices = new() { Results = [Result(device)] } });

    private ClaimNeed Need(Claim claim) => new(claim, [.. claim.Spec.Devices.Requests.Select(one =>
        DeviceNeed.Of(claim, one, name => _classes.Find(it => it.Metadata.Name == name), out _)!)]);

    private DeviceSearchInput Input(params ClaimNeed[] claims) => new()
    {
        Claims = claims,
        Inventory = new(_slices),
        InUse = new(_allocated),
        Selectors = new(),
        Timeout = TimeSpan.FromSeconds(10),
        Clock = new ManualClock(),
    };

    /// <summary>The devices: requests of a claim by blanks, claims by semicolons; or why there are none.</summary>
    private string Find(params Claim[] claims)
    {
        Node node = Objects.Node(_node, labels: _node == "zoned" ? "zone=z" : "");
        IReadOnlyList<ChosenDevice>[]? found =
            DeviceSearch.Find(Input([.. claims.Select(Need)]), node, out DeviceSearchFailure? failure);
        return found is null ? failure?.Message ?? "none" : string.Join("; ", found.Select(static claim =>
            string.Join(' ', claim.Select(static one => $"{one.Need.FullName}={one.Device.Id.Name}"
                + (one.Share is null ? "" : $"({one.Share["memory"]})")))));
    }
}
