using Keelson.Clusters;
using Keelson.Machinery.Trees;
using Keelson.Resources;

namespace Keelson.Commands.Apply;

/// <summary>
/// Objects that were applied without --server-side before have fields of that manager, which would stay for ever when a
/// file drops them. So these fields are given to the manager of now.
/// </summary>
internal static class ManagerMigration
{
    private const string ClientSide = "kubectl-client-side-apply";

    public static async Task<ObjectTree> RunAsync(
        ClusterConnection cluster,
        FoundObject wanted,
        ObjectTree applied,
        string manager,
        string query,
        CancellationToken cancellation)
    {
        List<ObjectTree> entries = [.. applied.Objects("metadata", "managedFields")];
        ObjectTree? old = entries.FirstOrDefault(one => one.TextAt("manager") == ClientSide
            && one.TextAt("operation") == "Update" && one.TextAt("subresource").Length == 0);
        ObjectTree? own = entries.FirstOrDefault(one => one.TextAt("manager") == manager
            && one.TextAt("operation") == "Apply" && one.TextAt("subresource").Length == 0);
        if (old?.Node("fieldsV1") is not { } fields || own?.Node("fieldsV1") is not { } ownFields || query.Length > 0)
        {
            return applied;
        }

        entries.Remove(old);
        own["fieldsV1"] = Union(ownFields, fields);
        ListTree operations = new(
        [
            Replace("/metadata/managedFields", new ListTree([.. entries])),
            Replace("/metadata/resourceVersion", new TextTree(applied.TextAt("metadata", "resourceVersion"))),
        ]);
        return await cluster.CallAsync(
            HttpMethod.Patch,
            wanted.Path(),
            new RequestBody(operations.ToJson(), "application/json-patch+json"),
            cancellation);
    }

    private static ObjectTree Replace(string path, Tree value) => new()
    {
        ["op"] = new TextTree("replace"),
        ["path"] = new TextTree(path),
        ["value"] = value,
    };

    private static ObjectTree Union(ObjectTree left, ObjectTree right)
    {
        ObjectTree all = left.DeepClone();
        foreach ((string name, Tree value) in right.Fields)
        {
            all[name] = all[name] is ObjectTree there && value is ObjectTree node ? Union(there, node) : value;
        }

        return all;
    }
}
