using Keelson.Nodes.Cri;

namespace Keelson.Nodes.Tests;

/// <summary>The runtime's methods by their names on the wire.</summary>
public sealed class CriMethodTests
{
    [Fact]
    public void Methods_are_of_the_service_that_has_them()
    {
        Assert.Equal("/runtime.v1.RuntimeService/RunPodSandbox", CriMethods.RunPodSandbox.Path);
        Assert.Equal("/runtime.v1.ImageService/PullImage", CriMethods.PullImage.Path);
    }
}
