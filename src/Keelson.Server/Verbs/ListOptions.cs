using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Trees;
using Keelson.Machinery.Validation;

namespace Keelson.Server.Verbs;

/// <summary>The options of list, watch and deletecollection, checked.</summary>
internal sealed record ListQuery
{
    /// <summary>Which objects.</summary>
    public ObjectFilter Filter { get; init; } = ObjectFilter.All;

    /// <summary>True for a watch.</summary>
    public bool Watch { get; init; }

    /// <summary>True when the watch may send bookmarks.</summary>
    public bool AllowBookmarks { get; init; }

    /// <summary>The resource version as sent; empty for none.</summary>
    public string ResourceVersion { get; init; } = "";

    /// <summary>Exact, NotOlderThan, or empty.</summary>
    public string ResourceVersionMatch { get; init; } = "";

    /// <summary>How long a watch lasts at most.</summary>
    public long? TimeoutSeconds { get; init; }

    /// <summary>The most items of a page; 0 for all.</summary>
    public long Limit { get; init; }

    /// <summary>Where the last page ended; empty for the first.</summary>
    public string Continue { get; init; } = "";

    /// <summary>Whether a watch begins with what is there.</summary>
    public bool? SendInitialEvents { get; init; }

    /// <summary>Checks what belongs together, in upstream's words.</summary>
    public Status? Check()
    {
        FieldErrors errors = new();
        FieldPath match = FieldPath.Of("resourceVersionMatch");
        if (!Watch && SendInitialEvents is not null)
        {
            errors.Forbidden(FieldPath.Of("sendInitialEvents"), "sendInitialEvents is forbidden for list");
        }

        if (Watch)
        {
            CheckWatch(errors, match);
        }
        else if (ResourceVersionMatch.Length > 0)
        {
            CheckMatch(errors, match);
        }

        return errors.Count == 0 ? null : ApiErrors.Invalid("meta.k8s.io", "ListOptions", "", errors);
    }

    /// <summary>The resource version as a number; 0 for none.</summary>
    public bool TryGetRevision(out long revision, out Status? error)
    {
        revision = 0;
        error = null;
        if (ResourceVersion.Length == 0 || long.TryParse(ResourceVersion, NumberStyles.None, CultureInfo.InvariantCulture, out revision))
        {
            return true;
        }

        string text = $"Invalid value: {GoText.Quote(ResourceVersion)}: strconv.ParseUint: parsing {GoText.Quote(ResourceVersion)}: invalid syntax";
        error = ApiErrors.Unclassified("resourceVersion: " + text);
        return false;
    }

    private void CheckWatch(FieldErrors errors, FieldPath match)
    {
        if (SendInitialEvents is not null && ResourceVersionMatch != "NotOlderThan")
        {
            errors.Forbidden(match, "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
        }

        if (ResourceVersionMatch.Length > 0)
        {
            if (SendInitialEvents is null)
            {
                errors.Forbidden(match, "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided");
            }

            if (ResourceVersionMatch != "NotOlderThan")
            {
                errors.NotSupported(match, ResourceVersionMatch, "NotOlderThan");
            }

            if (Continue.Length > 0)
            {
                errors.Forbidden(match, "resourceVersionMatch is forbidden when continue is provided");
            }
        }
    }

    private void CheckMatch(FieldErrors errors, FieldPath match)
    {
        if (Continue.Length > 0)
        {
            errors.Forbidden(match, "resourceVersionMatch is forbidden when continue is provided");
        }

        if (ResourceVersion.Length == 0)
        {
            errors.Forbidden(match, "resourceVersionMatch is forbidden unless resourceVersion is provided");
        }

        if (ResourceVersionMatch is not ("Exact" or "NotOlderThan"))
        {
            errors.NotSupported(match, ResourceVersionMatch, "Exact", "NotOlderThan");
        }

        if (ResourceVersionMatch == "Exact" && ResourceVersion == "0")
        {
            errors.Forbidden(match, "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"");
        }
    }
}

/// <summary>
/// Where a page of a list ended: the revision of the list and the key to go on with, relative to the resource's prefix. The
/// text form is upstream's, so tokens survive a change of server.
/// </summary>
internal readonly record struct ContinueToken(long Revision, string Start)
{
    /// <summary>The token's text.</summary>
    public string Encode()
    {
        string json = $"{{\"v\":\"meta.k8s.io/v1\",\"rv\":{Revision},\"start\":{JsonSerializer.Serialize(Start, ContinueJson.Default.String)}}}";
        return Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
    }

    /// <summary>Reads a token's text.</summary>
    public static ApiResult<ContinueToken> Decode(string text)
    {
        byte[] json;
        try
        {
            json = Base64Url.DecodeFromChars(text);
        }
        catch (FormatException)
        {
            return Refuse("continue key is not valid: illegal base64 data at input byte " + FirstIllegal(text));
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            JsonElement root = document.RootElement;
            string version = root.GetProperty("v").GetString() ?? "";
            if (version != "meta.k8s.io/v1")
            {
                return Refuse($"continue key is not valid: server does not recognize this encoded version {GoText.Quote(version)}");
            }

            long revision = root.TryGetProperty("rv", out JsonElement rv) ? rv.GetInt64() : 0;
            string start = root.TryGetProperty("start", out JsonElement key) ? key.GetString() ?? "" : "";
            if (revision == 0)
            {
                return Refuse("continue key is not valid: incorrect encoded start resourceVersion (version meta.k8s.io/v1)");
            }

            return start.Length == 0
                ? Refuse("continue key is not valid: encoded start key empty (version meta.k8s.io/v1)")
                : start.Contains("..", StringComparison.Ordinal)
                    ? Refuse($"continue key is not valid: {start}")
                    : new ContinueToken(revision, start);
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return Refuse("continue key is not valid: " + GoJsonSyntax.Describe(json));
        }
    }

    private static Status Refuse(string reason) => ApiErrors.BadRequest("invalid continue token: " + reason);

    private static int FirstIllegal(string text)
    {
        int at = text.AsSpan().IndexOfAnyExcept("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");
        return at < 0 ? text.Length : at;
    }
}

/// <summary>The text form of a token's key.</summary>
[System.Text.Json.Serialization.JsonSerializable(typeof(string))]
internal sealed partial class ContinueJson : System.Text.Json.Serialization.JsonSerializerContext;
