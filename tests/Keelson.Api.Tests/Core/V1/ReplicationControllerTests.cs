using Keelson.Api.Core.V1;

namespace Keelson.Api.Tests.Core.V1;

public sealed class ReplicationControllerTests
{
    [Fact]
    public void Selector_and_labels_follow_the_template()
    {
        ReplicationController obj = KindCase.Read<ReplicationController>(
            "{ 'metadata': { 'name': 'r' }, 'spec': { 'template': { 'metadata': { 'labels': { 'app': 'x' } }, 'spec': {} } } }");
        Assert.Equal(1, obj.Spec.Replicas);
        Assert.Equal("x", obj.Spec.Selector["app"]);
        Assert.Equal("x", obj.Metadata.Labels["app"]);
    }

    [Fact]
    public void Without_a_template_nothing_can_run() => Assert.Equal(
        ["spec.selector: Required value", "spec.template: Required value"],
        KindCase.CreateErrors<ReplicationController>("{ 'metadata': { 'name': 'r' }, 'spec': {} }"));
}
