using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Keelson.Api.Core.V1;
using Keelson.Api.Networking.V1;
using ApiIngress = Keelson.Api.Networking.V1.Ingress;

namespace Keelson.Network.Ingress;

/// <summary>How a path is matched.</summary>
internal enum PathMatch
{
    /// <summary>The whole path.</summary>
    Exact,

    /// <summary>Its first segments.</summary>
    Prefix,

    /// <summary>Its first characters.</summary>
    Begin,

    /// <summary>A regular expression from its start, without regard to case.</summary>
    Pattern,
}

/// <summary>Where requests go.</summary>
/// <param name="Name">The backend's name.</param>
/// <param name="Targets">Addresses with ports.</param>
internal sealed record IngressBackendRoute(string Name, IReadOnlyList<string> Targets)
{
    /// <summary>What is replaced of the path; null when it stays.</summary>
    public string? Pattern { get; init; }

    /// <summary>By what it is replaced, with <c>\1</c> for groups.</summary>
    public string Replacement { get; init; } = "";

    /// <summary>True when plain connections are sent to TLS.</summary>
    public bool RedirectsToTls { get; init; }

    /// <summary>What else its ingress asks for.</summary>
    public IngressManners Manners { get; init; } = new();

    /// <summary>Which requests go elsewhere; null when none do.</summary>
    public IngressCanary? Canary { get; init; }
}

/// <summary>A rule: which requests go where.</summary>
/// <param name="Host">The host; <c>*.example.com</c> for one label of any name, <c>*</c> for all others.</param>
/// <param name="Path">The path.</param>
/// <param name="Match">How it is matched.</param>
/// <param name="Backend">Where to.</param>
internal sealed record IngressRoute(string Host, string Path, PathMatch Match, IngressBackendRoute Backend)
{
    /// <summary>Whose rule it is; null for what an ingress says of all other paths.</summary>
    public ApiIngress? Ingress { get; init; }
}

/// <summary>A certificate with the names that it is shown for.</summary>
/// <param name="File">The file's name.</param>
/// <param name="Pem">Certificate and key.</param>
/// <param name="Hosts">The names.</param>
internal sealed record IngressCertificate(string File, string Pem, IReadOnlyList<string> Hosts);

