using Keelson.Api.Apps.V1;

namespace Keelson.Api.Tests.Apps.V1;

public sealed class DeploymentTests
{
    private const string Template =
        "'template': { 'metadata': { 'labels': { 'app': 'web' } }, 'spec': { 'containers': [{ 'name': 'c', 'image': 'nginx' }] } }";

    [Fact]
    public void An_update_rolls_out_a_quarter_at_a_time_unless_told_otherwise()
    {
        DeploymentSpec spec = KindCase.Read<Deployment>("{ 'spec': { " + Template + " } }").Spec;
        Assert.Equal(1, spec.Replicas);
        Assert.Equal(600, spec.ProgressDeadlineSeconds);
        Assert.Equal(
            "{\"type\":\"RollingUpdate\",\"rollingUpdate\":{\"maxUnavailable\":\"25%\",\"maxSurge\":\"25%\"}}",
            KindCase.Json(spec.Strategy));
    }

    [Fact]
    public void A_change_of_annotations_bumps_the_generation_a_change_of_labels_does_not()
    {
        Deployment old = Valid();
        Assert.Equal(1, old.Metadata.Generation);
        Deployment labelled = old with { Metadata = old.Metadata with { Labels = old.Metadata.Labels.With("a", "b") } };
        Deployment annotated =
            old with { Metadata = old.Metadata with { Annotations = old.Metadata.Annotations.With("a", "b") } };
        Assert.Equal(1, Deployment.PrepareForUpdate(labelled, old, KindCase.Context).Metadata.Generation);
        Assert.Equal(2, Deployment.PrepareForUpdate(annotated, old, KindCase.Context).Metadata.Generation);
    }

    [Fact]
    public void A_status_update_keeps_spec_and_labels()
    {
        Deployment old = Valid();
        Deployment sent = old with
        {
            Metadata = old.Metadata with { Labels = old.Metadata.Labels.With("a", "b") },
            Spec = old.Spec with { Replicas = 9 },
            Status = new() { Replicas = 3 },
        };
        Deployment result = Deployment.Subresources[0].Prepare(sent, old, KindCase.Context);
        Assert.Equal(old with { Status = sent.Status }, result);
    }

    [Theory]
    [InlineData("'replicas': -1", "spec.replicas: Invalid value: -1: must be greater than or equal to 0")]
    [InlineData("'strategy': { 'rollingUpdate': { 'maxSurge': 0, 'maxUnavailable': '0%' } }",
        "spec.strategy.rollingUpdate.maxUnavailable: Invalid value: \"0%\": may not be 0 when `maxSurge` is 0")]
    [InlineData("'strategy': { 'rollingUpdate': { 'maxUnavailable': '101%' } }",
        "spec.strategy.rollingUpdate.maxUnavailable: Invalid value: \"101%\": must not be greater than 100%")]
    [InlineData("'strategy': { 'type': 'Recreate', 'rollingUpdate': {} }",
        "spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'")]
    [InlineData("'strategy': { 'type': 'Foo' }",
        "spec.strategy: Unsupported value: {\"Type\":\"Foo\",\"RollingUpdate\":null}: supported values: \"Recreate\", \"RollingUpdate\"")]
    [InlineData("'progressDeadlineSeconds': 5, 'minReadySeconds': 5",
        "spec.progressDeadlineSeconds: Invalid value: 5: must be greater than minReadySeconds")]
    public void Fields_are_checked(string field, string expected) =>
        Assert.Equal([expected], KindCase.CreateErrors<Deployment>(
            "{ 'metadata': { 'name': 'd' }, 'spec': { 'selector': { 'matchLabels': { 'app': 'web' } }, " + field + ", " + Template + " } }"));

    [Fact]
    public void The_selector_stays_what_it_was()
    {
        Deployment old = Valid();
        Deployment changed = old with { Spec = old.Spec with { Selector = new() { MatchLabels = old.Spec.Template.Metadata.Labels.Without("x") , MatchExpressions = [new() { Key = "app", Operator = "Exists" }] } } };
        Assert.Equal(
            ["spec.selector: Invalid value: {\"matchLabels\":{\"app\":\"web\"},\"matchExpressions\":[{\"key\":\"app\",\"operator\":\"Exists\"}]}: field is immutable"],
            KindCase.UpdateErrors(changed, old));
    }

    [Fact]
    public void A_scale_names_the_pods_and_takes_new_replicas()
    {
        Deployment obj = Valid() with { Status = new() { Replicas = 2 } };
        Assert.Equal("{\"replicas\":2,\"selector\":\"app=web\"}", KindCase.Json(obj.ToScale().Status));
        Assert.Equal(7, ((Deployment)obj.WithReplicas(7)).Spec.Replicas);
    }

    private static Deployment Valid() => KindCase.Create<Deployment>(
        "{ 'metadata': { 'name': 'd' }, 'spec': { 'selector': { 'matchLabels': { 'app': 'web' } }, " + Template + " } }");
}
