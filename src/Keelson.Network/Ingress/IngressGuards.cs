using System.Globalization;
using System.Text;
using Keelson.Api.Core.V1;
using ApiIngress = Keelson.Api.Networking.V1.Ingress;

namespace Keelson.Network.Ingress;

/// <summary>
/// Who gets to a service, by ingress-nginx' annotations: names with passwords, another service that is asked, and how
/// much one client may ask for.
/// </summary>
internal sealed class IngressGuards
{
    // ingress-nginx' default: this many times the rate may come at once.
    private const int UsualBurst = 5;

    private static readonly string[] Crypted = ["$1$", "$2a$", "$2b$", "$2y$", "$5$", "$6$", "$y$"];
    private static readonly string[] Methods = ["get", "head", "post", "put", "delete"];

    private readonly ApiIngress _ingress;
    private readonly Dictionary<string, string> _says;
    private readonly List<string> _lines = [];
    private readonly List<string> _sections = [];

    private IngressGuards(ApiIngress ingress, Dictionary<string, string> says)
    {
        _ingress = ingress;
        _says = says;
    }

    /// <summary>Lines of the backend, in order.</summary>
    public IReadOnlyList<string> Lines => _lines;

    /// <summary>Sections of the configuration that the lines name.</summary>
    public IReadOnlyList<string> Sections => _sections;

    /// <summary>Names with passwords that HAProxy itself does not know the form of, as a statement of Lua; empty for
    /// none.</summary>
    public string Passwords { get; private set; } = "";

    /// <summary>Why nobody is let in, a reason and a sentence; null when that is not so.</summary>
    public (string Reason, string Message)? Denial { get; private set; }

    /// <summary>What an ingress asks for.</summary>
    /// <param name="ingress">The ingress.</param>
    /// <param name="says">Its annotations, without what they begin with.</param>
    /// <param name="secrets">Finds secrets.</param>
    public static IngressGuards Of(
        ApiIngress ingress, Dictionary<string, string> says, Func<string, string, Secret?> secrets)
    {
        IngressGuards guards = new(ingress, says);
        guards.AddLimits();
        guards.AddQuestion();
        guards.AddPasswords(secrets);
        if (says.Keys.FirstOrDefault(static one => one is "auth-tls-secret" or "auth-tls-verify-client") is { } tls)
        {
            guards.Deny("AnnotationNotHonored", $"annotation {IngressManners.Prefix}{tls} is not honored");
        }

        return guards;
    }

    /// <summary>The secret with the passwords of an ingress; null when it has none.</summary>
    public static string? SecretOf(ApiIngress ingress)
    {
        string? text = ingress.Metadata.Annotations.GetValueOrDefault(IngressManners.Prefix + "auth-secret");
        string own = ingress.Metadata.Namespace + "/";
        return text is null ? null : text.StartsWith(own, StringComparison.Ordinal) ? text[own.Length..] : text;
    }

    private string Owner => $"{_ingress.Metadata.Namespace}_{_ingress.Metadata.Name}";

    private void Deny(string reason, string message)
    {
        Denial ??= (reason, message + ", so nobody is let in");
        _lines.Insert(0, "http-request deny deny_status 503");
    }

    /// <summary>
    /// How much one address may ask for. Only what was let through counts. A client may come with a burst of several
    /// times the rate, and over the time in which that many would have come at the rate no more than them: over a
    /// longer time, the rate.
    /// </summary>
    private void AddLimits()
    {
        int burst = Number("limit-burst-multiplier") is > 0 and int told ? told : UsualBurst;
        List<string> kept = [];
        List<string> denials = [];
        List<string> counts = [];
        string table = "limits_" + Owner;
        string exempt = IngressManners.Ranges(
            _says.GetValueOrDefault("limit-allowlist") ?? _says.GetValueOrDefault("limit-whitelist"));
        string others = exempt.Length > 0 ? $" !{{ src{exempt} }}" : "";
        int counter = 0;
        foreach ((string annotation, int seconds) in ((string, int)[])[("limit-rps", 1), ("limit-rpm", 60)])
        {
            if (Number(annotation) is > 0 and int rate)
            {
                kept.Add($"gpc{counter}_rate({Text((long)burst * seconds)}s)");
                denials.Add($"http-request deny deny_status 503 if {{ sc_gpc{counter}_rate(0,{table}) ge "
                    + $"{Text((long)rate * burst)} }}{others}");
                counts.Add($"http-request sc-inc-gpc{counter}(0)");
                counter++;
            }
        }

        if (Number("limit-connections") is > 0 and int connections)
        {
            kept.Add("conn_cur");
            denials.Add(
                $"http-request deny deny_status 503 if {{ sc_conn_cur(0,{table}) gt {Text(connections)} }}{others}");
        }

        if (kept.Count > 0)
        {
            _sections.Add($"backend {table}\n    stick-table type ipv6 size 100k expire {Text((long)burst * 60)}s "
                + $"store {string.Join(',', kept)}\n");
            _lines.Add($"http-request track-sc0 src table {table}");
            _lines.AddRange(denials);
            _lines.AddRange(counts);
        }
    }

