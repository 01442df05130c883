using Keelson.Api.Kinds;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

public sealed partial record Service
{
    private const string None = "<none>";

    /// <inheritdoc/>
    public static IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.NameColumn,
        TableColumn.Text("Type", "How the service is reached."),
        TableColumn.Text("Cluster-IP", "Its first address inside the cluster."),
        TableColumn.Text("External-IP", "Its addresses or names outside of it."),
        TableColumn.Text("Port(s)", "Its ports, with those on the nodes where there are any."),
        TableColumn.AgeColumn,
        TableColumn.Text("Selector", "The labels of the pods behind it.", 1),
    ];

    /// <inheritdoc/>
    public static object?[] Cells(Service obj, TableContext context) =>
    [
        obj.Metadata.Name,
        obj.Spec.Type,
        obj.Spec.ClusterIPs.Count > 0 ? obj.Spec.ClusterIPs[0] : None,
        ExternalAddresses(obj),
        obj.Spec.Ports.Count == 0 ? None : string.Join(',', obj.Spec.Ports.Select(Format)),
        context.Age(obj.Metadata.CreationTimestamp),
        obj.Spec.Selector.Count == 0 ? None : string.Join(',', obj.Spec.Selector.Select(pair => pair.Key + "=" + pair.Value)),
    ];

    private static string ExternalAddresses(Service obj)
    {
        ApiList<string> external = obj.Spec.ExternalIPs;
        switch (obj.Spec.Type)
        {
            case ServiceType.ClusterIP or ServiceType.NodePort:
                return external.Count == 0 ? None : string.Join(',', external);
            case ServiceType.LoadBalancer:
                SortedSet<string> balanced = new(
                    obj.Status.LoadBalancer.Ingress.Select(one => one.Ip.Length > 0 ? one.Ip : one.Hostname).Where(one => one.Length > 0),
                    StringComparer.Ordinal);
                string text = string.Join(',', balanced.Concat(external));
                return text.Length == 0 ? "<pending>" : text;
            case ServiceType.ExternalName:
                return obj.Spec.ExternalName;
            default:
                return "<unknown>";
        }
    }

    private static string Format(ServicePort port) => port.NodePort > 0
        ? $"{port.Port}:{port.NodePort}/{port.Protocol}"
        : $"{port.Port}/{port.Protocol}";
}
