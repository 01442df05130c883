using System.Diagnostics.CodeAnalysis;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Validation;

namespace Keelson.Server.Verbs;

/// <summary>The type that a body says it is of, with what it leaves out taken from the kind that the path stands
/// for.</summary>
/// <param name="ApiVersion">Group and version.</param>
/// <param name="Kind">The kind.</param>
internal readonly record struct BodyType(string ApiVersion, string Kind)
{
    /// <summary>The version without the group.</summary>
    private string Version => ApiVersion[(ApiVersion.IndexOf('/', StringComparison.Ordinal) + 1)..];

    /// <summary>The kind to decode the body as: its own where the server has it, else the wanted one, which is much
    /// alike.</summary>
    public ApiKind DecodedAs(ApiKind wanted)
    {
        (string apiVersion, string kind) = this;
        return wanted.Info.ApiVersion == apiVersion && wanted.Info.Kind == kind
            ? wanted
            : ApiKinds.All.FirstOrDefault(one => one.Info.Kind == kind && one.Info.ApiVersion == apiVersion) ?? wanted;
    }

    /// <summary>Reads a body's apiVersion and kind; false with Go's text for a version of too many parts.</summary>
    public static bool TryParse(
        string apiVersion, string kind, KindInfo wanted, out BodyType type, [NotNullWhen(false)] out string? problem)
    {
        problem = null;
        type = new(wanted.ApiVersion, kind.Length == 0 ? wanted.Kind : kind);
        if (apiVersion is "" or "/" || apiVersion == wanted.ApiVersion)
        {
            return true;
        }

        int slash = apiVersion.IndexOf('/', StringComparison.Ordinal);
        if (slash != apiVersion.LastIndexOf('/'))
        {
            problem = "unexpected GroupVersion string: " + apiVersion;
            return false;
        }

        // A group with nothing behind it is of the wanted version, a version with nothing before it of the core group.
        bool isGroupOnly = slash >= 0 && slash == apiVersion.Length - 1 && apiVersion[..slash] == wanted.Group;
        type = type with { ApiVersion = isGroupOnly ? wanted.ApiVersion : slash == 0 ? apiVersion[1..] : apiVersion };
        return true;
    }

    /// <summary>Why the type can't be made into the wanted kind; null when it can.</summary>
    public string? Mismatch(KindInfo wanted)
    {
        if (ApiVersion == wanted.ApiVersion && Kind == wanted.Kind)
        {
            return null;
        }

        if (!RegisteredKinds.Knows(ApiVersion, Kind))
        {
            return $"no kind \"{Kind}\" is registered for version \"{ApiVersion}\" in scheme \"pkg/api/legacyscheme/scheme.go:30\"";
        }

        string internalType = RegisteredKinds.InternalPackage(wanted.Group, wanted.Kind) + "." + wanted.Kind;
        return RegisteredKinds.AreVersionsOfOne(wanted, ApiVersion, Kind)
            ? null
            : $"converting ({Version}.{Kind}) to ({internalType}): unknown conversion";
    }

    /// <summary>The error of a body that could be made into the kind, but is of another version than the
    /// path. Evictions may still be of the version that they came with.</summary>
    public Status? OtherVersion(KindInfo wanted) => ApiVersion == wanted.ApiVersion
        || this is ("policy/v1beta1", "Eviction") ? null : ApiErrors.BadRequest(
        $"the API version in the data ({ApiVersion}) does not match the expected API version ({wanted.ApiVersion})");

    /// <summary>Upstream's words around a problem with a body whose kind is known.</summary>
    public string Unhandled(KindInfo wanted, string problem) =>
        $"{Kind} in version {GoText.Quote(Version)} cannot be handled as a {wanted.Kind}: {problem}";
}
