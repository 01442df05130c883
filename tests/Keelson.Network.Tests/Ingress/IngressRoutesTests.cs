using Keelson.Api.Core.V1;
using Keelson.Api.Networking.V1;
using Keelson.Machinery.Values;
using Keelson.Network.Ingress;
using static Keelson.Network.Tests.Objects;
using ApiIngress = Keelson.Api.Networking.V1.Ingress;

namespace Keelson.Network.Tests.Ingress;

public sealed class IngressRoutesTests
{
    internal static readonly IngressClass DefaultClass = new()
    {
        Metadata = Meta("", "keelson") with
        {
            Annotations = ApiMap<string>.From(
                [KeyValuePair.Create("ingressclass.kubernetes.io/is-default-class", "true")]),
        },
        Spec = new() { Controller = "keelson.dev/ingress-controller" },
    };

    private static readonly Secret Users = new()
    {
        Metadata = Meta("default", "users"),
        Data = ApiMap<Bytes>.From(
            [KeyValuePair.Create("auth", Bytes.FromText("ann:$6$abc$def\nbob:{PLAIN}open\nc:$apr1$x\n"))]),
    };

    private static readonly IngressControllerConfig Config = new() { Directory = "/run/ingress" };

    [Fact]
    public void Rules_become_maps_of_hosts_and_paths()
    {
        IReadOnlyDictionary<string, string> files = Files(NewIngress(
            "web",
            Rule("example.com", ("/", "Prefix", "web"), ("/api", "Prefix", "api"), ("/login", "Exact", "api")),
            Rule("*.example.com", ("/raw", "ImplementationSpecific", "web")),
            Rule("", ("/", "Prefix", "web"))));
        Assert.Equal("* *\n*.example.com *.example.com\nexample.com example.com\n", files[HaproxyFiles.HostMap]);
        Assert.Equal("example.com/login web_default_api_80_", Cut(files[HaproxyFiles.ExactMap]));
        Assert.Equal(
            "example.com/api/ web_default_api_80_\n*.example.com/raw web_default_web_80_\n"
            + "*/ web_default_web_80_\nexample.com/ web_default_web_80_",
            Cut(files[HaproxyFiles.PrefixMap]));
        Assert.Equal("", files[HaproxyFiles.PatternMap]);
        Assert.Contains("    server s0 10.1.0.2:8080 init-addr last,libc,none\n", files[HaproxyFiles.Main]);
    }

    [Fact]
    public void A_pattern_makes_all_rules_of_its_host_patterns_the_longest_first()
    {
        ApiIngress ingress = Annotated(
            NewIngress("web", Rule("example.com", ("/api(/|$)(.*)", "ImplementationSpecific", "api"),
                ("/", "Prefix", "web"))),
            "rewrite-target",
            "/$2");
        IReadOnlyDictionary<string, string> files = Files(ingress);
        Assert.Equal(
            "(?i)^example\\.com(?:/api(/|$)(.*)) web_default_api_80_\n(?i)^example\\.com(?:(/|$)) web_default_web_80_",
            Cut(files[HaproxyFiles.PatternMap]));
        Assert.Contains("http-request replace-path '(?i)/api(/|$)(.*)' '/\\2'\n", files[HaproxyFiles.Main]);
        Assert.Contains("http-request replace-path '(?i)^/' '/\\2'\n", files[HaproxyFiles.Main]);
    }

    [Fact]
    public void The_older_ingress_has_a_path_and_a_default_backend_counts_less_than_a_rule()
    {
        ApiIngress first = NewIngress("a", Rule("example.com", ("/", "Prefix", "web")));
        ApiIngress second = NewIngress("b", Rule("example.com", ("/", "Prefix", "api")));
        second = second with { Spec = second.Spec with { DefaultBackend = Backend("api") } };
        ApiIngress third = NewIngress("c") with { Spec = new() { DefaultBackend = Backend("api") } };
        Assert.Equal(
            "*/ web_default_api_80_\nexample.com/ web_default_web_80_",
            Cut(Files(second, first, third)[HaproxyFiles.PrefixMap]));
    }

