using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

public sealed partial record Node
{
    private const string RoleLabelPrefix = "node-role.kubernetes.io/";
    private const string RoleLabel = "kubernetes.io/role";
    private const string None = "<none>";

    /// <inheritdoc/>
    public static IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.NameColumn,
        TableColumn.Text("Status", "Whether the node is ready, and whether new pods may be put there."),
        TableColumn.Text("Roles", "The roles that labels give the node."),
        TableColumn.AgeColumn,
        TableColumn.Text("Version", "The version of the node agent."),
        TableColumn.Text("Internal-IP", "The node's first address inside the cluster.", 1),
        TableColumn.Text("External-IP", "The node's first address outside of it.", 1),
        TableColumn.Text("OS-Image", "The operating system.", 1),
        TableColumn.Text("Kernel-Version", "The kernel.", 1),
        TableColumn.Text("Container-Runtime", "The container runtime and its version.", 1),
    ];

    /// <inheritdoc/>
    public static object?[] Cells(Node obj, TableContext context) =>
    [
        obj.Metadata.Name,
        StatusText(obj),
        Roles(obj),
        context.Age(obj.Metadata.CreationTimestamp),
        obj.Status.NodeInfo.KubeletVersion,
        AddressOf(obj, NodeAddressType.InternalIP),
        AddressOf(obj, NodeAddressType.ExternalIP),
        OrUnknown(obj.Status.NodeInfo.OsImage),
        OrUnknown(obj.Status.NodeInfo.KernelVersion),
        OrUnknown(obj.Status.NodeInfo.ContainerRuntimeVersion),
    ];

    private static string StatusText(Node obj)
    {
        string text = "Unknown";
        foreach (NodeCondition condition in obj.Status.Conditions)
        {
            if (condition.Type == NodeConditionType.Ready)
            {
                text = condition.Status == "True" ? "Ready" : "NotReady";
            }
        }

        return obj.Spec.Unschedulable ? text + ",SchedulingDisabled" : text;
    }

    private static string Roles(Node obj)
    {
        SortedSet<string> roles = new(StringComparer.Ordinal);
        foreach (KeyValuePair<string, string> label in obj.Metadata.Labels)
        {
            if (label.Key.Length > RoleLabelPrefix.Length && label.Key.StartsWith(RoleLabelPrefix, StringComparison.Ordinal))
            {
                roles.Add(label.Key[RoleLabelPrefix.Length..]);
            }
            else if (label.Key == RoleLabel && label.Value.Length > 0)
            {
                roles.Add(label.Value);
            }
        }

        return roles.Count == 0 ? None : string.Join(',', roles);
    }

    private static string AddressOf(Node obj, string type)
    {
        foreach (NodeAddress address in obj.Status.Addresses)
        {
            if (address.Type == type)
            {
                return address.Address;
            }
        }

        return None;
    }

    private static string OrUnknown(string text) => text.Length == 0 ? "<unknown>" : text;
}
