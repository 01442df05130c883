using Keelson.Machinery.Trees;

namespace Keelson.Machinery.Patches;

/// <summary>JSON Merge Patch (RFC 7396) as upstream applies it.</summary>
public static class MergePatch
{
    /// <summary>
    /// The patched document: objects merge, null removes, everything else replaces. Subtrees are shared with both
    /// inputs, neither of which is changed.
    /// </summary>
    /// <param name="document">What is patched.</param>
    /// <param name="patch">The patch; not an object replaces the document.</param>
    /// <exception cref="PatchException">The patch is null.</exception>
    public static Tree Apply(Tree document, Tree patch) => patch is NullTree
        ? throw new PatchException(PatchFailure.BadRequest, "Invalid JSON Patch")
        : Merge(document, patch);

    private static Tree Merge(Tree document, Tree patch)
    {
        if (patch is not ObjectTree changes)
        {
            return document is ObjectTree ? patch : WithoutNulls(patch);
        }

        if (document is not ObjectTree fields)
        {
            return WithoutNulls(patch);
        }

        ObjectTree merged = new(fields.Count + changes.Count);
        foreach (KeyValuePair<string, Tree> field in fields.AsSpan())
        {
            if (!changes.TryGet(field.Key, out Tree? change))
            {
                merged.Append(field.Key, field.Value);
            }
            else if (change is not NullTree)
            {
                merged.Append(field.Key, field.Value is NullTree ? WithoutNulls(change) : Merge(field.Value, change));
            }
        }

        foreach (KeyValuePair<string, Tree> change in changes.AsSpan())
        {
            if (change.Value is not NullTree && !fields.Contains(change.Key))
            {
                merged.Append(change.Key, WithoutNulls(change.Value));
            }
        }

        return merged;
    }

    /// <summary>
    /// What is new has nothing to remove: nulls in its objects go, those in lists are elements and stay.
    /// </summary>
    private static Tree WithoutNulls(Tree tree)
    {
        switch (tree)
        {
            case ObjectTree node:
                ObjectTree bare = new(node.Count);
                foreach (KeyValuePair<string, Tree> field in node.AsSpan())
                {
                    if (field.Value is not NullTree)
                    {
                        bare.Append(field.Key, WithoutNulls(field.Value));
                    }
                }

                return bare;
            case ListTree list:
                return new ListTree(list.Items.ConvertAll(WithoutNulls));
            default:
                return tree;
        }
    }
}
