using System.Threading.Channels;
using Google.Protobuf;
using Keelson.Nodes.Cri.Protos;
using Keelson.Nodes.Pods;
using Keelson.Nodes.Runtime.Protos;
using Keelson.Nodes.Tests.Nodes;

namespace Keelson.Nodes.Tests.Pods;

public sealed class RuntimeEventsTests
{
    [Fact]
    public async Task Pods_whose_containers_end_are_told_of_and_commands_that_end_are_not()
    {
        using TestNode node = new();
        await using TestRuntime runtime = await TestRuntime.StartAsync(node.DirectoryFor("cri"));
        runtime.Containers.Add(new Container { Id = "c1", Labels = { [PodNames.PodUid] = "pod-1" } });
        runtime.Sandboxes.Add(new PodSandbox { Id = "s2", Metadata = new() { Uid = "pod-2" } });
        Channel<string> told = Channel.CreateUnbounded<string>();
        using CancellationTokenSource stop = new(TimeSpan.FromSeconds(20));
        RuntimePictures pictures = new(runtime.Client);
        RuntimeEvents events = new(runtime.Client, pictures, TimeProvider.System);
        Task following = events.FollowAsync(uid => told.Writer.TryWrite(uid), stop.Token);

        foreach ((string container, string process) in ((string, string)[])
            [("c1", "probe"), ("gone", "gone"), ("c1", "c1"), ("s2", "s2")])
        {
            ByteString value = new TaskExit { ContainerId = container, Id = process }.ToByteString();
            Assert.True(runtime.Events.Writer.TryWrite(new Envelope { Event = new() { Value = value } }));
        }

        string[] pods = [await told.Reader.ReadAsync(stop.Token), await told.Reader.ReadAsync(stop.Token)];
        Assert.Equal(["pod-1", "pod-2"], pods.Order(StringComparer.Ordinal));
        Assert.False(told.Reader.TryRead(out _));
        await stop.CancelAsync();
        await following;
    }

    [Fact]
    public async Task What_was_seen_before_needs_no_list_to_be_told_of()
    {
        using TestNode node = new();
        await using TestRuntime runtime = await TestRuntime.StartAsync(node.DirectoryFor("cri"));
        runtime.Containers.Add(new Container { Id = "c1", Labels = { [PodNames.PodUid] = "pod-1" } });
        using CancellationTokenSource stop = new(TimeSpan.FromSeconds(20));
        RuntimePictures pictures = new(runtime.Client);
        await pictures.OverviewAsync(stop.Token);
        runtime.Containers.Clear();
        Channel<string> told = Channel.CreateUnbounded<string>();
        Task following = new RuntimeEvents(runtime.Client, pictures, TimeProvider.System)
            .FollowAsync(uid => told.Writer.TryWrite(uid), stop.Token);

        ByteString value = new TaskExit { ContainerId = "c1", Id = "c1" }.ToByteString();
        Assert.True(runtime.Events.Writer.TryWrite(new Envelope { Event = new() { Value = value } }));
        Assert.Equal("pod-1", await told.Reader.ReadAsync(stop.Token));

        // What the runtime no longer lists is forgotten with the next list.
        await pictures.OverviewAsync(stop.Token);
        Assert.Null(pictures.PodOf("c1"));
        await stop.CancelAsync();
        await following;
    }
}
