using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;
using Keelson.Nodes.Linux;
using Keelson.Nodes.Tests.Nodes;

namespace Keelson.Nodes.Tests.Volumes;

/// <summary>Volumes that show objects of the API.</summary>
public sealed class ContentVolumeTests
{
    private const string ConfigMapPlugin = "kubernetes.io~configmap";
    private const string ProjectedPlugin = "kubernetes.io~projected";

    [Fact]
    public async Task A_change_of_a_config_map_swaps_all_files_at_once()
    {
        using TestNode node = new();
        node.Api.Put(MapOf(("a", "1"), ("b", "1")));
        Pod pod = TestNode.PodWith(MapVolume());
        Assert.Null(await node.Volumes.SetUpAsync(pod, default));
        string directory = node.PathOf(ConfigMapPlugin, "config");
        string? before = new FileInfo(Path.Combine(directory, "..data")).LinkTarget;

        Assert.Null(await node.Volumes.SetUpAsync(pod, default));
        Assert.Equal(before, new FileInfo(Path.Combine(directory, "..data")).LinkTarget);

        node.Api.Put(MapOf(("b", "2"), ("c", "2")));
        Assert.Null(await node.Volumes.SetUpAsync(pod, default));
        string[] shown = Directory.GetFileSystemEntries(directory).Select(Path.GetFileName).ToArray()!;
        Assert.Equal(["b", "c"], shown.Where(static one => !one.StartsWith('.')).Order());
        Assert.Equal("2", File.ReadAllText(Path.Combine(directory, "b")));
        Assert.Equal("..data/b", new FileInfo(Path.Combine(directory, "b")).LinkTarget);
        Assert.Single(shown, static one => one.StartsWith("..2", StringComparison.Ordinal));
        Assert.NotEqual(before, new FileInfo(Path.Combine(directory, "..data")).LinkTarget);
    }

    [Theory]
    [InlineData(null, "MountVolume.SetUp failed for volume \"config\" : configmap \"settings\" not found")]
    [InlineData(
        "other",
        "MountVolume.SetUp failed for volume \"config\" : configmap references non-existent config key: a")]
    public async Task What_is_missing_is_told_in_upstreams_words(string? key, string expected)
    {
        using TestNode node = new();
        if (key is not null)
        {
            node.Api.Put(MapOf((key, "1")));
        }

        Volume volume = MapVolume(new KeyToPath { Key = "a", Path = "dir/a" });
        Assert.Equal(expected, await node.Volumes.SetUpAsync(TestNode.PodWith(volume), default));
    }

    [Fact]
    public async Task Items_say_where_keys_go_and_with_which_mode()
    {
        using TestNode node = new();
        node.Api.Put(MapOf(("a", "1"), ("b", "2")));
        Volume volume = MapVolume(
            new KeyToPath { Key = "a", Path = "deep/er/a", Mode = 0x100 }, new KeyToPath { Key = "b", Path = "b" });
        Assert.Null(await node.Volumes.SetUpAsync(TestNode.PodWith(volume), default));
        Assert.Equal(0x100u, FileFacts.Of(node.PathOf(ConfigMapPlugin, "config", "deep/er/a"))!.Value.Mode);
        Assert.Equal(0x1a4u, FileFacts.Of(node.PathOf(ConfigMapPlugin, "config", "b"))!.Value.Mode);
    }

    [Fact]
    public async Task An_optional_map_that_is_missing_is_an_empty_directory_until_it_comes()
    {
        using TestNode node = new();
        Volume volume = TestNode.Volume("config", new()
        {
            ConfigMap = new() { LocalObjectReference = new() { Name = "settings" }, Optional = true },
        });
        Pod pod = TestNode.PodWith(volume);
        Assert.Null(await node.Volumes.SetUpAsync(pod, default));
        Assert.False(File.Exists(node.PathOf(ConfigMapPlugin, "config", "a")));
        node.Api.Put(MapOf(("a", "1")));
        Assert.Null(await node.Volumes.SetUpAsync(pod, default));
        Assert.True(File.Exists(node.PathOf(ConfigMapPlugin, "config", "a")));
    }

    [Fact]
    public async Task A_running_pod_does_not_notice_that_the_server_is_away()
    {
        using TestNode node = new();
        node.Api.Put(MapOf(("a", "1")));
        Pod pod = TestNode.PodWith(MapVolume(), Projected(TokenOf("")));
        Assert.Null(await node.Volumes.SetUpAsync(pod, default));
        node.Api.IsAway = true;
        node.Clock.Advance(TimeSpan.FromMinutes(55));
        Assert.Null(await node.Volumes.SetUpAsync(pod, default));
        Assert.Null((await node.Volumes.MountsAsync(pod, pod.Spec.Containers[0], NoVariables, default)).Error);
    }

