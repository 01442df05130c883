using Keelson.Clusters;
using Keelson.Machinery.Trees;
using Keelson.Machinery.Values;
using Keelson.Printing;

namespace Keelson.Commands.Get;

/// <summary><c>--sort-by</c>: rows and objects by what a path finds in them.</summary>
internal static class TableSorting
{
    /// <summary>One table a kind, with the rows of all parts in order.</summary>
    public static List<(ApiResource Resource, ObjectTree Table)> Sort(
        List<(ApiResource Resource, ObjectTree Table)> tables, string path)
    {
        JsonPath by = JsonPath.Relaxed(path);
        List<(ApiResource, ObjectTree)> sorted = [];
        foreach (var group in tables.GroupBy(table => table.Resource))
        {
            List<ObjectTree> rows = [.. group.SelectMany(table => table.Table.Objects("rows"))];
            ObjectTree first = group.First().Table;
            first["rows"] = new ListTree([.. Ordered(rows, row => by.Find(row.Node("object") ?? row))]);
            sorted.Add((group.Key, first));
        }

        return sorted;
    }

    /// <summary>The objects in order.</summary>
    public static List<ObjectTree> Sort(List<ObjectTree> objects, string path)
    {
        JsonPath by = JsonPath.Relaxed(path);
        return [.. Ordered(objects, obj => by.Find(obj))];
    }

    private static IEnumerable<ObjectTree> Ordered(
        List<ObjectTree> objects, Func<ObjectTree, IReadOnlyList<Tree>> find) =>
        objects.Select(obj => (Object: obj, Value: find(obj).FirstOrDefault()))
            .OrderBy(one => one.Value, Comparer<Tree?>.Create(Compare))
            .Select(one => one.Object);

    /// <summary>What is not there comes first; quantities count as such.</summary>
    private static int Compare(Tree? left, Tree? right) => (left, right) switch
    {
        (null, null) => 0,
        (null, _) => -1,
        (_, null) => 1,
        (TextTree one, TextTree other) => Quantity.TryParse(one.Value, out Quantity first, out _)
            && Quantity.TryParse(other.Value, out Quantity second, out _)
                ? first.CompareTo(second)
                : string.CompareOrdinal(one.Value, other.Value),
        (IntegerTree one, IntegerTree other) => one.Value.CompareTo(other.Value),
        (BoolTree one, BoolTree other) => one.Value.CompareTo(other.Value),
        _ => string.CompareOrdinal(GoTree.Verb(left), GoTree.Verb(right)),
    };
}
