using System.Globalization;
using System.Text;
using Keelson.Api.Core.V1;
using ApiIngress = Keelson.Api.Networking.V1.Ingress;

namespace Keelson.Network.Ingress;

/// <summary>
/// What an ingress' annotations ask for beside routing, as lines of HAProxy's. They are those of ingress-nginx, which
/// most manifests carry, whatever controller they were written for.
/// </summary>
internal sealed record IngressManners
{
    /// <summary>How all of the annotations begin.</summary>
    public const string Prefix = "nginx.ingress.kubernetes.io/";

    /// <summary>What these lines or the routes do.</summary>
    private static readonly HashSet<string> Honoured =
    [
        "rewrite-target", "use-regex", "ssl-redirect", "force-ssl-redirect", "backend-protocol", "server-alias",
        "whitelist-source-range", "allowlist-source-range", "denylist-source-range", "proxy-body-size",
        "proxy-connect-timeout", "proxy-read-timeout", "proxy-send-timeout", "permanent-redirect",
        "permanent-redirect-code", "temporal-redirect", "temporal-redirect-code", "app-root", "upstream-vhost",
        "x-forwarded-prefix", "affinity", "affinity-mode", "session-cookie-name", "session-cookie-path",
        "session-cookie-max-age", "session-cookie-expires", "session-cookie-secure", "enable-cors",
        "cors-allow-origin", "cors-allow-methods", "cors-allow-headers", "cors-allow-credentials", "cors-max-age",
        "cors-expose-headers", "upstream-hash-by", "auth-type", "auth-secret", "auth-secret-type", "auth-realm",
        "auth-url", "auth-method", "auth-signin", "auth-signin-redirect-param", "auth-response-headers",
        "auth-always-set-cookie", "auth-tls-secret", "auth-tls-verify-client", "canary", "canary-weight",
        "canary-weight-total", "canary-by-header", "canary-by-header-value", "canary-by-header-pattern",
        "canary-by-cookie", "limit-rps", "limit-rpm", "limit-connections", "limit-burst-multiplier",
        "limit-allowlist", "limit-whitelist",
    ];

    /// <summary>What sizes nginx' buffers and the like: no answer depends on it here.</summary>
    private static readonly HashSet<string> WithoutEffect =
    [
        "proxy-buffering", "proxy-buffer-size", "proxy-buffers-number", "proxy-busy-buffers-size",
        "proxy-request-buffering", "proxy-http-version", "proxy-max-temp-file-size", "client-body-buffer-size",
        "enable-access-log", "enable-rewrite-log", "connection-proxy-header", "service-upstream", "load-balance",
        "websocket-services", "http2-push-preload", "ssl-ciphers", "ssl-prefer-server-ciphers", "ssl-protocols",
        "session-cookie-change-on-failure", "session-cookie-conditional-samesite-none", "session-cookie-samesite",
        "proxy-next-upstream", "proxy-next-upstream-tries", "proxy-next-upstream-timeout",
    ];

    /// <summary>Lines of the backend, in order.</summary>
    public IReadOnlyList<string> Lines { get; init; } = [];

    /// <summary>Sections of the configuration that the lines name.</summary>
    public IReadOnlyList<string> Sections { get; init; } = [];

    /// <summary>Names with passwords, as a statement of Lua; empty for none.</summary>
    public string Passwords { get; init; } = "";

    /// <summary>How a target is chosen.</summary>
    public string Balance { get; init; } = "roundrobin";

    /// <summary>The protocol to targets: empty for HTTP/1.1 and what it upgrades to.</summary>
    public string ServerOptions { get; init; } = "";

    /// <summary>True when each target has a cookie.</summary>
    public bool HasCookie { get; init; }

    /// <summary>Reads an ingress' annotations.</summary>
    /// <param name="ingress">The ingress.</param>
    /// <param name="secrets">Finds secrets by namespace and name.</param>
    public static IngressManners Of(ApiIngress ingress, Func<string, string, Secret?> secrets)
    {
        Dictionary<string, string> says = SaidBy(ingress);
        List<string> lines = [];
        AddAccess(lines, says);
        AddRedirects(lines, says);
        if (says.GetValueOrDefault("enable-cors") == "true")
        {
            AddCors(lines, says);
        }

        // As with nginx: what is answered before a service is asked needs no password.
        IngressGuards guards = IngressGuards.Of(ingress, says, secrets);
        lines.AddRange(guards.Lines);
        AddHeaders(lines, says);
        AddTimeouts(lines, says);
        bool hasCookie = says.GetValueOrDefault("affinity") == "cookie";
        if (hasCookie)
        {
            lines.Add(Cookie(says));
        }

        return new()
        {
            Lines = lines,
            Sections = guards.Sections,
            Passwords = guards.Passwords,
            HasCookie = hasCookie,
            Balance = says.GetValueOrDefault("upstream-hash-by") switch
            {
                "$remote_addr" or "$binary_remote_addr" => "source",
                "$request_uri" or "$uri" => "uri whole",
                "$host" or "$http_host" => "hdr(host)",
                _ => "roundrobin",
            },
            ServerOptions = (says.GetValueOrDefault("backend-protocol") ?? "").ToUpperInvariant() switch
            {
                "HTTPS" => " ssl verify none",
                "GRPCS" => " ssl verify none alpn h2",
                "GRPC" => " proto h2",
                _ => "",
            },
        };
    }

