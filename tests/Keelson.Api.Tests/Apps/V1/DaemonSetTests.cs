using Keelson.Api.Apps.V1;
using Keelson.Api.Core.V1;

namespace Keelson.Api.Tests.Apps.V1;

public sealed class DaemonSetTests
{
    private const string Minimal =
        "{ 'metadata': { 'name': 'd' }, 'spec': { 'selector': { 'matchLabels': { 'app': 'web' } }, 'template': { 'metadata': "
        + "{ 'labels': { 'app': 'web' } }, 'spec': { 'containers': [{ 'name': 'c', 'image': 'nginx' }] } } } }";

    [Fact]
    public void The_generation_of_the_template_counts_only_changes_of_the_template()
    {
        DaemonSet old = KindCase.Create<DaemonSet>(Minimal);
        Assert.Equal("1", old.Metadata.Annotations[DaemonSet.TemplateGenerationAnnotation]);
        DaemonSet slower = old with { Spec = old.Spec with { MinReadySeconds = 5 } };
        DaemonSet other =
            old with { Spec = old.Spec with { Template = old.Spec.Template with { Spec = PodSpec.Empty } } };
        Assert.Equal("1", DaemonSet.PrepareForUpdate(slower, old, KindCase.Context).Metadata.Annotations[DaemonSet.TemplateGenerationAnnotation]);
        Assert.Equal(2, DaemonSet.PrepareForUpdate(slower, old, KindCase.Context).Metadata.Generation);
        Assert.Equal("2", DaemonSet.PrepareForUpdate(other, old, KindCase.Context).Metadata.Annotations[DaemonSet.TemplateGenerationAnnotation]);
    }

    [Theory]
    [InlineData("{ 'maxSurge': 1, 'maxUnavailable': 1 }",
        "spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: 1: may not be set when maxUnavailable is non-zero")]
    [InlineData("{ 'maxUnavailable': 0 }", "spec.updateStrategy.rollingUpdate.maxUnavailable: Required value: cannot be 0 when maxSurge is 0")]
    public void Either_surge_or_unavailability_is_given(string rolling, string expected) =>
        Assert.Equal([expected], KindCase.CreateErrors<DaemonSet>(
            Minimal.Replace("'spec': { 'selector'", "'spec': { 'updateStrategy': { 'rollingUpdate': " + rolling + " }, 'selector'")));
}
