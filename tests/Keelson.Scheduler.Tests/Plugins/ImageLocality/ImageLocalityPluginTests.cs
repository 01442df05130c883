using Keelson.Api.Core.V1;
using Keelson.Scheduler.Plugins.ImageLocality;
using Keelson.Scheduler.Snapshot;

namespace Keelson.Scheduler.Tests.Plugins.ImageLocality;

public sealed class ImageLocalityPluginTests
{
    private const long Mebibyte = 1024 * 1024;

    [Theory]
    [InlineData("big", 500, 23)]
    [InlineData("big:latest", 500, 23)]
    [InlineData("registry:5000/big", 500, 0)]
    [InlineData("big", 40, 0)]
    [InlineData("big", 4000, 100)]
    public void Nodes_that_have_the_images_score_by_size_and_spread(string image, long mebibytes, long expected)
    {
        NodeSnapshot snapshot = new();
        Node with = Objects.Node("with");
        with = with with
        {
            Status = with.Status with
            {
                Images = [new ContainerImage { Names = ["big:latest"], SizeBytes = mebibytes * Mebibyte }],
            },
        };
        NodeInfo[] nodes = [snapshot.SetNode(with), snapshot.SetNode(Objects.Node("without"))];
        Pod pod = Objects.Pod("p");
        pod = pod with { Spec = pod.Spec with { Containers = [new Container { Name = "app", Image = image }] } };
        long[] scores = [7, 7];
        new ImageLocalityPlugin(snapshot).Score(new(), pod.Info(), nodes, scores);
        Assert.Equal([expected, 0], scores);
    }
}