    /// <summary>Other names of an ingress' hosts.</summary>
    public static IEnumerable<string> AliasesOf(ApiIngress ingress) =>
        Words(ingress.Metadata.Annotations.GetValueOrDefault(Prefix + "server-alias") ?? "")
            .Where(static one => !one.Any(char.IsControl)).Select(static one => one.ToLowerInvariant());

    /// <summary>Why nobody is let in to what an ingress serves, a reason and a sentence; null when that is not so.
    /// </summary>
    public static (string Reason, string Message)? DenialOf(
        ApiIngress ingress, Func<string, string, Secret?> secrets) =>
        IngressGuards.Of(ingress, SaidBy(ingress), secrets).Denial;

    /// <summary>Annotations that are not followed.</summary>
    public static IEnumerable<string> NotHonoured(ApiIngress ingress) => ingress.Metadata.Annotations
        .Select(static one => one.Key)
        .Where(static one => one.StartsWith(Prefix, StringComparison.Ordinal)
            && !Honoured.Contains(one[Prefix.Length..]) && !WithoutEffect.Contains(one[Prefix.Length..]))
        .Order(StringComparer.Ordinal);

    private static Dictionary<string, string> SaidBy(ApiIngress ingress)
    {
        Dictionary<string, string> says = new(StringComparer.Ordinal);
        foreach ((string key, string value) in ingress.Metadata.Annotations)
        {
            if (key.StartsWith(Prefix, StringComparison.Ordinal) && !value.Any(char.IsControl))
            {
                says[key[Prefix.Length..]] = value;
            }
        }

        return says;
    }

    private static void AddAccess(List<string> lines, Dictionary<string, string> says)
    {
        string denied = Ranges(says.GetValueOrDefault("denylist-source-range"));
        if (denied.Length > 0)
        {
            lines.Add($"http-request deny deny_status 403 if {{ src{denied} }}");
        }

        string allowed = Ranges(
            says.GetValueOrDefault("allowlist-source-range") ?? says.GetValueOrDefault("whitelist-source-range"));
        if (allowed.Length > 0)
        {
            lines.Add($"http-request deny deny_status 403 if !{{ src{allowed} }}");
        }

        if (says.TryGetValue("proxy-body-size", out string? size) && SizeOf(size) is > 0 and long bytes)
        {
            lines.Add($"http-request deny deny_status 413 if {{ req.body_size gt {Text(bytes)} }}");
        }
    }

    private static void AddRedirects(List<string> lines, Dictionary<string, string> says)
    {
        foreach ((string kind, int usual) in ((string, int)[])[("permanent-redirect", 301), ("temporal-redirect", 302)])
        {
            if (says.TryGetValue(kind, out string? target) && target.Length > 0)
            {
                int code = int.TryParse(says.GetValueOrDefault(kind + "-code"), out int asked)
                    && asked is 301 or 302 or 303 or 307 or 308 ? asked : usual;
                lines.Add($"http-request redirect location {HaproxyFiles.QuoteFormat(target)} code {Text(code)}");
            }
        }

        if (says.TryGetValue("app-root", out string? root) && root.StartsWith('/'))
        {
            lines.Add($"http-request redirect location {HaproxyFiles.QuoteFormat(root)} code 302 if {{ path / }}");
        }
    }

    private static void AddHeaders(List<string> lines, Dictionary<string, string> says)
    {
        foreach ((string annotation, string header) in ((string, string)[])[
            ("upstream-vhost", "Host"), ("x-forwarded-prefix", "X-Forwarded-Prefix")])
        {
            if (says.TryGetValue(annotation, out string? value) && value.Length > 0)
            {
                lines.Add($"http-request set-header {header} {HaproxyFiles.QuoteFormat(value)}");
            }
        }
    }