    /// <summary>Another service is asked about each request.</summary>
    private void AddQuestion()
    {
        if (!_says.TryGetValue("auth-url", out string? url))
        {
            return;
        }

        string method = (_says.GetValueOrDefault("auth-method") ?? "GET").ToLowerInvariant();
        string signIn = _says.GetValueOrDefault("auth-signin") ?? "-";
        string parameter = _says.GetValueOrDefault("auth-signin-redirect-param") ?? "rd";
        string headers = _says.GetValueOrDefault("auth-response-headers") ?? "-";
        bool isRight = IsUrl(url) && Methods.Contains(method) && (signIn == "-" || IsUrl(signIn))
            && parameter.All(static one => char.IsAsciiLetterOrDigit(one) || one is '-' or '_')
            && headers.All(static one => char.IsAsciiLetterOrDigit(one) || one is '-' or '_' or ',' or ' ');
        if (!isRight)
        {
            Deny("InvalidAnnotation", $"annotations of {IngressManners.Prefix}auth-url make no sense");
            return;
        }

        _lines.Add($"http-request lua.guard-ask {HaproxyFiles.Quote(url)} {method} {HaproxyFiles.Quote(signIn)} "
            + $"{parameter} {HaproxyFiles.Quote(headers.Replace(" ", "", StringComparison.Ordinal))}");
        string when = _says.GetValueOrDefault("auth-always-set-cookie") == "true" ? "" : " { status lt 400 }";
        _lines.Add("http-after-response add-header Set-Cookie %[var(txn.guard_cookie)] if "
            + "{ var(txn.guard_cookie) -m found }" + when);
    }

    /// <summary>Names with passwords, of a secret in htpasswd's form.</summary>
    private void AddPasswords(Func<string, string, Secret?> secrets)
    {
        if (!_says.TryGetValue("auth-type", out string? type))
        {
            return;
        }

        string name = SecretOf(_ingress) ?? "";
        if (type != "basic")
        {
            Deny("AnnotationNotHonored", $"annotation {IngressManners.Prefix}auth-type: {type} is not honored");
        }
        else if (name.Contains('/') || name.Length == 0)
        {
            Deny("InvalidAnnotation",
                $"annotation {IngressManners.Prefix}auth-secret names no secret of the namespace");
        }
        else if (secrets(_ingress.Metadata.Namespace, name) is not { } secret)
        {
            Deny("SecretNotFound", $"secret \"{_ingress.Metadata.Namespace}/{name}\" not found");
        }
        else if (Entries(secret) is not { } entries)
        {
            Deny("InvalidAnnotation", $"secret \"{_ingress.Metadata.Namespace}/{name}\" has no key auth");
        }
        else
        {
            AddPasswords(entries);
        }
    }

    private void AddPasswords(IReadOnlyList<(string Name, string Hash)> entries)
    {
        StringBuilder users = new($"userlist users_{Owner}\n");
        StringBuilder others = new();
        foreach ((string name, string hash) in entries)
        {
            bool isPlain = hash.StartsWith("{PLAIN}", StringComparison.Ordinal);
            if (isPlain || hash.Length == 13 || Crypted.Any(one => hash.StartsWith(one, StringComparison.Ordinal)))
            {
                users.Append("    user ").Append(HaproxyFiles.Quote(name))
                    .Append(isPlain ? " insecure-password " : " password ")
                    .Append(HaproxyFiles.Quote(isPlain ? hash["{PLAIN}".Length..] : hash)).Append('\n');
            }
            else
            {
                others.Append('[').Append(Quoted(name)).Append("]=").Append(Quoted(hash)).Append(',');
            }
        }

        _sections.Add(users.ToString());
        string realm = _says.GetValueOrDefault("auth-realm") ?? "Authentication Required";
        string known = "";
        if (others.Length > 0)
        {
            Passwords = $"guard_lists[\"{Owner}\"]={{{others}}}";
            known = $" !{{ lua.guard_knows({Owner}) -m str yes }}";
        }

        _lines.Add($"http-request auth realm {HaproxyFiles.Quote(realm)} "
            + $"if !{{ http_auth(users_{Owner}) }}{known}");
    }

    /// <summary>A text as Lua reads it, whatever it contains.</summary>
    private static string Quoted(string text) =>
        $"\"{string.Concat(Encoding.UTF8.GetBytes(text).Select(static one => $"\\{one:000}"))}\"";

    /// <summary>Names and hashes; null when the secret has none.</summary>
    private IReadOnlyList<(string Name, string Hash)>? Entries(Secret secret)
    {
        IEnumerable<(string, string)>? found = null;
        if (_says.GetValueOrDefault("auth-secret-type") == "auth-map")
        {
            found = secret.Data.Select(static one => (one.Key, one.Value.ToText()));
        }
        else if (secret.Data.TryGetValue("auth", out Machinery.Values.Bytes file))
        {
            found = file.ToText().Split('\n').Where(static one => !one.StartsWith('#'))
                .Select(static one => one.Trim().Split(':', 3)).Where(static one => one.Length > 1)
                .Select(static one => (one[0], one[1]));
        }

        return found is null ? null
            : [.. found.Where(static one => one.Item1.Length > 0 && !(one.Item1 + one.Item2).Any(char.IsControl))
                .DistinctBy(static one => one.Item1)];
    }

    private static bool IsUrl(string text) =>
        Uri.TryCreate(text.Replace("$", "", StringComparison.Ordinal), UriKind.Absolute, out Uri? url)
        && url.Scheme is "http" or "https" && url.Host.Length > 0 && !text.Any(char.IsWhiteSpace);

    private int? Number(string annotation) => _says.TryGetValue(annotation, out string? text)
        && int.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
        && number <= 1_000_000 ? number : null;

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
