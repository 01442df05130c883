using System.Net;

namespace Keelson.EndToEnd.Tests.Nodes;

/// <summary>The images and the registry that tests of real nodes use.</summary>
public sealed class TestRegistryTests
{
    [Fact]
    public async Task A_pushed_image_is_served()
    {
        Assert.SkipUnless(
            TestRegistry.IsInstalled && TestImage.CanBuild, "docker-registry, busybox-static or nginx are missing");
        string directory = Directory.CreateTempSubdirectory("keelson-registry-").FullName;
        await using (TestRegistry registry = await TestRegistry.StartAsync(directory))
        {
            await registry.PushAsync(TestImage.Nginx("library/nginx:1.25"));
            using HttpClient client = new();
            client.DefaultRequestHeaders.Add("Accept", "application/vnd.docker.distribution.manifest.v2+json");
            using HttpResponseMessage answer = await client.GetAsync(registry.Url + "/v2/library/nginx/manifests/1.25");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        Directory.Delete(directory, recursive: true);
    }
}
