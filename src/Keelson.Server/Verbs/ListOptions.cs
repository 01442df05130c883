using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Validation;

namespace Keelson.Server.Verbs;

/// <summary>The options of list, watch and deletecollection, checked.</summary>
internal sealed record ListQuery
{
    /// <summary>Which objects.</summary>
    public ObjectFilter Filter { get; init; } = ObjectFilter.All;

    /// <summary>True when the options ask for a watch; those of the older paths for watches need not.</summary>
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

    /// <summary>Whether a watch begins with what is there, and says where that ends. It is the default of a watch from
    /// nowhere.</summary>
    public bool IsStreamingList =>
        SendInitialEvents ?? (Watch && ResourceVersionMatch.Length == 0 && ResourceVersion is "" or "0");

    /// <summary>Checks what belongs together, in upstream's words.</summary>
    public Status? Check()
    {
        FieldErrors errors = new();
        FieldPath match = FieldPath.Of("resourceVersionMatch");
        if (Watch)
        {
            CheckWatch(errors, match);
        }
        else if (ResourceVersionMatch.Length > 0)
        {
            CheckMatch(errors, match);
        }

        if (!Watch && SendInitialEvents is not null)
        {
            errors.Forbidden(FieldPath.Of("sendInitialEvents"), "sendInitialEvents is forbidden for list");
        }

        return errors.Count == 0 ? null : ApiErrors.Invalid("meta.k8s.io", "ListOptions", "", errors);
    }

    /// <summary>The resource version as a number; 0 for none.</summary>
    public bool TryGetRevision(out long revision, [NotNullWhen(false)] out Status? error) =>
        TryReadRevision(ResourceVersion, out revision, out error);

    /// <summary>Reads a resource version; 0 for none.</summary>
    public static bool TryReadRevision(string text, out long revision, [NotNullWhen(false)] out Status? error)
    {
        revision = 0;
        error = null;
        if (text.Length == 0 || long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out revision))
        {
            return true;
        }

        string quoted = GoText.Quote(text);
        error = ApiErrors.Unclassified($"resourceVersion: Invalid value: {quoted}: {GoNumbers.UnsignedError(text)}");
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
                errors.Forbidden(
                    match, "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided");
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
        if (ResourceVersion.Length == 0)
        {
            errors.Forbidden(match, "resourceVersionMatch is forbidden unless resourceVersion is provided");
        }

        if (Continue.Length > 0)
        {
            errors.Forbidden(match, "resourceVersionMatch is forbidden when continue is provided");
        }

        if (ResourceVersionMatch is not ("Exact" or "NotOlderThan"))
        {
            errors.NotSupported(match, ResourceVersionMatch, "Exact", "NotOlderThan", "");
        }

        if (ResourceVersionMatch == "Exact" && ResourceVersion == "0")
        {
            errors.Forbidden(match, "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"");
        }
    }
}
