using System.Collections.Concurrent;
using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Trees;

namespace Keelson.Server.Verbs;

/// <summary>Finds out which of an object's own fields (<c>metadata</c>, <c>spec</c>…) a patch is about.</summary>
internal static class PatchedFields
{
    private static readonly ConcurrentDictionary<ApiKind, bool> WithRawJson = new();

    /// <summary>
    /// The fields that a patch names, as <see cref="ApiKind.FieldBit"/> counts them; 0 when it says more than that:
    /// names what the kind does not have, has directives for the object as a whole, or is malformed. Also 0 for kinds
    /// that keep JSON as it came: a patch of any of their fields writes it anew, without its blanks.
    /// </summary>
    public static ulong Of(ApiKind kind, Tree patch)
    {
        if (WithRawJson.GetOrAdd(kind, static one => HoldsRawJson(one.Schema, [])))
        {
            return 0;
        }

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

    /// <summary>Managed fields, in metadata, do not count: they are the server's own.</summary>
    private static bool HoldsRawJson(TypeSchema schema, HashSet<TypeSchema> seen) => schema.Type == SchemaType.Any
        || (seen.Add(schema)
            && ((schema.Element is { } element && HoldsRawJson(element, seen))
                || schema.Fields.Any(field => field.Name != "metadata" && HoldsRawJson(field.Type, seen))));

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
