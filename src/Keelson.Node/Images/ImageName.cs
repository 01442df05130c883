using System.Text.RegularExpressions;

namespace Keelson.Nodes.Images;

/// <summary>Names of images as people write them.</summary>
internal static partial class ImageName
{
    /// <summary>
    /// The name with a tag, which is <c>latest</c> when there is neither tag nor digest.
    /// </summary>
    /// <param name="image">The name.</param>
    /// <param name="name">The name with a tag.</param>
    /// <returns>Null, or what is wrong with the name, in upstream's words.</returns>
    public static string? TryNormalize(string image, out string name)
    {
        name = image;
        string repository = Repository(image);
        if (!Pattern().IsMatch(image))
        {
            bool isCase = repository != repository.ToLowerInvariant() && Pattern().IsMatch(image.ToLowerInvariant());
            string path = repository.Contains('/', StringComparison.Ordinal) ? repository : "library/" + repository;
            return $"couldn't parse image name \"{image}\": invalid reference format"
                + (isCase ? $": repository name ({path}) must be lowercase" : "");
        }

        bool isBare = !image.Contains('@', StringComparison.Ordinal) && repository.Length == image.Length;
        name = isBare ? image + ":latest" : image;
        return null;
    }

    /// <summary>The registry that an image is in: <c>docker.io</c> when the name has none.</summary>
    public static string RegistryOf(string image)
    {
        int slash = image.IndexOf('/', StringComparison.Ordinal);
        string first = slash < 0 ? "" : image[..slash];
        bool isHost = first == "localhost" || first.Contains('.', StringComparison.Ordinal)
            || first.Contains(':', StringComparison.Ordinal);
        return isHost ? first : "docker.io";
    }

    /// <summary>The registry and path of an image, without tag and digest.</summary>
    public static string FullRepository(string image)
    {
        string registry = RegistryOf(image);
        string repository = Repository(image);
        if (repository.StartsWith(registry + "/", StringComparison.Ordinal))
        {
            repository = repository[(registry.Length + 1)..];
        }

        bool isOfficial = registry == "docker.io" && !repository.Contains('/', StringComparison.Ordinal);
        return $"{registry}/{(isOfficial ? "library/" : "")}{repository}";
    }

    private static string Repository(string image)
    {
        string name = image.Split('@')[0];
        int colon = name.LastIndexOf(':');
        return colon > name.LastIndexOf('/') ? name[..colon] : name;
    }

    // Reference of the distribution project: domain, path components, tag, digest.
    [GeneratedRegex(
        "^(?:(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)(?:\\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*(?::[0-9]+)?/"
        + "|\\[[a-fA-F0-9:]+\\](?::[0-9]+)?/)?"
        + "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*)*"
        + "(?::[\\w][\\w.-]{0,127})?(?:@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?$")]
    private static partial Regex Pattern();
}
