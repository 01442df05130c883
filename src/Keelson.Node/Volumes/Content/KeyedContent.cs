using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;

namespace Keelson.Nodes.Volumes.Content;

/// <summary>The files that config maps and secrets become: one for each key, or those that items name.</summary>
internal static class KeyedContent
{
    /// <summary>The files of a config map; text and binary values alike.</summary>
    public static VolumeContent Of(ConfigMap map, ApiList<KeyToPath> items, int defaultMode, bool isOptional)
    {
        List<KeyValuePair<string, Bytes>> values = [];
        foreach (KeyValuePair<string, string> text in map.Data)
        {
            values.Add(new(text.Key, Bytes.FromText(text.Value)));
        }

        foreach (KeyValuePair<string, Bytes> binary in map.BinaryData)
        {
            values.Add(binary);
        }

        return Select(values, items, defaultMode, isOptional, "configmap references non-existent config key: ");
    }

    /// <summary>The files of a secret.</summary>
    public static VolumeContent Of(Secret secret, ApiList<KeyToPath> items, int defaultMode, bool isOptional)
    {
        List<KeyValuePair<string, Bytes>> values = [];
        foreach (KeyValuePair<string, Bytes> value in secret.Data)
        {
            values.Add(value);
        }

        return Select(values, items, defaultMode, isOptional, "references non-existent secret key: ");
    }

    private static VolumeContent Select(
        List<KeyValuePair<string, Bytes>> values,
        ApiList<KeyToPath> items,
        int defaultMode,
        bool isOptional,
        string missing)
    {
        Dictionary<string, ContentFile> files = new(StringComparer.Ordinal);
        if (items.Count == 0)
        {
            values.ForEach(value => files[value.Key] = new(value.Value, defaultMode));
            return new(files, null);
        }

        foreach (KeyToPath item in items)
        {
            int at = values.FindIndex(value => value.Key == item.Key);
            if (at >= 0)
            {
                files[item.Path] = new(values[at].Value, item.Mode ?? defaultMode);
            }
            else if (!isOptional)
            {
                return VolumeContent.Failed(missing + item.Key);
            }
        }

        return new(files, null);
    }
}
