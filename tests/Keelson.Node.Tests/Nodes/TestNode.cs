using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;
using Keelson.Nodes.Containers;
using Keelson.Nodes.Linux;
using Keelson.Nodes.Objects;
using Keelson.Nodes.Volumes;
using Keelson.Nodes.Volumes.Csi;

namespace Keelson.Nodes.Tests.Nodes;

/// <summary>A node's volumes and variables on a directory of its own, which must hold no mounts in the end.</summary>
internal sealed class TestNode : IDisposable
{
    public const string Name = "one";

    private readonly string _directory = Directory.CreateTempSubdirectory("keelson-node-").FullName;
    private readonly ObjectWatches _watches;

    public TestNode(IMounts? mounts = null)
    {
        Mounts = mounts ?? new NoMounts();
        Api = new(Clock);
        Api.Put(new Keelson.Api.Core.V1.Node
        {
            Metadata = ObjectMeta.Empty with
            {
                Name = Name,
                Labels = ApiMap<string>.From([KeyValuePair.Create("kubernetes.io/hostname", Name)]),
            },
            Status = new()
            {
                Allocatable = ApiMap<Quantity>.From(
                [
                    KeyValuePair.Create("cpu", Quantity.Parse("4")),
                    KeyValuePair.Create("memory", Quantity.Parse("8Gi")),
                ]),
                Addresses = [new NodeAddress { Type = NodeAddressType.InternalIP, Address = "192.0.2.1" }],
            },
        });
        Context = new()
        {
            NodeName = Name,
            RootDirectory = Path.Combine(_directory, "root"),
            PodLogsDirectory = Path.Combine(_directory, "logs"),
            Client = Api,
            Informers = Api,
            Clock = Clock,
            Log = Logged.Add,
        };
        Objects = new(Api, Clock);
        _watches = new(Context);
        OwnNode = new(Context);
        Drivers = new(new(Context), Context);
        Restart();
        Environments = new(Context, Objects, OwnNode);
    }

    public ManualClock Clock { get; } = new();

    public IMounts Mounts { get; }

    public MemoryApi Api { get; }

    public NodeContext Context { get; }

    public ReferencedObjects Objects { get; }

    public OwnNode OwnNode { get; }

    public CsiDrivers Drivers { get; }

    public List<string> Logged { get; } = [];

    public PodVolumes Volumes { get; private set; } = null!;

    public AttachedVolumes Attached { get; } = new();

    public ContainerEnvironments Environments { get; }

    /// <summary>Forgets all that is not on the disk, as a killed agent does.</summary>
    public void Restart() => Volumes = new(
        new()
        {
            Context = Context,
            Mounts = Mounts,
            Objects = Objects,
            Watches = _watches,
            Node = OwnNode,
            Attached = Attached,
        },
        Drivers);

    /// <summary>A pod with a container that mounts all its volumes at <c>/NAME</c>.</summary>
    public static Pod PodWith(params Volume[] volumes) => new()
    {
        Metadata = ObjectMeta.Empty with { Name = "pod", Namespace = "ns", Uid = "pod-uid" },
        Spec = new()
        {
            ServiceAccountName = "default",
            EnableServiceLinks = true,
            Volumes = volumes,
            Containers =
            [
                new Container
                {
                    Name = "main",
                    VolumeMounts =
                        volumes.Select(static one => new VolumeMount { Name = one.Name, MountPath = "/" + one.Name })
                            .ToApiList(),
                },
            ],
        },
    };

    /// <summary>A volume of a pod.</summary>
    public static Volume Volume(string name, VolumeSource source) => new() { Name = name, VolumeSource = source };

    /// <summary>A directory of the test's own.</summary>
    public string DirectoryFor(string name) => Directory.CreateDirectory(Path.Combine(_directory, name)).FullName;

    /// <summary>Where a volume of the pod is.</summary>
    public string PathOf(string plugin, string volume, string file = "") =>
        Path.Combine(Context.PodDirectory("pod-uid"), "volumes", plugin, volume, file);

    /// <summary>What is mounted below the node's directory.</summary>
    public string[] Mounted() =>
    [
        .. new LinuxMounts().List().Select(static one => one.Path)
            .Where(one => one.StartsWith(_directory, StringComparison.Ordinal)),
    ];

    public void Dispose()
    {
        Drivers.Dispose();
        _watches.DisposeAsync().AsTask().GetAwaiter().GetResult();
        string[] left = Mounted();
        foreach (string mount in left.Reverse())
        {
            new LinuxMounts().Unmount(mount);
        }

        Directory.Delete(_directory, recursive: true);
        Assert.Empty(left);
    }

    /// <summary>The mounts of an agent that may not mount.</summary>
    private sealed class NoMounts : IMounts
    {
        public bool MayMount => false;

        public IReadOnlyList<MountPoint> List() => [];

        public void Mount(MountRequest request) => throw new IOException("operation not permitted");

        public void Unmount(string target) => throw new IOException("operation not permitted");
    }
}