    [Fact]
    public void Only_ingresses_of_the_controllers_classes_are_served()
    {
        ApiIngress web = NewIngress("web", Rule("example.com", ("/", "Prefix", "web")));
        Assert.Empty(Files(web with { Spec = web.Spec with { IngressClassName = "nginx" } })[HaproxyFiles.PrefixMap]);
        Assert.NotEmpty(Files(
            web with { Spec = web.Spec with { IngressClassName = "keelson" } })[HaproxyFiles.PrefixMap]);
    }

    [Fact]
    public void Hosts_with_tls_are_redirected_unless_they_say_no()
    {
        ApiIngress web = NewIngress("web", Rule("example.com", ("/", "Prefix", "web")));
        web = web with
        {
            Spec = web.Spec with { Tls =
                new[] { new IngressTLS { Hosts = new[] { "example.com" }, SecretName = "cert" } } },
        };
        Assert.Equal("example.com/ tls_default_web_80_", Cut(Files(web)[HaproxyFiles.PrefixMap]));
        Assert.Equal(
            "example.com/ web_default_web_80_",
                Cut(Files(Annotated(web, "ssl-redirect", "false"))[HaproxyFiles.PrefixMap]));
        Assert.Equal(
            "/run/ingress/default.pem\n/run/ingress/default_cert.pem example.com\n",
            Files(web)[HaproxyFiles.CertificateList]);
    }

