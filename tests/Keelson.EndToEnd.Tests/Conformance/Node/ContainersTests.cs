using Keelson.EndToEnd.Tests.Nodes;

namespace Keelson.EndToEnd.Tests.Conformance.Node;

/// <summary>The image's entrypoint and arguments, and the pod's own.</summary>
[Collection(NodeClusterCollection.Name)]
public sealed class ContainersTests(NodeClusterFixture cluster)
{
    private const string Area = "[sig-node] Containers";

    [Fact]
    [Conformance(Area, "should use the image defaults if command and args are blank [NodeConformance]")]
    public async Task Should_use_the_image_defaults_if_command_and_args_are_blank() =>
        Assert.Equal("[arguments image default]\n", await RunAsync(""));

    [Fact]
    [Conformance(Area, "should be able to override the image's default arguments (container cmd) [NodeConformance]")]
    public async Task Should_be_able_to_override_the_images_default_arguments() =>
        Assert.Equal("[arguments override arguments]\n", await RunAsync("args: [override, arguments]"));

    [Fact]
    [Conformance(
        Area, "should be able to override the image's default command (container entrypoint) [NodeConformance]")]
    public async Task Should_be_able_to_override_the_images_default_command() =>
        Assert.Equal("\n", await RunAsync("command: [echo]"));

    [Fact]
    [Conformance(Area, "should be able to override the image's default command and arguments [NodeConformance]")]
    public async Task Should_be_able_to_override_the_images_default_command_and_arguments() =>
        Assert.Equal("override arguments\n", await RunAsync("command: [echo], args: [override, arguments]"));

    private async Task<string> RunAsync(string container)
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        return await space.SucceedAsync(RealManifests.Of(
            "client-containers",
            "restartPolicy: Never",
            $"{{name: c, image: \"entrypoint:1\"{(container.Length > 0 ? ", " + container : "")} }}"));
    }
}