    [Fact]
    public async Task A_token_is_renewed_when_four_fifths_of_its_time_have_passed()
    {
        using TestNode node = new();
        Pod pod = TestNode.PodWith(Projected(TokenOf("vault")));
        Assert.Null(await node.Volumes.SetUpAsync(pod, default));
        string file = node.PathOf(ProjectedPlugin, "access", "token");
        Assert.Equal("token-1-for-default-vault", File.ReadAllText(file));

        node.Clock.Advance(TimeSpan.FromSeconds((3600 * 0.8) - 11));
        Assert.Null(await node.Volumes.SetUpAsync(pod, default));
        Assert.Equal("token-1-for-default-vault", File.ReadAllText(file));

        node.Clock.Advance(TimeSpan.FromSeconds(12));
        Assert.Null(await node.Volumes.SetUpAsync(pod, default));
        Assert.Equal("token-2-for-default-vault", File.ReadAllText(file));
    }

    [Fact]
    public async Task A_token_from_the_future_is_replaced_when_the_clock_was_set_back()
    {
        using TestNode node = new();
        Pod pod = TestNode.PodWith(Projected(TokenOf("vault")));
        Assert.Null(await node.Volumes.SetUpAsync(pod, default));
        node.Clock.Step(TimeSpan.FromHours(-1));
        Assert.Null(await node.Volumes.SetUpAsync(pod, default));
        string file = node.PathOf(ProjectedPlugin, "access", "token");
        Assert.Equal("token-2-for-default-vault", File.ReadAllText(file));
    }

    [Fact]
    public async Task Downward_files_show_metadata_and_resources()
    {
        using TestNode node = new();
        Volume volume = TestNode.Volume("info", new()
        {
            DownwardAPI = new()
            {
                Items =
                [
                    new() { Path = "labels", FieldRef = new() { ApiVersion = "v1", FieldPath = "metadata.labels" } },
                    new() { Path = "app", FieldRef = new() { FieldPath = "metadata.labels['app']" } },
                    new()
                    {
                        Path = "cpu", ResourceFieldRef = new() { ContainerName = "main", Resource = "limits.cpu" },
                    },
                    new()
                    {
                        Path = "memory",
                        ResourceFieldRef = new()
                        {
                            ContainerName = "main", Resource = "requests.memory", Divisor = Quantity.Parse("1Mi"),
                        },
                    },
                ],
            },
        });
        Pod pod = TestNode.PodWith(volume);
        pod = pod with
        {
            Metadata = pod.Metadata with
            {
                Labels = ApiMap<string>.From(
                    [KeyValuePair.Create("app", "web"), KeyValuePair.Create("quote", "a\"b")]),
            },
            Spec = pod.Spec with
            {
                Containers =
                [
                    pod.Spec.Containers[0] with
                    {
                        Resources = new()
                        {
                            Requests = ApiMap<Quantity>.From([KeyValuePair.Create("memory", Quantity.Parse("1500Ki"))]),
                        },
                    },
                ],
            },
        };
        Assert.Null(await node.Volumes.SetUpAsync(pod, default));
        string Read(string name) => File.ReadAllText(node.PathOf("kubernetes.io~downward-api", "info", name));
        Assert.Equal("app=\"web\"\nquote=\"a\\\"b\"", Read("labels"));
        Assert.Equal("web", Read("app"));
        Assert.Equal("4", Read("cpu"));
        Assert.Equal("2", Read("memory"));
    }

    [Fact]
    public async Task Volumes_that_no_container_uses_hold_nothing_up()
    {
        using TestNode node = new();
        Pod pod = TestNode.PodWith(MapVolume());
        pod = pod with { Spec = pod.Spec with { Containers = [new Container { Name = "main" }] } };
        Assert.Null(await node.Volumes.SetUpAsync(pod, default));
    }

    private static Dictionary<string, string> NoVariables { get; } = [];

    private static ConfigMap MapOf(params (string Key, string Value)[] values) => new()
    {
        Metadata = ObjectMeta.Empty with { Name = "settings", Namespace = "ns" },
        Data = ApiMap<string>.From(values.Select(static one => KeyValuePair.Create(one.Key, one.Value))),
    };

    private static Volume MapVolume(params KeyToPath[] items) => TestNode.Volume("config", new()
    {
        ConfigMap = new() { LocalObjectReference = new() { Name = "settings" }, Items = items, DefaultMode = 0x1a4 },
    });

    private static VolumeProjection TokenOf(string audience) => new()
    {
        ServiceAccountToken = new() { Audience = audience, ExpirationSeconds = 3600, Path = "token" },
    };

    private static Volume Projected(params VolumeProjection[] sources) =>
        TestNode.Volume("access", new() { Projected = new() { Sources = sources, DefaultMode = 0x1a4 } });
}
