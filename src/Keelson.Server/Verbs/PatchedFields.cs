using Keelson.Api.Kinds;
using Keelson.Machinery.Trees;

namespace Keelson.Server.Verbs;

/// <summary>Finds out which of an object's own fields (<c>metadata</c>, <c>spec</c>…) a patch is about.</summary>
internal static class PatchedFields
{
    /// <summary>
    /// The fields that a patch names, as <see cref="ApiKind.FieldBit"/> counts them; 0 when it says more than that:
    /// names what the kind does not have, has directives for the object as a whole, or is malformed.
    /// </summary>
    public static ulong Of(ApiKind kind, Tree patch)
    {
        ulong fields = 0;
        switch (patch)
        {
            case ObjectTree merge:
                foreach (KeyValuePair<string, Tree> field in merge.AsSpan())
                {
                    if (!TryAdd(kind, field.Key, ref fields))
                    {
                        return 0;
                    }
                }

                break;
            case ListTree operations:
                foreach (Tree operation in operations.Items)
                {
                    if (operation is not ObjectTree one
                        || !TryAddPath(kind, one["path"], ref fields)
                        || (one["from"] is { } from && !TryAddPath(kind, from, ref fields)))
                    {
                        return 0;
                    }
                }

                break;
        }

        return fields;
    }

    /// <summary>Adds the first step of a path that goes further than that.</summary>
    private static bool TryAddPath(ApiKind kind, Tree? pointer, ref ulong fields)
    {
        if (pointer is not TextTree { Value: ['/', .. string path] })
        {
            return false;
        }

        int slash = path.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && TryAdd(kind, path[..slash], ref fields);
    }

    private static bool TryAdd(ApiKind kind, string name, ref ulong fields)
    {
        ulong bit = kind.FieldBit(name);
        fields |= bit;
        return bit != 0;
    }
}
