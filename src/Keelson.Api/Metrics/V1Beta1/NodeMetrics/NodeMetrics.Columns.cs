using Keelson.Api.Kinds;

namespace Keelson.Api.Metrics.V1Beta1;

public sealed partial record NodeMetrics
{
    /// <inheritdoc cref="IKind{T}.Columns"/>
    public static IReadOnlyList<TableColumn> Columns => MetricsColumns.All;

    /// <inheritdoc cref="IKind{T}.Cells"/>
    public static object?[] Cells(NodeMetrics obj, TableContext context) =>
        MetricsColumns.Cells(obj.Metadata.Name, [obj.Usage], obj.Window);
}
