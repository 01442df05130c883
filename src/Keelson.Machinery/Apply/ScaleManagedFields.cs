using Keelson.Machinery.Values;
using Keelson.Machinery.Wire;

namespace Keelson.Machinery.Apply;

/// <summary>
/// Managed fields on their way between an object and its scale subresource: there the one field is
/// <c>.spec.replicas</c> of <c>autoscaling/v1</c>, here it is wherever the kind keeps its replicas.
/// </summary>
/// <param name="apiVersion">The version of the object in which fields gained through scale are named.</param>
/// <param name="replicasPath">
/// Where a version keeps replicas, e.g. <c>["spec", "replicas"]</c>; null for a version that has no scale, an empty
/// path for one that is not known (any more).
/// </param>
public sealed class ScaleManagedFields(string apiVersion, Func<string, IReadOnlyList<string>?> replicasPath)
{
    private const string ScaleVersion = "autoscaling/v1";

    private static readonly PathElement[] InScale = [PathElement.OfField("spec"), PathElement.OfField("replicas")];

    /// <summary>The entries that the scale object shows: who owns the replicas.</summary>
    /// <exception cref="DecodeException">An entry is malformed.</exception>
    public ApiList<ManagedFieldsEntry> ToScale(ApiList<ManagedFieldsEntry> parentEntries)
    {
        Managers scale = new();
        foreach ((ManagerKey key, ManagerFields fields) in Decode(parentEntries).All)
        {
            if (TryPath(fields.ApiVersion, out PathElement[]? path) && path is not null && fields.Set.Contains(path))
            {
                scale[key] = fields with { Set = FieldSet.Of(InScale), ApiVersion = ScaleVersion };
            }
        }

        return scale.Encode();
    }

    /// <summary>
    /// The object's entries after a write through scale: owners that lost the replicas there lose them here.
    /// </summary>
    /// <exception cref="DecodeException">An entry is malformed.</exception>
    public ApiList<ManagedFieldsEntry> ToParent(ApiList<ManagedFieldsEntry> parentEntries,
        ApiList<ManagedFieldsEntry> scaleEntries)
    {
        Managers parent = Decode(parentEntries);
        Managers scale = Decode(scaleEntries);
        Managers merged = new();
        foreach ((ManagerKey key, ManagerFields fields) in parent.All)
        {
            if (!TryPath(fields.ApiVersion, out PathElement[]? path))
            {
                continue;
            }

            if (path is null || !fields.Set.Contains(path))
            {
                merged[key] = fields;
            }
            else if (scale.TryGet(key, out _))
            {
                merged[key] = fields;
                scale.Remove(key);
            }
            else
            {
                FieldSet rest = fields.Set.Except(FieldSet.Of(path));
                if (!rest.IsEmpty)
                {
                    merged[key] = fields with { Set = rest };
                }
            }
        }

        foreach ((ManagerKey key, ManagerFields fields) in scale.All)
        {
            if (fields.Set.Contains(InScale) && TryPath(apiVersion, out PathElement[]? path) && path is not null)
            {
                // As upstream has it, a manager new to the object starts without a time.
                Time? time = parent.TryGet(key, out ManagerFields known) ? known.Time : null;
                merged[key] = fields with { Set = FieldSet.Of(path), ApiVersion = apiVersion, Time = time };
            }
        }

        return merged.Encode();
    }

    private static Managers Decode(ApiList<ManagedFieldsEntry> entries) =>
        Managers.TryDecode(entries, out Managers managers, out string? error) ? managers
            : throw new DecodeException(error);

    /// <summary>False for a version that is not known, whose entries are dropped.</summary>
    private bool TryPath(string version, out PathElement[]? path)
    {
        IReadOnlyList<string>? names = replicasPath(version);
        path = names is null ? null : [.. names.Select(PathElement.OfField)];
        return names is not { Count: 0 };
    }
}