/// <summary>All that HAProxy has to know.</summary>
/// <param name="Routes">The rules; of each host and path one.</param>
/// <param name="Certificates">The certificates.</param>
/// <param name="Complaints">What ingresses ask for and do not get.</param>
internal sealed record IngressRoutes(
    IReadOnlyList<IngressRoute> Routes,
    IReadOnlyList<IngressCertificate> Certificates,
    IReadOnlyList<IngressComplaint> Complaints)
{
    /// <summary>The host of rules without one.</summary>
    public const string AnyHost = "*";

    /// <summary>Decides. Pure.</summary>
    public static IngressRoutes Compute(IngressSnapshot snapshot, IngressControllerConfig config)
    {
        Dictionary<(string Host, string Path, PathMatch Match), IngressRoute> routes = [];
        List<IngressRoute> defaults = [];
        Dictionary<string, IngressCertificate> certificates = new(StringComparer.Ordinal);
        List<IngressComplaint> complaints = [];
        foreach (ApiIngress ingress in snapshot.Served(config))
        {
            AddCertificates(certificates, snapshot, ingress);
            complaints.AddRange(ComplaintsOf(snapshot, ingress));
            foreach (IngressRoute route in IngressCanary.IsCanary(ingress) ? [] : RoutesOf(snapshot, ingress))
            {
                routes.TryAdd((route.Host, route.Path, route.Match), route);
            }

            defaults.AddRange(IngressCanary.IsCanary(ingress) ? [] : DefaultsOf(snapshot, ingress));
        }

        AddCanaries(routes, snapshot, config);

        // What an ingress says of all other paths counts less than any rule for them.
        foreach (IngressRoute route in defaults)
        {
            if (!routes.Values.Any(one => one.Host == route.Host && one.Path == "/" && one.Match != PathMatch.Exact))
            {
                routes.TryAdd((route.Host, route.Path, route.Match), route);
            }
        }

        return new([.. WithPatterns([.. routes.Values])], [.. certificates.Values], complaints);
    }

    /// <summary>A canary is about the rules of another ingress with the same host and path: what that one asks for
    /// holds for its service, too. Of several canaries of a rule the oldest counts.</summary>
    private static void AddCanaries(
        Dictionary<(string Host, string Path, PathMatch Match), IngressRoute> routes, IngressSnapshot snapshot,
        IngressControllerConfig config)
    {
        foreach (ApiIngress ingress in snapshot.Served(config).Where(IngressCanary.IsCanary))
        {
            foreach ((string host, HTTPIngressPath path, string text) in PathsOf(ingress))
            {
                foreach (PathMatch match in Enum.GetValues<PathMatch>())
                {
                    if (routes.TryGetValue((host, text, match), out IngressRoute? main)
                        && main is { Backend.Canary: null, Ingress: { } other })
                    {
                        IngressBackendRoute backend = BackendOf(snapshot, other, host, path.Backend, (text, match));
                        IngressCanary canary = IngressCanary.Of(ingress, backend);
                        routes[(host, text, match)] = main with { Backend = canary.Beside(main.Backend) };
                    }
                }
            }
        }
    }

    /// <summary>
    /// As with ingress-nginx, a host with one pattern has patterns only, the longest first: else a pattern and a prefix
    /// could not be told which goes before the other.
    /// </summary>
    private static IEnumerable<IngressRoute> WithPatterns(IReadOnlyList<IngressRoute> routes)
    {
        HashSet<string> patterned =
            [.. routes.Where(static one => one.Match == PathMatch.Pattern).Select(static one => one.Host)];
        foreach (IngressRoute route in routes.OrderByDescending(static one => one.Path.Length)
            .ThenBy(static one => one.Match)
            .ThenBy(static one => one.Host, StringComparer.Ordinal)
            .ThenBy(static one => one.Path, StringComparer.Ordinal))
        {
            if (!patterned.Contains(route.Host) || route.Match == PathMatch.Pattern)
            {
                yield return route;
                continue;
            }

            string escaped = Regex.Escape(route.Path.TrimEnd('/'));
            string pattern = route.Match switch
            {
                PathMatch.Exact => Regex.Escape(route.Path) + "$",
                PathMatch.Prefix => escaped + "(/|$)",
                _ => Regex.Escape(route.Path),
            };
            yield return route with { Path = pattern, Match = PathMatch.Pattern };
        }
    }

    private static IEnumerable<IngressComplaint> ComplaintsOf(IngressSnapshot snapshot, ApiIngress ingress)
    {
        string @namespace = ingress.Metadata.Namespace;
        foreach (string one in IngressManners.NotHonoured(ingress))
        {
            yield return new(ingress, "AnnotationNotHonored", $"annotation {one} is not honored");
        }

        if (IngressManners.DenialOf(ingress, snapshot.Secrets) is { } denial)
        {
            yield return new(ingress, denial.Reason, denial.Message);
        }

        foreach (IngressBackend backend in BackendsOf(ingress))
        {
            if (backend.Service is null)
            {
                yield return new(ingress, "ResourceBackend", "backends that are no services are not served");
            }
            else if (snapshot.Services(@namespace, backend.Service.Name) is not { } service)
            {
                yield return new(
                    ingress, "ServiceNotFound", $"service \"{@namespace}/{backend.Service.Name}\" not found");
            }
            else if (IngressSnapshot.PortOf(service, backend.Service.Port) is null)
            {
                ServiceBackendPort port = backend.Service.Port;
                yield return new(ingress, "ServicePortNotFound", $"service \"{@namespace}/{backend.Service.Name}\" "
                    + $"has no port {(port.Name.Length > 0 ? port.Name : $"{port.Number}")}");
            }
        }

        foreach (IngressTLS tls in ingress.Spec.Tls.ToArray())
        {
            if (tls.SecretName.Length > 0 && snapshot.Secrets(@namespace, tls.SecretName) is null)
            {
                yield return new(ingress, "SecretNotFound", $"secret \"{@namespace}/{tls.SecretName}\" not found");
            }
        }
    }

    /// <summary>All backends that an ingress names.</summary>
    public static IEnumerable<IngressBackend> BackendsOf(ApiIngress ingress) => ingress.Spec.Rules
        .SelectMany(static rule => rule.IngressRuleValue.Http?.Paths ?? default)
        .Select(static path => path.Backend)
        .Concat(ingress.Spec.DefaultBackend is { } backend ? [backend] : []);

    /// <summary>A rule's host, and what else an ingress calls it.</summary>
    private static IEnumerable<string> HostsOf(IngressRule rule, ApiIngress ingress) => rule.Host.Length == 0
        ? [AnyHost]
        : IngressManners.AliasesOf(ingress).Prepend(rule.Host.ToLowerInvariant());

    private static IEnumerable<IngressRoute> RoutesOf(IngressSnapshot snapshot, ApiIngress ingress)
    {
        foreach ((string host, HTTPIngressPath path, string text) in PathsOf(ingress))
        {
            PathMatch match = MatchOf(ingress, path.PathType, text);
            yield return new(host, text, match, BackendOf(snapshot, ingress, host, path.Backend, (text, match)))
            {
                Ingress = ingress,
            };
        }
    }

    /// <summary>The hosts and paths of an ingress' rules.</summary>
    private static IEnumerable<(string Host, HTTPIngressPath Path, string Text)> PathsOf(ApiIngress ingress)
    {
        foreach ((IngressRule rule, string host) in ingress.Spec.Rules.ToArray()
            .SelectMany(rule => HostsOf(rule, ingress).Select(host => (rule, host))))
        {
            foreach (HTTPIngressPath path in (rule.IngressRuleValue.Http?.Paths ?? default).ToArray())
            {
                string text = path.Path.Length == 0 ? "/" : path.Path;
                if (!text.Any(static one => char.IsWhiteSpace(one) || char.IsControl(one)))
                {
                    yield return (host, path, text);
                }
            }
        }
    }

    private static PathMatch MatchOf(ApiIngress ingress, string? type, string path)
    {
        bool hasPatterns = Says(ingress, "use-regex") == "true" || Says(ingress, "rewrite-target") is not null;
        bool isPattern = hasPatterns && path.AsSpan().IndexOfAny("()[]{}^$*+?|\\") >= 0;
        return type switch
        {
            "Exact" => PathMatch.Exact,
            _ when isPattern => PathMatch.Pattern,
            "Prefix" => PathMatch.Prefix,
            _ => PathMatch.Begin,
        };
    }

    private static IEnumerable<IngressRoute> DefaultsOf(IngressSnapshot snapshot, ApiIngress ingress)
    {
        if (ingress.Spec.DefaultBackend is not { } backend)
        {
            yield break;
        }

        IEnumerable<string> hosts = ingress.Spec.Rules.Count == 0
            ? [AnyHost]
            : ingress.Spec.Rules.Select(static one => one.Host.Length == 0 ? AnyHost : one.Host.ToLowerInvariant());
        foreach (string host in hosts.Distinct())
        {
            yield return new(host, "/", PathMatch.Prefix, BackendOf(snapshot, ingress, host, backend, null));
        }
    }

    private static IngressBackendRoute BackendOf(
        IngressSnapshot snapshot, ApiIngress ingress, string host, IngressBackend backend,
            (string Path, PathMatch Match)? path)
    {
        string @namespace = ingress.Metadata.Namespace;
        string? target = path is null ? null : Says(ingress, "rewrite-target");
        bool hasTls = ingress.Spec.Tls.Any(one => one.Hosts.Count == 0 || one.Hosts.Contains(host));
        bool redirects = (hasTls && Says(ingress, "ssl-redirect") != "false")
            || Says(ingress, "force-ssl-redirect") == "true";
        IngressManners asked = IngressManners.Of(ingress, snapshot.Secrets);
        IngressBackendRoute route = new("", backend.Service is null ? []
            : snapshot.TargetsOf(@namespace, backend.Service))
        {
            Pattern = target is null ? null : PatternOf(path!.Value.Path, path.Value.Match),
            Replacement = target is null ? "" : ReplacementOf(target),
            RedirectsToTls = redirects,
            Manners = asked,
        };

        // Rules with the same service and manners share a backend.
        string port = backend.Service is null ? ""
            : backend.Service.Port.Name.Length > 0 ? backend.Service.Port.Name
            : backend.Service.Port.Number.ToString(System.Globalization.CultureInfo.InvariantCulture);
        string name = $"{@namespace}_{backend.Service?.Name}_{port}";
        string manners = $"{name}\n{route.Pattern}\n{route.Replacement}\n{asked.ServerOptions}\n{asked.Balance}\n"
            + $"{asked.HasCookie}\n{string.Join('\n', asked.Lines)}";
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(manners)))[..8];
        return route with { Name = $"{(redirects ? "tls" : "web")}_{name}_{hash}" };
    }

    /// <summary>What of the path a rewrite replaces: all of it, once the rule's path is found in it.</summary>
    private static string PatternOf(string path, PathMatch match) => match == PathMatch.Pattern
        ? "(?i)" + path
        : "(?i)^" + Regex.Escape(path);

    /// <summary>nginx's <c>$1</c> as HAProxy has it: <c>\1</c>.</summary>
    private static string ReplacementOf(string target)
    {
        StringBuilder text = new();
        for (int i = 0; i < target.Length; i++)
        {
            bool isGroup = target[i] == '$' && i + 1 < target.Length && char.IsAsciiDigit(target[i + 1]);
            text.Append(isGroup ? "\\" : target[i] is '%' ? "%%" : target[i] is '\\' ? "\\\\" : target[i].ToString());
        }

        return text.ToString();
    }

    private static void AddCertificates(
        Dictionary<string, IngressCertificate> certificates, IngressSnapshot snapshot, ApiIngress ingress)
    {
        foreach (IngressTLS tls in ingress.Spec.Tls)
        {
            if (tls.SecretName.Length == 0
                || snapshot.Secrets(ingress.Metadata.Namespace, tls.SecretName) is not { } secret
                || TextOf(secret, "tls.crt") is not { } certificate
                || TextOf(secret, "tls.key") is not { } key)
            {
                continue;
            }

            string file = $"{ingress.Metadata.Namespace}_{tls.SecretName}.pem";
            IEnumerable<string> hosts = tls.Hosts.Count > 0 ? tls.Hosts
                : ingress.Spec.Rules.Select(static one => one.Host).Where(static one => one.Length > 0);
            IReadOnlyList<string> before = certificates.TryGetValue(file, out IngressCertificate? known) ? known.Hosts
                : [];
            string[] all = [.. before.Concat(hosts.Select(static one => one.ToLowerInvariant())).Distinct()];
            certificates[file] = new(file, certificate.TrimEnd() + "\n" + key.TrimEnd() + "\n", all);
        }
    }

    private static string? TextOf(Secret secret, string key) =>
        secret.Data.TryGetValue(key, out Machinery.Values.Bytes data) ? data.ToText() : null;

    private static string? Says(ApiIngress ingress, string what) =>
        ingress.Metadata.Annotations.GetValueOrDefault(IngressManners.Prefix + what);
}
