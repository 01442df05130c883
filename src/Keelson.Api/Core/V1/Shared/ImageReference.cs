using System.Text.RegularExpressions;

namespace Keelson.Api.Core.V1;

/// <summary>Names of container images as registries read them.</summary>
public static partial class ImageReference
{
    private const string Latest = "latest";
    private const string DomainComponent = "(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])";
    private const string PathComponent = "[a-z0-9]+(?:(?:[._]|__|[-]+)[a-z0-9]+)*";

    /// <summary>A name has 255 characters, a tag 128, a digest some 140.</summary>
    private const int LongestKept = 600;

    // A power of two so that the hash is masked.
    private static readonly Known?[] Lately = new Known?[256];

    /// <summary>Always for an image that may change under its name, IfNotPresent for any other.</summary>
    public static string DefaultPullPolicy(string image) =>
        TagOf(image) == Latest ? PullPolicy.Always : PullPolicy.IfNotPresent;

    /// <summary>
    /// The image's tag: <c>latest</c> where neither tag nor digest is given, empty where a digest names the image or the
    /// name is not valid.
    /// </summary>
    public static string TagOf(string image)
    {
        // Clusters run the same few images over and over. A lost race costs one more look.
        if (image.Length > LongestKept)
        {
            return ReadTag(image);
        }

        ref Known? slot = ref Lately[image.GetHashCode() & (Lately.Length - 1)];
        Known? known = Volatile.Read(ref slot);
        if (known is null || known.Image != image)
        {
            known = new(image, ReadTag(image));
            Volatile.Write(ref slot, known);
        }

        return known.Tag;
    }

    private static string ReadTag(string image)
    {
        int slash = image.IndexOf('/', StringComparison.Ordinal);
        bool hasDomain = slash >= 0 && IsDomain(image.AsSpan(0, slash));
        ReadOnlySpan<char> rest = hasDomain ? image.AsSpan(slash + 1) : image;
        Match match = RestPattern().Match(rest.ToString());
        if (!match.Success
            || (!hasDomain && HexPattern().IsMatch(image))
            || (hasDomain && !DomainPattern().IsMatch(image[..slash])))
        {
            return "";
        }

        Group tag = match.Groups["tag"];
        Group digest = match.Groups["digest"];
        if (digest.Success && !IsDigest(digest.Value))
        {
            return "";
        }

        return tag.Success ? tag.Value : digest.Success ? "" : Latest;
    }

    private static bool IsDomain(ReadOnlySpan<char> first) =>
        first.ContainsAny('.', ':') || first is "localhost" || first.ContainsAnyInRange('A', 'Z');

    private static bool IsDigest(string digest)
    {
        int colon = digest.IndexOf(':', StringComparison.Ordinal);
        int length = digest.Length - colon - 1;
        bool known = digest[..colon] switch
        {
            "sha256" => length == 64,
            "sha384" => length == 96,
            "sha512" => length == 128,
            _ => false,
        };
        return known && !digest.AsSpan(colon + 1).ContainsAnyInRange('A', 'F');
    }

    [GeneratedRegex(
        "\\A" + PathComponent + "(?:/" + PathComponent + ")*(?::(?<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?"
            + "(?:@(?<digest>[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}))?\\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex RestPattern();

    [GeneratedRegex(
        "\\A(?:" + DomainComponent + "(?:\\." + DomainComponent + ")*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?\\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex DomainPattern();

    [GeneratedRegex("\\A[a-f0-9]{64}\\z", RegexOptions.CultureInvariant)]
    private static partial Regex HexPattern();

    private sealed record Known(string Image, string Tag);
}
