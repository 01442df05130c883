using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>
/// What a claim's volume is filled from. The older field takes claims and snapshots only and drops everything else without a
/// word; the newer one takes anything. They show the same unless both were given.
/// </summary>
internal static class ClaimSources
{
    private const string SnapshotGroup = "snapshot.storage.k8s.io";

    /// <summary>Sources in other namespaces are not offered; a claim that has one already keeps it.</summary>
    public static PersistentVolumeClaimSpec DropForeign(PersistentVolumeClaimSpec spec, PersistentVolumeClaimSpec? old) =>
        !string.IsNullOrEmpty(spec.DataSourceRef?.Namespace) && old?.DataSourceRef is null ? spec with { DataSourceRef = null } : spec;

    /// <summary>Drops what the older field can't take, unless the claim has a source already.</summary>
    public static PersistentVolumeClaimSpec DropUnknown(PersistentVolumeClaimSpec spec, PersistentVolumeClaimSpec? old)
    {
        bool inUse = old is not null && (old.DataSource is not null || old.DataSourceRef is not null);
        if (inUse || spec.DataSourceRef is not null || spec.DataSource is not { } source)
        {
            return spec;
        }

        bool known = string.IsNullOrEmpty(source.ApiGroup)
            ? source.Kind == "PersistentVolumeClaim"
            : source is { ApiGroup: SnapshotGroup, Kind: "VolumeSnapshot" };
        return known ? spec : spec with { DataSource = null };
    }

    /// <summary>Copies the one field to the other.</summary>
    public static PersistentVolumeClaimSpec Align(PersistentVolumeClaimSpec spec)
    {
        if (spec is { DataSource: { } source, DataSourceRef: null })
        {
            return spec with
            {
                DataSourceRef = TypedObjectReference.Empty with { ApiGroup = source.ApiGroup, Kind = source.Kind, Name = source.Name },
            };
        }

        return spec is { DataSource: null, DataSourceRef: { } reference } && string.IsNullOrEmpty(reference.Namespace)
            ? spec with
            {
                DataSource = TypedLocalObjectReference.Empty with { ApiGroup = reference.ApiGroup, Kind = reference.Kind, Name = reference.Name },
            }
            : spec;
    }

    /// <summary>Parts of a byte make no sense but have always been accepted.</summary>
    public static IEnumerable<string> Warnings(PersistentVolumeClaimSpec spec, FieldPath path)
    {
        foreach ((string field, ApiMap<Quantity> amounts) in
            new[] { ("requests", spec.Resources.Requests), ("limits", spec.Resources.Limits) })
        {
            if (amounts.TryGetValue(PersistentVolumeClaimRules.Storage, out Quantity amount) && amount.MilliValue % 1000 != 0)
            {
                FieldPath at = path.Child("resources").Child(field).Key(PersistentVolumeClaimRules.Storage);
                yield return $"{at}: fractional byte value \"{amount}\" is invalid, must be an integer";
            }
        }
    }
}