    [Theory]
    [InlineData("whitelist-source-range", "10.0.0.0/8, 192.0.2.1",
        "http-request deny deny_status 403 if !{ src 10.0.0.0/8 192.0.2.1 }")]
    [InlineData("denylist-source-range", "10.0.0.0/8", "http-request deny deny_status 403 if { src 10.0.0.0/8 }")]
    [InlineData("proxy-body-size", "8m", "http-request deny deny_status 413 if { req.body_size gt 8388608 }")]
    [InlineData("proxy-read-timeout", "3600", "timeout server 3600s")]
    [InlineData("permanent-redirect", "https://example.org/%20", "location 'https://example.org/%%20' code 301")]
    [InlineData("app-root", "/app", "http-request redirect location '/app' code 302 if { path / }")]
    [InlineData("upstream-vhost", "inside", "http-request set-header Host 'inside'")]
    [InlineData("affinity", "cookie", "cookie INGRESSCOOKIE insert indirect nocache httponly")]
    [InlineData("backend-protocol", "GRPC", " proto h2")]
    [InlineData("upstream-hash-by", "$remote_addr", "balance source")]
    [InlineData("auth-url", "https://$host/auth", "http-request lua.guard-ask 'https://$host/auth' get '-' rd '-'")]
    [InlineData("auth-tls-secret", "default/ca", "http-request deny deny_status 503")]
    [InlineData("auth-type", "digest", "http-request deny deny_status 503")]
    [InlineData("limit-rps", "10", "http-request deny deny_status 503 if { sc_gpc0_rate(0,limits_default_web) ge 50 }")]
    [InlineData("limit-rpm", "10", "expire 300s store gpc0_rate(300s)")]
    [InlineData("limit-connections", "3", "if { sc_conn_cur(0,limits_default_web) gt 3 }")]
    [InlineData("enable-cors", "true", "http-after-response set-header Access-Control-Max-Age '1728000'")]
    public void Annotations_become_lines_of_the_backend(string annotation, string value, string line)
    {
        ApiIngress web = NewIngress("web", Rule("example.com", ("/", "Prefix", "web")));
        string before = Files(web)[HaproxyFiles.Main];
        string main = Files(Annotated(web, annotation, value))[HaproxyFiles.Main];
        Assert.DoesNotContain(line, before, StringComparison.Ordinal);
        Assert.Contains(line, main, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_honored_or_not_there_is_told()
    {
        ApiIngress web = NewIngress("web", Rule("example.com", ("/", "Prefix", "missing")));
        web = web with
        {
            Spec = web.Spec with { Tls = new[] { new IngressTLS { SecretName = "gone" } } },
        };
        Assert.Equal(
            [
                "InvalidAnnotation: annotations of nginx.ingress.kubernetes.io/auth-url make no sense, "
                    + "so nobody is let in",
                "ServiceNotFound: service \"default/missing\" not found",
                "SecretNotFound: secret \"default/gone\" not found",
            ],
            Routes(Annotated(web, "auth-url", "x")).Complaints.Select(static one => $"{one.Reason}: {one.Message}"));
        Assert.Single(Routes(Annotated(web, "proxy-buffering", "on")).Complaints,
            static one => one.Reason == "ServiceNotFound");
    }

    [Fact]
    public void Passwords_go_where_their_form_is_known()
    {
        ApiIngress web = NewIngress("web", Rule("example.com", ("/", "Prefix", "web")));
        web = Annotated(web, ("auth-type", "basic"), ("auth-secret", "users"), ("auth-realm", "Our place"));
        IReadOnlyDictionary<string, string> files = Files(web);
        Assert.Contains("userlist users_default_web\n    user 'ann' password '$6$abc$def'\n"
            + "    user 'bob' insecure-password 'open'\n", files[HaproxyFiles.Main]);
        Assert.Contains("    http-request auth realm 'Our place' if !{ http_auth(users_default_web) } "
            + "!{ lua.guard_knows(default_web) -m str yes }\n", files[HaproxyFiles.Main]);
        Assert.Equal(
            "guard_lists = {}\nguard_lists[\"default_web\"]={[\"\\099\"]=\"\\036\\097\\112\\114\\049\\036\\120\",}\n",
            files[HaproxyFiles.Passwords]);
        Assert.Empty(Routes(web).Complaints);
        Assert.Equal(
            ["SecretNotFound: secret \"default/none\" not found, so nobody is let in"],
            Routes(Annotated(web, ("auth-type", "basic"), ("auth-secret", "none"))).Complaints
                .Select(static one => $"{one.Reason}: {one.Message}"));
    }

    [Fact]
    public void A_canary_takes_requests_of_the_rule_with_its_host_and_path_alone()
    {
        ApiIngress main = NewIngress(
            "main", Rule("example.com", ("/", "Prefix", "web"), ("/api", "Prefix", "web")));
        ApiIngress canary = Annotated(
            NewIngress("canary", Rule("example.com", ("/", "Prefix", "api")), Rule("none.com", ("/", "Prefix", "api"))),
            ("canary", "true"), ("canary-by-header", "X-Try"), ("canary-by-cookie", "try"), ("canary-weight", "20"));
        IReadOnlyDictionary<string, string> files = Files(main, canary);
        string[] rules = files[HaproxyFiles.PrefixMap].TrimEnd('\n').Split('\n');
        Assert.Equal(2, rules.Length);
        string BackendOf(string path) =>
            rules.Single(one => one.StartsWith(path + " ", StringComparison.Ordinal)).Split(' ')[1];
        string own = BackendOf("example.com/");
        string other = BackendOf("example.com/api/");
        Assert.StartsWith(other + "_", own, StringComparison.Ordinal);
        string only = $"if {{ var(txn.route) -m str {own} }}";
        string still = only + " { var(txn.canary) -m str open }";
        Assert.Contains($$"""
                http-request set-var(txn.canary) str(open) {{only}}
                http-request set-var(txn.canary) str(always) {{still}} { req.hdr(X-Try) -m str always }
                http-request set-var(txn.canary) str(never) {{still}} { req.hdr(X-Try) -m str never }
                http-request set-var(txn.canary) str(always) {{still}} { req.cook(try) -m str always }
                http-request set-var(txn.canary) str(never) {{still}} { req.cook(try) -m str never }
                http-request set-var(txn.canary) str(always) {{still}} { rand(100) lt 20 }
                http-request set-var(txn.route) str(web_default_api_80_
            """, files[HaproxyFiles.Main], StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_is_resolved_again_and_again_by_the_servers_that_are_said()
    {
        IngressSnapshot snapshot = new()
        {
            Ingresses = [NewIngress("web", Rule("example.com", ("/", "Prefix", "far")))],
            Classes = [DefaultClass],
            Services = static (_, name) => Service(name, "") with
            {
                Spec = Service(name, "").Spec with { Type = "ExternalName", ExternalName = "far.example.org" },
            },
            Slices = static (_, _) => [],
            Secrets = static (_, _) => null,
        };
        IngressControllerConfig config = Config with { Resolvers = [new(System.Net.IPAddress.Loopback, 10053)] };
        string main = HaproxyFiles.Compose(IngressRoutes.Compute(snapshot, config), config)[HaproxyFiles.Main];
        Assert.Contains("resolvers default\n    nameserver dns0 127.0.0.1:10053\n", main);
        Assert.Contains("    server s0 far.example.org:80 init-addr last,libc,none resolvers default "
            + "resolve-prefer ipv4\n", main);
    }

    [Fact]
    public void An_alias_is_served_as_the_host()
    {
        ApiIngress web = NewIngress("web", Rule("example.com", ("/", "Prefix", "web")));
        Assert.Equal(
            "example.com/ web_default_web_80_\nwww.example.com/ web_default_web_80_",
            Cut(Files(Annotated(web, "server-alias", "WWW.example.com"))[HaproxyFiles.PrefixMap]));
    }

    internal static ApiIngress NewIngress(string name, params IngressRule[] rules) => new()
    {
        Metadata = Meta("default", name),
        Spec = new() { Rules = rules },
    };

    internal static ApiIngress Annotated(ApiIngress ingress, string annotation, string value) =>
        Annotated(ingress, (annotation, value));

    internal static ApiIngress Annotated(ApiIngress ingress, params (string Name, string Value)[] annotations) =>
        ingress with
        {
            Metadata = ingress.Metadata with
            {
                Annotations = ApiMap<string>.From(annotations.Select(static one =>
                    KeyValuePair.Create("nginx.ingress.kubernetes.io/" + one.Name, one.Value))),
            },
        };

    internal static IngressRule Rule(string host, params (string Path, string Type, string Service)[] paths) => new()
    {
        Host = host,
        IngressRuleValue = new()
        {
            Http = new()
            {
                Paths = paths.Select(static one => new HTTPIngressPath
                {
                    Path = one.Path, PathType = one.Type, Backend = Backend(one.Service),
                }).ToApiList(),
            },
        },
    };

    private static IngressBackend Backend(string service) => new()
    {
        Service = new() { Name = service, Port = new() { Number = 80 } },
    };

    private static IReadOnlyDictionary<string, string> Files(params ApiIngress[] ingresses) =>
        HaproxyFiles.Compose(Routes(ingresses), Config);

    private static IngressRoutes Routes(params ApiIngress[] ingresses)
    {
        Secret secret = new()
        {
            Metadata = Meta("default", "cert"),
            Data = ApiMap<Bytes>.From(
            [
                KeyValuePair.Create("tls.crt", Bytes.FromText("CERTIFICATE")),
                KeyValuePair.Create("tls.key", Bytes.FromText("KEY")),
            ]),
        };
        IngressSnapshot snapshot = new()
        {
            Ingresses = ingresses,
            Classes = [DefaultClass],
            Services = static (_, name) => name == "missing" ? null : Service(name, "10.96.0.1"),
            Slices = static (_, name) => [Slice(name, Endpoint("10.1.0.2"))],
            Secrets = (_, name) => name == "cert" ? secret : name == "users" ? Users : null,
        };
        return IngressRoutes.Compute(snapshot, Config);
    }

    /// <summary>A map without the hashes that end its values.</summary>
    private static string Cut(string map) =>
        string.Join('\n', map.TrimEnd('\n').Split('\n').Select(static one => one[..^8]));
}
