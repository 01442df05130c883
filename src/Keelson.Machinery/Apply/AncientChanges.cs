namespace Keelson.Machinery.Apply;

/// <summary>Merges old entries of updates into one a version, named <c>ancient-changes</c>.</summary>
internal static class AncientChanges
{
    private const string Name = "ancient-changes";

    public static Managers Merge(Managers managers, List<ManagerKey> updaters, int maximum)
    {
        List<(long Seconds, string Identifier, ManagerKey Key)> oldestFirst = updaters.ConvertAll(key =>
        {
            managers.TryGet(key, out ManagerFields fields);
            return (Managers.UnixSeconds(fields.Time), key.Identifier, key);
        });
        oldestFirst.Sort(static (left, right) => left.Seconds != right.Seconds
            ? left.Seconds.CompareTo(right.Seconds)
            : string.CompareOrdinal(left.Identifier, right.Identifier));

        Dictionary<string, ManagerKey> firstOfVersion = [];
        int left = updaters.Count;
        for (int i = 0; i < oldestFirst.Count && left > maximum; i++)
        {
            ManagerKey key = oldestFirst[i].Key;
            managers.TryGet(key, out ManagerFields fields);
            ManagerKey bucket = new(Name, ManagedFieldsEntry.Update, fields.ApiVersion, "");

            // The first entry of a version waits: alone it would only change its name.
            if (firstOfVersion.TryAdd(fields.ApiVersion, key))
            {
                continue;
            }

            if (!managers.TryGet(bucket, out ManagerFields merged))
            {
                ManagerKey first = firstOfVersion[fields.ApiVersion];
                managers.TryGet(first, out merged);
                managers.Remove(first);
            }

            managers[bucket] = fields with { Set = fields.Set.Union(merged.Set) };
            if (key != bucket)
            {
                managers.Remove(key);
            }

            left--;
        }

        return managers;
    }
}