    /// <summary>What browsers are told about other sites, with ingress-nginx' defaults.</summary>
    private static void AddCors(List<string> lines, Dictionary<string, string> says)
    {
        string origins = says.GetValueOrDefault("cors-allow-origin") ?? "*";
        string condition = "";
        string origin = "*";
        if (!origins.Split(',').Any(static one => one.Trim() == "*"))
        {
            lines.Add("http-request set-var(txn.origin) req.hdr(origin)");
            condition = " if { var(txn.origin) -m str " + string.Join(' ', Words(origins).Select(HaproxyFiles.Quote))
                + " }";
            origin = "%[var(txn.origin)]";
        }

        List<(string Name, string Value)> headers =
        [
            ("Access-Control-Allow-Methods",
                says.GetValueOrDefault("cors-allow-methods") ?? "GET, PUT, POST, DELETE, PATCH, OPTIONS"),
            ("Access-Control-Allow-Headers", says.GetValueOrDefault("cors-allow-headers")
                ?? "DNT,Keep-Alive,User-Agent,X-Requested-With,If-Modified-Since,Cache-Control,Content-Type,Range,"
                    + "Authorization"),
            ("Access-Control-Max-Age", says.GetValueOrDefault("cors-max-age") ?? "1728000"),
        ];
        if (says.GetValueOrDefault("cors-allow-credentials") != "false")
        {
            headers.Add(("Access-Control-Allow-Credentials", "true"));
        }

        if (says.TryGetValue("cors-expose-headers", out string? exposed))
        {
            headers.Add(("Access-Control-Expose-Headers", exposed));
        }

        StringBuilder early = new("http-after-response set-header Access-Control-Allow-Origin ");
        lines.Add(early.Append('"').Append(origin).Append('"').Append(condition).ToString());
        lines.AddRange(headers.Select(one =>
            $"http-after-response set-header {one.Name} {HaproxyFiles.QuoteFormat(one.Value)}{condition}"));

        // Questions before the real request are answered here.
        lines.Add("http-request return status 204 if METH_OPTIONS { req.hdr(access-control-request-method) -m found }");
    }

    private static void AddTimeouts(List<string> lines, Dictionary<string, string> says)
    {
        int connect = SecondsOf(says, "proxy-connect-timeout");
        int server = Math.Max(SecondsOf(says, "proxy-read-timeout"), SecondsOf(says, "proxy-send-timeout"));
        if (connect > 0)
        {
            lines.Add($"timeout connect {Text(connect)}s");
        }

        if (server > 0)
        {
            lines.Add($"timeout server {Text(server)}s");
            lines.Add($"timeout tunnel {Text(server)}s");
        }
    }

    private static string Cookie(Dictionary<string, string> says)
    {
        string name = says.GetValueOrDefault("session-cookie-name") ?? "INGRESSCOOKIE";
        string safe = new([.. name.Where(static one => char.IsAsciiLetterOrDigit(one) || one is '_' or '-' or '.')]);
        int life = SecondsOf(says, "session-cookie-max-age");
        return $"cookie {(safe.Length > 0 ? safe : "INGRESSCOOKIE")} insert indirect nocache httponly"
            + (says.GetValueOrDefault("session-cookie-secure") == "true" ? " secure" : "")
            + (life > 0 ? $" maxlife {Text(life)}s attr \"Max-Age={Text(life)}\"" : "");
    }

    /// <summary>Ranges of addresses, each with a space before it; what is none is left out.</summary>
    public static string Ranges(string? text) => string.Concat(Words(text ?? "")
        .Select(static one => AddressRange.TryParse(one, out AddressRange range) ? " " + range : ""));

    private static string[] Words(string text) =>
        text.Split((char[])[',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>A size as nginx reads it: <c>8m</c>; null for what is none.</summary>
    private static long? SizeOf(string text)
    {
        string trimmed = text.Trim();
        if (trimmed.Length == 0)
        {
            return null;
        }

        int shift = char.ToLowerInvariant(trimmed[^1]) switch { 'k' => 10, 'm' => 20, 'g' => 30, _ => 0 };
        string digits = shift == 0 ? trimmed : trimmed[..^1];
        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            && number < 1L << 32 ? number << shift : null;
    }

    private static int SecondsOf(Dictionary<string, string> says, string annotation) =>
        says.TryGetValue(annotation, out string? text) && int.TryParse(
            text.TrimEnd('s'), NumberStyles.None, CultureInfo.InvariantCulture, out int seconds)
            ? Math.Min(seconds, 86400 * 24)
            : 0;

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>What an ingress asks for and does not get.</summary>
/// <param name="Ingress">The ingress.</param>
/// <param name="Reason">One word.</param>
/// <param name="Message">A sentence.</param>
internal sealed record IngressComplaint(ApiIngress Ingress, string Reason, string Message);
