using Keelson.Machinery.Trees;

namespace Keelson.Machinery.Apply;

/// <summary>
/// A total order of values: numbers, texts, booleans, lists, objects, null; numbers compare by amount.
/// </summary>
internal static class TreeOrder
{
    public static int Compare(Tree left, Tree right)
    {
        switch (left, right)
        {
            case (IntegerTree one, IntegerTree other):
                return one.Value.CompareTo(other.Value);
            case (TextTree one, TextTree other):
                return Utf8Order.Compare(one.Value, other.Value);
            case (IntegerTree or FloatTree, IntegerTree or FloatTree):
                return Amount(left).CompareTo(Amount(right));
            case (BoolTree one, BoolTree other):
                return one.Value.CompareTo(other.Value);
            case (ListTree one, ListTree other):
                return Compare(one, other);
            case (ObjectTree one, ObjectTree other):
                return Compare(one, other);
            default:
                return Rank(left).CompareTo(Rank(right));
        }
    }

    public static int Hash(Tree tree) => tree switch
    {
        TextTree text => text.Value.GetHashCode(StringComparison.Ordinal),
        IntegerTree or FloatTree => Amount(tree).GetHashCode(),
        BoolTree truth => truth.Value ? 1 : 2,
        _ => Rank(tree),
    };

    private static int Compare(ListTree left, ListTree right)
    {
        for (int i = 0; i < left.Items.Count && i < right.Items.Count; i++)
        {
            int order = Compare(left.Items[i], right.Items[i]);
            if (order != 0)
            {
                return order;
            }
        }

        return left.Items.Count.CompareTo(right.Items.Count);
    }

    private static int Compare(ObjectTree left, ObjectTree right)
    {
        List<KeyValuePair<string, Tree>> fields = TreeExtensions.Sorted(left);
        List<KeyValuePair<string, Tree>> others = TreeExtensions.Sorted(right);
        for (int i = 0; i < fields.Count && i < others.Count; i++)
        {
            int order = Utf8Order.Compare(fields[i].Key, others[i].Key);
            order = order != 0 ? order : Compare(fields[i].Value, others[i].Value);
            if (order != 0)
            {
                return order;
            }
        }

        return fields.Count.CompareTo(others.Count);
    }

    private static double Amount(Tree number) => number is IntegerTree whole ? whole.Value : ((FloatTree)number).Value;

    private static int Rank(Tree tree) => tree switch
    {
        FloatTree or IntegerTree => 0,
        TextTree => 1,
        BoolTree => 2,
        ListTree => 3,
        ObjectTree => 4,
        _ => 5,
    };
}
