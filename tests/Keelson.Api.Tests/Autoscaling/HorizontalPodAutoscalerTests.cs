using V1 = Keelson.Api.Autoscaling.V1;
using V2 = Keelson.Api.Autoscaling.V2;

namespace Keelson.Api.Tests.Autoscaling;

public sealed class HorizontalPodAutoscalerTests
{
    private const string Target =
        "'scaleTargetRef': { 'apiVersion': 'apps/v1', 'kind': 'Deployment', 'name': 'web' }, 'maxReplicas': 9";

    private const string AllMetrics =
        "[{ 'type': 'Pods', 'pods': { 'metric': { 'name': 'pps' }, 'target': { 'type': 'AverageValue', 'averageValue': '1k' } } },"
        + "{ 'type': 'Object', 'object': { 'metric': { 'name': 'rps', 'selector': { 'matchLabels': { 'verb': 'GET' } } }, "
        + "'describedObject': { 'apiVersion': 'v1', 'kind': 'Service', 'name': 's' }, 'target': { 'type': 'Value', 'value': '10k' } } },"
        + "{ 'type': 'External', 'external': { 'metric': { 'name': 'q' }, 'target': { 'type': 'AverageValue', 'averageValue': '30' } } },"
        + "{ 'type': 'ContainerResource', 'containerResource': { 'name': 'cpu', 'container': 'app', 'target': { 'type': 'Utilization', 'averageUtilization': 60 } } },"
        + "{ 'type': 'Resource', 'resource': { 'name': 'memory', 'target': { 'type': 'AverageValue', 'averageValue': '1Gi' } } },"
        + "{ 'type': 'Resource', 'resource': { 'name': 'cpu', 'target': { 'type': 'Utilization', 'averageUtilization': 50 } } }]";

    private const string Status =
        "'status': { 'observedGeneration': 3, 'currentReplicas': 2, 'desiredReplicas': 3, 'currentMetrics': [{ 'type': 'Resource', 'resource': "
        + "{ 'name': 'cpu', 'current': { 'averageUtilization': 30, 'averageValue': '300m' } } }], "
        + "'conditions': [{ 'type': 'AbleToScale', 'status': 'True', 'lastTransitionTime': '2024-01-01T00:00:00Z', 'reason': 'R', 'message': 'M' }] }";

    [Fact]
    public void Nothing_is_lost_through_the_old_version()
    {
        V2.HorizontalPodAutoscaler stored = KindCase.Read<V2.HorizontalPodAutoscaler>(
            "{ 'metadata': { 'name': 'h', 'annotations': { 'keep': 'me' } }, 'spec': { "
                + Target
                + ", 'metrics': "
                + AllMetrics
            + ", 'behavior': { 'scaleUp': { 'tolerance': '50m' } } }, " + Status + " }");
        V1.HorizontalPodAutoscaler old = V1.HorizontalPodAutoscaler.FromStored(stored);
        Assert.Equal(50, old.Spec.TargetCPUUtilizationPercentage);
        Assert.Equal(30, old.Status.CurrentCPUUtilizationPercentage);
        Assert.Equal(KindCase.Json(stored), KindCase.Json(V1.HorizontalPodAutoscaler.ToStored(old)));
    }

    [Fact]
    public void Annotations_that_can_not_be_read_are_dropped()
    {
        V1.HorizontalPodAutoscaler obj = KindCase.Create<V1.HorizontalPodAutoscaler>(
            "{ 'metadata': { 'name': 'h', 'annotations': { 'autoscaling.alpha.kubernetes.io/metrics': '{not json' } }, 'spec': { " + Target + " } }");
        Assert.Empty(obj.Metadata.Annotations);
        Assert.Equal(80, obj.Spec.TargetCPUUtilizationPercentage);
    }

    [Theory]
    [InlineData("'scaleTargetRef': { 'apiVersion': 'v1', 'kind': 'Pod', 'name': 'p' }, 'maxReplicas': 9",
        "spec.scaleTargetRef.apiVersion: Invalid value: \"v1\": apiVersion must specify API group")]
    [InlineData("'scaleTargetRef': { 'apiVersion': 'v1', 'kind': 'ReplicationController', 'name': 'p' }, 'maxReplicas': 9")]
    [InlineData(Target + ", 'minReplicas': 0", "spec.minReplicas: Invalid value: 0: must be greater than or equal to 1",
        "spec.metrics: Forbidden: must specify at least one Object or External metric to support scaling to zero replicas")]
    [InlineData(Target + ", 'metrics': [{ 'type': 'Foo' }]",
        "spec.metrics[0].type: Unsupported value: \"Foo\": supported values: \"ContainerResource\", \"External\", \"Object\", \"Pods\", \"Resource\"")]
    public void Specs_are_checked(string spec, params string[] expected) =>
        Assert.Equal(expected, KindCase.CreateErrors<V2.HorizontalPodAutoscaler>("{ 'metadata': { 'name': 'h' }, 'spec': { " + spec + " } }"));

    [Fact]
    public void A_table_shows_two_metrics_and_counts_the_rest()
    {
        V2.HorizontalPodAutoscaler obj = KindCase.Read<V2.HorizontalPodAutoscaler>(
            "{ 'metadata': { 'name': 'h' }, 'spec': { " + Target + ", 'metrics': " + AllMetrics + " } }");
        object?[] cells = V2.HorizontalPodAutoscaler.Cells(obj, new(KindCase.Context.Now));
        Assert.Equal(
            ["h", "Deployment/web", "<unknown>/1k, <unknown>/10k + 4 more...", "1", 9L, 0L, "<unknown>"], cells);
    }
}
