using Keelson.Api.Kinds;
using Keelson.Machinery.Values;

namespace Keelson.Api.Autoscaling.V2;

public sealed partial record HorizontalPodAutoscaler
{
    private const string Unknown = "<unknown>";
    private const int MetricsShownMax = 2;

    /// <inheritdoc cref="IKind{T}.Columns"/>
    public static IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.NameColumn,
        TableColumn.Text("Reference", "The workload that is scaled."),
        TableColumn.Text("Targets", "Each metric's value, and what it should be."),
        TableColumn.Text("MinPods", "The smallest number of pods."),
        TableColumn.Text("MaxPods", "The largest number of pods."),
        TableColumn.Text("Replicas", "The present number of pods."),
        TableColumn.AgeColumn,
    ];

    /// <inheritdoc cref="IKind{T}.Cells"/>
    public static object?[] Cells(HorizontalPodAutoscaler obj, TableContext context) =>
    [
        obj.Metadata.Name,
        $"{obj.Spec.ScaleTargetRef.Kind}/{obj.Spec.ScaleTargetRef.Name}",
        TargetsCell(obj.Spec.Metrics, obj.Status.CurrentMetrics),
        obj.Spec.MinReplicas is { } minimum ? $"{minimum}" : "<unset>",
        (long)obj.Spec.MaxReplicas,
        (long)obj.Status.CurrentReplicas,
        context.Age(obj.Metadata.CreationTimestamp),
    ];

    private static string TargetsCell(ApiList<MetricSpec> specs, ApiList<MetricStatus> statuses)
    {
        if (specs.Count == 0)
        {
            return "<none>";
        }

        List<string> shown = [];
        for (int i = 0; i < Math.Min(specs.Count, MetricsShownMax); i++)
        {
            shown.Add(TargetCell(specs[i], i < statuses.Count ? statuses[i] : null));
        }

        string text = string.Join(", ", shown);
        return specs.Count > MetricsShownMax ? $"{text} + {specs.Count - MetricsShownMax} more..." : text;
    }

    private static string TargetCell(MetricSpec spec, MetricStatus? status) => spec switch
    {
        { Type: MetricSourceType.External, External: { } external } =>
            ValueCell(external.Target, status?.External?.Current),
        { Type: MetricSourceType.Pods, Pods: { } pods } =>
            $"{status?.Pods?.Current.AverageValue?.ToString() ?? Unknown}/{pods.Target.AverageValue}",
        { Type: MetricSourceType.Object, Object: { } source } => ValueCell(source.Target, status?.Object?.Current),
        { Type: MetricSourceType.Resource, Resource: { } resource } =>
            UseCell(resource.Name, resource.Target, status?.Resource?.Current),
        { Type: MetricSourceType.ContainerResource, ContainerResource: { } container } =>
            UseCell(container.Name, container.Target, status?.ContainerResource?.Current),
        _ => "<unknown type>",
    };

    private static string ValueCell(MetricTarget target, MetricValueStatus? current) =>
        target.AverageValue is { } average
            ? $"{current?.AverageValue?.ToString() ?? Unknown}/{average} (avg)"
            : $"{current?.Value?.ToString() ?? Unknown}/{target.Value}";

    private static string UseCell(string resource, MetricTarget target, MetricValueStatus? current)
    {
        if (target.AverageValue is { } average)
        {
            return $"{resource}: {current?.AverageValue?.ToString() ?? Unknown}/{average}";
        }

        string present = current?.AverageUtilization is { } used ? $"{used}%" : Unknown;
        string wanted = target.AverageUtilization is { } utilization ? $"{utilization}%" : "<auto>";
        return $"{resource}: {present}/{wanted}";
    }
}
