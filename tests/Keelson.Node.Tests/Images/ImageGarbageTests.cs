using System.Threading.Channels;
using Keelson.Nodes.Cri.Protos;
using Keelson.Nodes.Images.Garbage;
using Keelson.Nodes.Tests.Nodes;

namespace Keelson.Nodes.Tests.Images;

/// <summary>Images that nobody uses.</summary>
public sealed class ImageGarbageTests : IAsyncLifetime
{
    private readonly TestNode _node = new();
    private readonly List<string> _warnings = [];
    private TestRuntime _runtime = null!;
    private ImageGarbage _garbage = null!;
    private ulong _available = 14;

    public async ValueTask InitializeAsync()
    {
        _runtime = await TestRuntime.StartAsync(_node.DirectoryFor("runtime"));
        _garbage = new(_runtime.Client, new(), _node.Context)
        {
            Disk = _ => new ImageDisk(100, _available),
            Warn = (reason, text) => _warnings.Add($"{reason}: {text}"),
        };
        _runtime.Images.AddRange([ImageOf("a", 3), ImageOf("b", 3), ImageOf("c", 3), ImageOf("pinned", 50)]);
        _runtime.Images[3].Pinned = true;
    }

    [Fact]
    public async Task The_one_used_last_the_longest_ago_goes_first_and_no_more_than_needed()
    {
        Use("a", "b", "c");
        await LookAsync();
        Use("b", "c");
        _node.Clock.Advance(TimeSpan.FromMinutes(3));
        await LookAsync();
        Use("c");
        _node.Clock.Advance(TimeSpan.FromMinutes(3));
        _available = 15;
        await _garbage.CollectAsync(default);
        Assert.Equal(["a", "b"], _runtime.Removed);
        Assert.Empty(_warnings);
    }

    [Fact]
    public async Task Nothing_goes_below_the_threshold()
    {
        _available = 16;
        await _garbage.CollectAsync(default);
        _node.Clock.Advance(TimeSpan.FromMinutes(3));
        await _garbage.CollectAsync(default);
        Assert.Empty(_runtime.Removed);
    }

    [Fact]
    public async Task New_images_pinned_ones_and_those_in_use_stay_and_it_is_told_that_too_little_was_freed()
    {
        Use("c");
        await LookAsync();
        _node.Clock.Advance(TimeSpan.FromMinutes(3));
        _runtime.Images.Add(ImageOf("new", 3));
        await _garbage.CollectAsync(default);
        Assert.Equal(["a", "b"], _runtime.Removed.Order());
        Assert.Empty(_warnings);

        _available = 10;
        await _garbage.CollectAsync(default);
        Assert.Equal(
            [
                "FreeDiskSpaceFailed: Failed to garbage collect required amount of images. Attempted to free 10 "
                + "bytes, but only found 0 bytes eligible to free.",
            ],
            _warnings);
    }

    [Fact]
    public async Task A_disk_without_room_at_all_is_told_of_and_a_second_failure_is_an_event_of_its_own()
    {
        Channel<string> told = Channel.CreateUnbounded<string>();
        ImageGarbage garbage = new(_runtime.Client, new() { Interval = TimeSpan.FromMilliseconds(10) }, _node.Context)
        {
            Disk = static _ => new ImageDisk(0, 0),
            Warn = (reason, text) => told.Writer.TryWrite($"{reason}: {text}"),
        };
        using CancellationTokenSource stop = new(TimeSpan.FromSeconds(20));
        Task running = garbage.RunAsync(stop.Token);
        const string Text = "invalid capacity 0 on image filesystem";
        foreach (string reason in (string[])["InvalidDiskCapacity", "InvalidDiskCapacity", "ImageGCFailed"])
        {
            Assert.Equal($"{reason}: {Text}", await told.Reader.ReadAsync(stop.Token));
        }

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    public async ValueTask DisposeAsync()
    {
        await _runtime.DisposeAsync();
        _node.Dispose();
    }

    private static Image ImageOf(string id, ulong size) =>
        new() { Id = id, Size = size, RepoTags = { id + ":latest" } };

    private async Task LookAsync()
    {
        ulong before = _available;
        _available = 100;
        await _garbage.CollectAsync(default);
        _available = before;
    }

    private void Use(params string[] images)
    {
        _runtime.Containers.Clear();
        _runtime.Containers.AddRange(images.Select(static one => new Container { Id = "of-" + one, ImageRef = one }));
    }
}
