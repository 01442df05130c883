using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Keelson.Network.Ingress;

/// <summary>HAProxy's files. How long a request takes to be routed does not depend on the number of rules, except for
/// those with patterns: hosts and paths are found in maps.</summary>
internal static class HaproxyFiles
{
    public const string Main = "haproxy.cfg";
    public const string ExactMap = "exact.map";
    public const string PrefixMap = "prefix.map";
    public const string PatternMap = "pattern.map";
    public const string HostMap = "hosts.map";
    public const string CertificateList = "certificates.list";
    public const string DefaultCertificate = "default.pem";

    /// <summary>What HAProxy's rules can't do by themselves.</summary>
    public const string Guards = "guards.lua";

    /// <summary>The socket at which the master takes orders.</summary>
    public const string MasterSocket = "master.sock";

    /// <summary>Names with passwords of forms that HAProxy itself does not know.</summary>
    public const string Passwords = "passwords.lua";

    private const string WorkerSocket = "worker.sock";

    private static readonly Lazy<string> GuardsText = new(static () =>
    {
        using Stream stream = typeof(HaproxyFiles).Assembly.GetManifestResourceStream("Ingress." + Guards)!;
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    });

    /// <summary>Composes them: names within the directory, and contents. Pure.</summary>
    public static IReadOnlyDictionary<string, string> Compose(IngressRoutes routes, IngressControllerConfig config)
    {
        Dictionary<string, string> files = new(StringComparer.Ordinal)
        {
            [ExactMap] = Map(routes, static one => one.Match == PathMatch.Exact, static one => one.Host + one.Path),
            [PrefixMap] = Map(
                routes,
                static one => one.Match is PathMatch.Prefix or PathMatch.Begin,
                static one => one.Host + (one.Match == PathMatch.Prefix ? one.Path.TrimEnd('/') + "/" : one.Path)),
            [PatternMap] = Map(
                routes,
                static one => one.Match == PathMatch.Pattern,
                static one => $"(?i)^{Regex.Escape(one.Host)}(?:{one.Path.TrimStart('^')})"),
            [HostMap] = Lines(routes.Routes.Select(static one => one.Host).Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal).Select(static one => $"{one} {one}")),
            [CertificateList] = Certificates(routes, config),
            [Main] = Configuration(routes, config),
            [Guards] = GuardsText.Value,
            [Passwords] = Lines(routes.Routes.Select(static one => one.Backend.Manners.Passwords)
                .Where(static one => one.Length > 0).Distinct().Order(StringComparer.Ordinal)
                .Prepend("guard_lists = {}")),
        };
        foreach (IngressCertificate certificate in routes.Certificates)
        {
            files[certificate.File] = certificate.Pem;
        }

