using Keelson.Api.Core.V1;
using Keelson.Client.Events;
using Keelson.Nodes.Images;
using Keelson.Nodes.Pods;
using Keelson.Nodes.Tests.Nodes;

namespace Keelson.Nodes.Tests.Images;

/// <summary>Pulls that fail.</summary>
public sealed class ImagePullerTests
{
    [Fact]
    public async Task While_a_pull_waits_the_container_says_what_went_wrong_with_the_last()
    {
        using TestNode node = new();
        await using TestRuntime runtime = await TestRuntime.StartAsync(node.DirectoryFor("runtime"));
        runtime.Puller = "somebody";
        await using EventRecorder events = new(node.Api, "kubelet", TestNode.Name, node.Clock);
        ImagePuller puller = new(runtime.Client, new(node.Api, events), events, node.Clock, 1);
        Container wanted = new() { Name = "main", Image = "registry.example/app:1", ImagePullPolicy = "IfNotPresent" };
        Task<ImageOutcome> PullAsync() => puller.EnsureAsync(
            TestNode.PodWith(), new(wanted, ContainerRole.Regular), new(), TestContext.Current.CancellationToken);

        Assert.Equal(new("ErrImagePull", "unauthorized"), (await PullAsync()).Waiting);
        Assert.Equal(
            new(
                "ImagePullBackOff",
                "Back-off pulling image \"registry.example/app:1\": ErrImagePull: unauthorized"),
            (await PullAsync()).Waiting);
    }
}
