using System.Globalization;

namespace Keelson.Client.Informers;

/// <summary>Resource versions as numbers: they grow with every write, so two of one kind can be compared.</summary>
public static class ResourceVersions
{
    /// <summary>A resource version as a number; 0 for none.</summary>
    public static long Number(string resourceVersion) =>
        long.TryParse(resourceVersion, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : 0;
}
