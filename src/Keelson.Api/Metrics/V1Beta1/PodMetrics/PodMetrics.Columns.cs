using Keelson.Api.Kinds;

namespace Keelson.Api.Metrics.V1Beta1;

public sealed partial record PodMetrics
{
    /// <inheritdoc cref="IKind{T}.Columns"/>
    public static IReadOnlyList<TableColumn> Columns => MetricsColumns.All;

    /// <inheritdoc cref="IKind{T}.Cells"/>
    public static object?[] Cells(PodMetrics obj, TableContext context) =>
        MetricsColumns.Cells(obj.Metadata.Name, obj.Containers.Select(static one => one.Usage), obj.Window);
}
