using Keelson.Nodes.Images;

namespace Keelson.Nodes.Tests.Images;

/// <summary>Names of images.</summary>
public sealed class ImageNameTests
{
    [Theory]
    [InlineData("busybox", "busybox:latest")]
    [InlineData("busybox:1.36", "busybox:1.36")]
    [InlineData("localhost:5000/a/b", "localhost:5000/a/b:latest")]
    [InlineData("quay.io/x/y:z", "quay.io/x/y:z")]
    public void Names_get_a_tag(string image, string wanted)
    {
        Assert.Null(ImageName.TryNormalize(image, out string name));
        Assert.Equal(wanted, name);
    }

    [Fact]
    public void Wrong_names_are_told_in_upstreams_words()
    {
        Assert.Equal(
            "couldn't parse image name \"FOO\": invalid reference format: repository name (library/FOO) must be "
                + "lowercase",
            ImageName.TryNormalize("FOO", out _));
        Assert.Equal(
            "couldn't parse image name \"a b\": invalid reference format", ImageName.TryNormalize("a b", out _));
    }

    [Theory]
    [InlineData("busybox", "docker.io/library/busybox")]
    [InlineData("user/app:1", "docker.io/user/app")]
    [InlineData("localhost:5000/a/b@sha256:0123", "localhost:5000/a/b")]
    public void Repositories_are_told_from_names(string image, string wanted) =>
        Assert.Equal(wanted, ImageName.FullRepository(image));
}
