using Keelson.Api.Kinds;
using Keelson.Machinery.Validation;

namespace Keelson.Api.AdmissionRegistration.V1;

/// <summary>Where a webhook is called: the rules that admission and conversion webhooks share.</summary>
internal static class WebhookClientRules
{
    private const string Form = "; desired format: https://host[/path]";

    /// <summary>An https URL without user, query and fragment.</summary>
    public static void ValidateUrl(string url, FieldPath path, FieldErrors errors)
    {
        (string scheme, string user, string host, string query, string fragment) = Split(url);
        if (scheme != "https")
        {
            errors.Invalid(path, scheme, "'https' is the only allowed URL scheme" + Form);
        }

        if (host.Length == 0)
        {
            errors.Invalid(path, host, "host must be specified" + Form);
        }

        if (user.Length > 0)
        {
            errors.Invalid(path, user, "user information is not permitted in the URL");
        }

        if (fragment.Length > 0)
        {
            errors.Invalid(path, fragment, "fragments are not permitted in the URL");
        }

        if (query.Length > 0)
        {
            errors.Invalid(path, query, "query parameters are not permitted in the URL");
        }
    }

    /// <summary>A service with its port and the path on it.</summary>
    public static void ValidateService(
        (string Namespace, string Name, string? Path, int Port) service, FieldPath path, FieldErrors errors)
    {
        if (service.Name.Length == 0)
        {
            errors.Required(path.Child("name"), "");
        }

        if (service.Namespace.Length == 0)
        {
            errors.Required(path.Child("namespace"), "");
        }

        string problem = string.Join(",", ContentRules.PortNumber(service.Port));
        if (problem.Length > 0)
        {
            errors.Invalid(path.Child("port"), service.Port, "port is not valid: " + problem);
        }

        if (service.Path is not (null or "" or "/"))
        {
            ValidatePath(service.Path, path.Child("path"), errors);
        }
    }

    private static void ValidatePath(string urlPath, FieldPath path, FieldErrors errors)
    {
        if (urlPath == "//")
        {
            errors.Invalid(path, urlPath, "segment[0] may not be empty");
            return;
        }

        if (!urlPath.StartsWith('/'))
        {
            errors.Invalid(path, urlPath, "must start with a '/'");
        }

        string rest = urlPath[1..];
        string[] segments = (rest.EndsWith('/') ? rest[..^1] : rest).Split('/');
        for (int i = 0; i < segments.Length; i++)
        {
            if (segments[i].Length == 0)
            {
                errors.Invalid(path, urlPath, $"segment[{i}] may not be empty");
                continue;
            }

            foreach (string failure in ContentRules.Dns1123Subdomain(segments[i]))
            {
                errors.Invalid(path, urlPath, $"segment[{i}]: {failure}");
            }
        }
    }

    /// <summary>Takes a URL apart without judging it: scheme://user@host/path?query#fragment.</summary>
    private static (string Scheme, string User, string Host, string Query, string Fragment) Split(string url)
    {
        (string rest, string fragment) = Cut(url, '#');
        (rest, string query) = Cut(rest, '?');
        int colon = rest.IndexOf(':', StringComparison.Ordinal);
        bool hasScheme = colon > 0 && char.IsAsciiLetter(rest[0])
            && !rest.AsSpan(0, colon).ContainsAnyExcept("+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
        string scheme = hasScheme ? rest[..colon].ToLowerInvariant() : "";
        rest = hasScheme ? rest[(colon + 1)..] : rest;
        if (!rest.StartsWith("//", StringComparison.Ordinal))
        {
            return (scheme, "", "", query, fragment);
        }

        (string authority, _) = Cut(rest[2..], '/');
        int at = authority.LastIndexOf('@');
        return at < 0
            ? (scheme, "", authority, query, fragment)
            : (scheme, authority[..at], authority[(at + 1)..], query, fragment);
    }

    private static (string Before, string After) Cut(string text, char at)
    {
        int index = text.IndexOf(at, StringComparison.Ordinal);
        return index < 0 ? (text, "") : (text[..index], text[(index + 1)..]);
    }
}