        return files;
    }

    private static string Map(IngressRoutes routes, Func<IngressRoute, bool> isMeant, Func<IngressRoute, string> key) =>
        Lines(routes.Routes.Where(isMeant).Select(one => $"{key(one)} {one.Backend.Name}"));

    private static string Certificates(IngressRoutes routes, IngressControllerConfig config)
    {
        // The first is shown to those who ask for a name that none is for.
        StringBuilder text = new();
        text.Append(Path.Combine(config.Directory, DefaultCertificate)).Append('\n');
        foreach (IngressCertificate one in routes.Certificates.OrderBy(static one => one.File, StringComparer.Ordinal))
        {
            text.Append(Path.Combine(config.Directory, one.File)).Append(' ').AppendJoin(' ', one.Hosts).Append('\n');
        }

        return text.ToString();
    }

    private static string Configuration(IngressRoutes routes, IngressControllerConfig config)
    {
        IngressBackendRoute[] backends = [.. routes.Routes.Select(static one => one.Backend)
            .SelectMany(static one => one.Canary is { } canary ? (IngressBackendRoute[])[one, canary.Backend] : [one])
            .DistinctBy(static one => one.Name).OrderBy(static one => one.Name, StringComparer.Ordinal)];
        StringBuilder text = new();
        AppendGlobal(text, config);
        AppendFrontend(text, backends, config);
        foreach (string section in backends.SelectMany(static one => one.Manners.Sections)
            .Distinct(StringComparer.Ordinal))
        {
            text.Append('\n').Append(section);
        }

        foreach (IngressBackendRoute backend in backends)
        {
            AppendBackend(text, backend);
        }

        return text.ToString();
    }

    private static void AppendGlobal(StringBuilder text, IngressControllerConfig config) =>
        text.Append(CultureInfo.InvariantCulture, $"""
            global
                lua-load {File(config, Passwords)}
                lua-load {File(config, Guards)}
                httpclient.ssl.verify none
                hard-stop-after 240s
                stats socket {Path.Combine(config.Directory, WorkerSocket)} mode 600 level admin expose-fd listeners
                ssl-default-bind-options ssl-min-ver TLSv1.2
                tune.ssl.default-dh-param 2048

            defaults
                mode http
                timeout connect 5s
                timeout client 60s
                timeout server 60s
                timeout http-request 10s
                timeout http-keep-alive 60s
                timeout tunnel 1h
                option redispatch
                retries 3
                retry-on conn-failure

            resolvers default
                {Resolvers(config)}
                accepted_payload_size 4096
                hold valid 10s

            """);

    private static void AppendFrontend(
        StringBuilder text, IngressBackendRoute[] backends, IngressControllerConfig config)
    {
        string canaries = string.Concat(backends.Where(static one => one.Canary is not null)
            .SelectMany(static one => one.Canary!.Lines(one.Name)).Select(static one => $"    {one}\n"));
        text.Append(CultureInfo.InvariantCulture, $"""

            frontend web
                bind {config.BindAddress}:{config.HttpPort}
                bind {config.BindAddress}:{config.HttpsPort} ssl crt-list {File(config,
                    CertificateList)} alpn h2,http/1.1
                http-request set-var(txn.host) req.hdr(host),field(1,:),lower
                http-request set-var(txn.key) var(txn.host),map_str({File(config, HostMap)})
                http-request set-var(txn.wild) var(txn.host),regsub(^[^.]+,*)
                http-request set-var(txn.key) var(txn.wild),map_str({File(config, HostMap)}) if !{Found("key")}
                http-request set-var(txn.key) str({IngressRoutes.AnyHost}) if !{Found("key")}
                http-request set-var(txn.path) path
                http-request set-var(txn.exact) var(txn.key),concat(,txn.path)
                http-request set-var(txn.begin) var(txn.exact),concat(/)
                http-request set-var(txn.route) var(txn.exact),map_str({File(config, ExactMap)})
                http-request set-var(txn.route) var(txn.exact),map_reg({File(config, PatternMap)}) if !{Found("route")}
                http-request set-var(txn.route) var(txn.begin),map_beg({File(config, PrefixMap)}) if !{Found("route")}
            {canaries.TrimEnd('\n')}
                http-request redirect scheme https code 308 if !{Term("ssl_fc")} {Term("var(txn.route) -m beg tls_")}
                http-request set-header X-Forwarded-Proto https if {Term("ssl_fc")}
                http-request set-header X-Forwarded-Proto http if !{Term("ssl_fc")}
                http-request set-header X-Forwarded-Host %[req.hdr(host)]
                http-request set-header X-Forwarded-For %[src]
                http-request set-header X-Forwarded-Port %[dst_port]
                http-request set-header X-Forwarded-Scheme https if {Term("ssl_fc")}
                http-request set-header X-Forwarded-Scheme http if !{Term("ssl_fc")}
                http-request set-header X-Scheme https if {Term("ssl_fc")}
                http-request set-header X-Scheme http if !{Term("ssl_fc")}
                http-request set-header X-Request-ID %[uuid()] if !{Term("req.hdr(x-request-id) -m found")}
                http-request set-header X-Real-IP %[src]
                use_backend %[var(txn.route)] if {Found("route")}
                default_backend nothing

            backend nothing
                http-request return status 404 content-type "text/plain; charset=utf-8" string "default backend - 404"

            """);
    }

    private static string Resolvers(IngressControllerConfig config) => config.Resolvers.Count == 0
        ? "parse-resolv-conf"
        : string.Join("\n    ", config.Resolvers.Select(static (one, i) => $"nameserver dns{i} {one}"));

    private static void AppendBackend(StringBuilder text, IngressBackendRoute backend)
    {
        text.Append("\nbackend ").Append(backend.Name).Append('\n');
        text.Append("    balance ").Append(backend.Manners.Balance).Append('\n');
        foreach (string line in backend.Manners.Lines)
        {
            text.Append("    ").Append(line).Append('\n');
        }

        if (backend.Pattern is { } pattern)
        {
            text.Append("    http-request replace-path ").Append(Quote(pattern)).Append(' ')
                .Append(Quote(backend.Replacement)).Append('\n');
        }

        for (int i = 0; i < backend.Targets.Count; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"    server s{i} {backend.Targets[i]} init-addr last,libc,none")
                .Append(IsName(backend.Targets[i]) ? " resolvers default resolve-prefer ipv4" : "")
                .Append(backend.Manners.ServerOptions)
                .Append(backend.Manners.HasCookie ? " cookie " + CookieOf(backend.Targets[i]) : "").Append('\n');
        }
    }

    /// <summary>True for a target whose address others say, and may say otherwise later.</summary>
    private static bool IsName(string target) =>
        !System.Net.IPEndPoint.TryParse(target, out _) && target.Count(static one => one == ':') == 1;

    /// <summary>What a client's cookie says of its target: it stays the same whatever other targets there
    /// are.</summary>
    private static string CookieOf(string target) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(target)))[..16];

    private static string File(IngressControllerConfig config, string name) => Path.Combine(config.Directory, name);

    private static string Term(string text) => "{ " + text + " }";

    private static string Found(string name) => Term($"var(txn.{name}) -m found");

    /// <summary>A word as the configuration takes it, whatever it contains.</summary>
    public static string Quote(string text) => "'" + text.Replace("'", "'\\''", StringComparison.Ordinal) + "'";

    /// <summary>The same where HAProxy would look for its own variables in it.</summary>
    public static string QuoteFormat(string text) => Quote(text.Replace("%", "%%", StringComparison.Ordinal));

    private static string Lines(IEnumerable<string> lines)
    {
        StringBuilder text = new();
        foreach (string line in lines)
        {
            text.Append(line).Append('\n');
        }

        return text.ToString();
    }
}
