using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>Warnings about volumes that no longer work, and about files of one volume that hide each other.</summary>
internal static class VolumeWarnings
{
    private static readonly (string Field, string Text, Func<VolumeSource, bool> IsUsed)[] Deprecated =
    [
        (
            "photonPersistentDisk", "deprecated in v1.11, non-functional in v1.16+",
            one => one.PhotonPersistentDisk is not null),
        ("gitRepo", "deprecated in v1.11, and disabled by default in v1.33+", one => one.GitRepo is not null),
        ("scaleIO", "deprecated in v1.16, non-functional in v1.22+", one => one.ScaleIO is not null),
        ("flocker", "deprecated in v1.22, non-functional in v1.25+", one => one.Flocker is not null),
        ("storageOS", "deprecated in v1.22, non-functional in v1.25+", one => one.Storageos is not null),
        ("quobyte", "deprecated in v1.22, non-functional in v1.25+", one => one.Quobyte is not null),
        ("glusterfs", "deprecated in v1.25, non-functional in v1.26+", one => one.Glusterfs is not null),
        ("cephfs", "deprecated in v1.28, non-functional in v1.31+", one => one.Cephfs is not null),
        ("rbd", "deprecated in v1.28, non-functional in v1.31+", one => one.Rbd is not null),
    ];

    public static void Add(ApiList<Volume> volumes, FieldPath path, List<string> warnings)
    {
        for (int i = 0; i < volumes.Count; i++)
        {
            foreach ((string field, string text, Func<VolumeSource, bool> isUsed) in Deprecated)
            {
                if (isUsed(volumes[i].VolumeSource))
                {
                    warnings.Add($"{path.Index(i).Child(field)}: {text}");
                }
            }

            if (volumes[i].VolumeSource.Ephemeral?.VolumeClaimTemplate is { } template)
            {
                WarnOfClaim(
                    template.Spec, path.Index(i).Child("ephemeral").Child("volumeClaimTemplate").Child("spec"),
                    warnings);
            }
        }

        foreach (Volume volume in volumes)
        {
            WarnOfOverlaps(volume, warnings);
        }
    }

    private static void WarnOfClaim(PersistentVolumeClaimSpec spec, FieldPath path, List<string> warnings)
    {
        if (spec.Resources.Requests.TryGetValue(ResourceName.Storage, out Quantity amount)
            && amount.MilliValue % 1000 != 0)
        {
            FieldPath at = path.Child("resources").Child("requests").Key(ResourceName.Storage);
            warnings.Add(
                $"{at}: fractional byte value {GoText.Quote(amount.ToString())} is invalid, must be an integer");
        }
    }

    private static void WarnOfOverlaps(Volume volume, List<string> warnings)
    {
        if (!HasOverlaps(volume.VolumeSource))
        {
            return;
        }

        string name = GoText.Quote(volume.Name);
        if (volume.VolumeSource.ConfigMap is { } map)
        {
            Compare(
                Paths(map.Items), $"volume {name} (ConfigMap {GoText.Quote(map.LocalObjectReference.Name)})", warnings);
        }

        if (volume.VolumeSource.Secret is { } secret)
        {
            Compare(Paths(secret.Items), $"volume {name} (Secret {GoText.Quote(secret.SecretName)})", warnings);
        }

        if (volume.VolumeSource.DownwardAPI is { } downward)
        {
            Compare(downward.Items.Select(one => one.Path), $"volume {name} (DownwardAPI)", warnings);
        }

        HashSet<string> all = new(StringComparer.Ordinal);
        foreach (VolumeProjection source in volume.VolumeSource.Projected?.Sources ?? default)
        {
            WarnOfProjection(source, name, all, warnings);
        }
    }

    private static void WarnOfProjection(
        VolumeProjection source, string volume, HashSet<string> all, List<string> warnings)
    {
        (IReadOnlyList<string> paths, string kind) = source switch
        {
            { ConfigMap: { } map } =>
                (Paths(map.Items).ToList(), $"ConfigMap {GoText.Quote(map.LocalObjectReference.Name)}"),
            { Secret: { } secret } =>
                (Paths(secret.Items).ToList(), $"Secret {GoText.Quote(secret.LocalObjectReference.Name)}"),
            { DownwardAPI: { } downward } => (downward.Items.Select(one => one.Path).ToList(), "DownwardAPI"),
            { ServiceAccountToken: { } token } => ([token.Path], "ServiceAccountToken"),
            _ => ((IReadOnlyList<string>)[], ""),
        };
        if (kind.Length == 0)
        {
            warnings.Add($"volume {volume} (Projected) has no sources provided");
            return;
        }

        if (paths.Count == 0)
        {
            return;
        }

        string text = $"volume {volume} (Projected {kind})";
        Compare(paths, text, warnings);
        Compare(paths.Distinct().Concat(all).Order(StringComparer.Ordinal), text, warnings);
        all.UnionWith(paths);
    }

    /// <summary>
    /// Whether there is anything to warn of: mostly not, and every pod has a volume of projected tokens, so this must be quick.
    /// </summary>
    private static bool HasOverlaps(VolumeSource source)
    {
        if (source.Projected?.Sources is { Count: > 0 } sources)
        {
            List<string> paths = new(8);
            foreach (VolumeProjection one in sources)
            {
                if (one is { ConfigMap: null, Secret: null, DownwardAPI: null, ServiceAccountToken: null })
                {
                    return true;
                }

                Add(paths, one.ConfigMap?.Items ?? default);
                Add(paths, one.Secret?.Items ?? default);
                Add(paths, one.DownwardAPI?.Items ?? default);
                if (one.ServiceAccountToken is { } token)
                {
                    paths.Add(token.Path);
                }
            }

            return AnyOverlap(paths);
        }

        return source is not { ConfigMap: null, Secret: null, DownwardAPI: null };
    }

    private static void Add(List<string> paths, ApiList<KeyToPath> items)
    {
        for (int i = 0; i < items.Count; i++)
        {
            paths.Add(items[i].Path);
        }
    }

    private static void Add(List<string> paths, ApiList<DownwardAPIVolumeFile> items)
    {
        for (int i = 0; i < items.Count; i++)
        {
            paths.Add(items[i].Path);
        }
    }

    private static bool AnyOverlap(List<string> paths)
    {
        for (int i = 1; i < paths.Count; i++)
        {
            for (int j = 0; j < i; j++)
            {
                if (Overlaps(paths[i].TrimEnd('/'), paths[j].TrimEnd('/')))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static IEnumerable<string> Paths(ApiList<KeyToPath> items) => items.Select(one => one.Path);

    /// <summary>One path must not be another one or a directory in it.</summary>
    private static void Compare(IEnumerable<string> paths, string volume, List<string> warnings)
    {
        List<string> seen = [];
        foreach (string path in paths.Select(one => one.TrimEnd('/')))
        {
            string? other = seen.FirstOrDefault(one => Overlaps(one, path));
            if (other is not null)
            {
                warnings.Add($"{volume}: overlapping paths: {GoText.Quote(path)} with {GoText.Quote(other)}");
            }

            if (!seen.Contains(path))
            {
                seen.Add(path);
            }
        }
    }

    private static bool Overlaps(string one, string other) => one.Length > 0 && other.Length > 0
        && (one.Length >= other.Length ? IsWithin(one, other) : IsWithin(other, one));

    /// <summary>Whether a path is another one, or lies in it as in a directory.</summary>
    private static bool IsWithin(string path, string directory) => path.StartsWith(directory, StringComparison.Ordinal)
        && (path.Length == directory.Length || path[directory.Length] == '/');
}
