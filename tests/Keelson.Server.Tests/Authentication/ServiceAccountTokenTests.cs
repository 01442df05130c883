using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Keelson.Server.Authentication;
using Keelson.Server.Authentication.ServiceAccounts;

namespace Keelson.Server.Tests.Authentication;

public sealed class ServiceAccountTokenTests
{
    private const string Issuer = "https://kubernetes.default.svc.cluster.local";

    private static readonly RSA RsaKey = RSA.Create(2048);
    private static readonly ECDsa EcKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private readonly FixedTime time = new();
    private readonly FakeObjects objects = new();
    private readonly TokenKey key = new(RsaKey);

    public ServiceAccountTokenTests()
    {
        objects["serviceaccounts/ns/bot"] = new LiveObject("sa-uid", null);
        objects["pods/ns/p"] = new LiveObject("pod-uid", null);
        objects["nodes//n"] = new LiveObject("node-uid", null);
        objects["secrets/ns/s"] = new LiveObject("secret-uid", null);
    }

    [Fact]
    public async Task A_token_has_upstreams_shape()
    {
        var (token, id, _) = await TokenIssuer().IssueAsync(Spec() with { WarnAfter = TimeSpan.FromSeconds(3607) });
        var parts = token.Split('.');
        Assert.Equal($$"""{"alg":"RS256","kid":"{{key.Id}}"}""", Decode(parts[0]));
        Assert.Equal(
            $$$"""
            {"aud":["a","b"],"exp":1772370000,"iat":1772366400,"iss":"{{{Issuer}}}","jti":"{{{id}}}",
            "kubernetes.io":{"namespace":"ns","node":{"name":"n","uid":"node-uid"},"pod":{"name":"p","uid":"pod-uid"},
            "serviceaccount":{"name":"bot","uid":"sa-uid"},"warnafter":1772370007},"nbf":1772366400,
            "sub":"system:serviceaccount:ns:bot"}
            """.ReplaceLineEndings(""),
            Decode(parts[1]));
        Assert.True(RsaKey.VerifyData(
            Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2]),
            HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
    }

    [Fact]
    public async Task A_token_of_a_pod_says_which_pod_and_node()
    {
        var (token, id, _) = await TokenIssuer().IssueAsync(Spec());
        var outcome = await Authenticator().AuthenticateAsync(token, ["b", "c"], default);
        var user = outcome.User!;
        Assert.Equal(("system:serviceaccount:ns:bot", "sa-uid"), (user.Name, user.Uid));
        Assert.Equal(["system:serviceaccounts", "system:serviceaccounts:ns"], user.Groups);
        Assert.Equal(
            [
                $"authentication.kubernetes.io/credential-id=JTI={id}",
                "authentication.kubernetes.io/node-name=n",
                "authentication.kubernetes.io/node-uid=node-uid",
                "authentication.kubernetes.io/pod-name=p",
                "authentication.kubernetes.io/pod-uid=pod-uid",
            ],
            user.Extra.Select(pair => $"{pair.Key}={pair.Value.Single()}").Order(StringComparer.Ordinal));
        Assert.Equal(["b"], outcome.Audiences);
    }

    [Theory]
    [InlineData("serviceaccounts/ns/bot", null, "serviceaccounts \"bot\" not found")]
    [InlineData("serviceaccounts/ns/bot", "new", "service account UID (new) does not match claim (sa-uid)")]
    [InlineData("serviceaccounts/ns/bot", "deleted", "service account ns/bot has been deleted")]
    [InlineData("pods/ns/p", null, "service account token has been invalidated")]
    [InlineData("pods/ns/p", "new", "pod UID (new) does not match service account pod ref claim (pod-uid)")]
    [InlineData("pods/ns/p", "deleted", "service account token has been invalidated")]
    public async Task A_token_dies_with_what_it_names(string path, string? uid, string failure)
    {
        var (token, _, _) = await TokenIssuer().IssueAsync(Spec());
        var authenticator = Authenticator();
        Assert.True((await authenticator.AuthenticateAsync(token, ["a"], default)).IsAuthenticated);
        objects[path] = uid switch
        {
            null => null,
            "deleted" => objects[path]!.Value with { DeletionTimestamp = time.Now.AddMinutes(-2) },
            _ => new LiveObject(uid, null),
        };
        Assert.Equal(failure, (await authenticator.AuthenticateAsync(token, ["a"], default)).FailureText);
    }

    [Fact]
    public async Task Tokens_of_secrets_and_nodes_are_bound_to_them()
    {
        var plain = Spec() with { Pod = null, Node = null };
        var (ofSecret, _, _) = await TokenIssuer().IssueAsync(plain with { Secret = new("s", "secret-uid") });
        var (ofNode, _, _) = await TokenIssuer().IssueAsync(plain with { Node = new("n", "node-uid") });
        objects["secrets/ns/s"] = objects["nodes//n"] = new LiveObject("new", null);
        Assert.Equal(
            "secret UID (new) does not match service account secret ref claim (secret-uid)",
            (await Authenticator().AuthenticateAsync(ofSecret, ["a"], default)).FailureText);
        Assert.Equal(
            "node UID (new) does not match service account node ref claim (node-uid)",
            (await Authenticator().AuthenticateAsync(ofNode, ["a"], default)).FailureText);
    }

    [Fact]
    public async Task A_token_ends_a_minute_after_its_time_and_begins_a_minute_before()
    {
        var (token, _, expiry) = await TokenIssuer().IssueAsync(Spec());
        var authenticator = Authenticator();
        Assert.Equal(time.Now.AddHours(1), expiry);
        foreach (var (seconds, failure) in new[]
        {
            (-61, "service account token is not valid yet"), (-60, null), (3660, null),
            (3661, "service account token has expired"),
        })
        {
            time.Now = expiry.AddHours(-1).AddSeconds(seconds);
            var outcome = await authenticator.AuthenticateAsync(token, ["a"], default);
            Assert.Equal(failure, outcome.IsFailed ? outcome.FailureText : null);
        }
    }

    [Fact]
    public async Task Forged_tokens_and_those_for_others_are_refused_and_foreign_ones_left_alone()
    {
        var (token, _, _) = await TokenIssuer().IssueAsync(Spec());
        var forged = token[..^8] + (token[^8] == 'A' ? 'B' : 'A') + token[^7..];
        Assert.Equal(
            "go-jose/go-jose: error in cryptographic primitive",
            (await Authenticator().AuthenticateAsync(forged, ["a"], default)).FailureText);
        Assert.Equal(
            "token audiences [\"a\" \"b\"] is invalid for the target audiences [\"https://kubernetes.default.svc."
            + "cluster.local\"]",
            (await Authenticator().AuthenticateAsync(token, null, default)).FailureText);
        var foreign = new ServiceAccountTokenIssuer("https://other", Keys(), time);
        foreach (var other in new[] { (await foreign.IssueAsync(Spec())).Token, "a.b.c", "abc", "..", "" })
        {
            var outcome = await Authenticator().AuthenticateAsync(other, ["a"], default);
            Assert.False(outcome.IsAuthenticated || outcome.IsFailed);
        }
    }

    [Fact]
    public async Task Elliptic_curves_sign_too_and_older_keys_still_verify()
    {
        var curve = new TokenKey(EcKey);
        var old = new ServiceAccountTokenIssuer(Issuer, new(Task.FromResult(curve), []), time);
        var (token, _, _) = await old.IssueAsync(Spec());
        Assert.StartsWith($$"""{"alg":"ES256","kid":"{{curve.Id}}"}""", Decode(token.Split('.')[0]));
        var keys = new ServiceAccountKeys(
            Task.FromResult(key), TokenKey.ReadPem(EcKey.ExportSubjectPublicKeyInfoPem()));
        Assert.True((await Authenticator(keys).AuthenticateAsync(token, ["a"], default)).IsAuthenticated);
    }

    [Fact]
    public async Task A_legacy_token_works_as_long_as_its_secret_holds_it()
    {
        var token = await TokenIssuer().IssueLegacyAsync("ns", new("bot", "sa-uid"), "bot-token");
        Assert.Equal(
            """
            {"iss":"kubernetes/serviceaccount","kubernetes.io/serviceaccount/namespace":"ns",
            "kubernetes.io/serviceaccount/secret.name":"bot-token",
            "kubernetes.io/serviceaccount/service-account.name":"bot",
            "kubernetes.io/serviceaccount/service-account.uid":"sa-uid","sub":"system:serviceaccount:ns:bot"}
            """.ReplaceLineEndings(""),
            Decode(token.Split('.')[1]));
        Assert.Equal(
            "token has been invalidated", (await Authenticator().AuthenticateAsync(token, null, default)).FailureText);
        objects.LegacyToken = token;
        var outcome = await Authenticator().AuthenticateAsync(token, null, default);
        Assert.Equal("system:serviceaccount:ns:bot", outcome.User!.Name);
        Assert.Equal("system:serviceaccount:ns:bot", outcome.AuditAnnotations!["authentication.k8s.io/legacy-token"]);
        objects.LegacyToken = token[..^1];
        Assert.Equal(
            "token does not match server's copy",
            (await Authenticator().AuthenticateAsync(token, null, default)).FailureText);
    }

    [Fact]
    public async Task A_failure_is_told_with_the_bearer_authenticators_own()
    {
        var (token, _, _) = await TokenIssuer().IssueAsync(Spec());
        objects["serviceaccounts/ns/bot"] = null;
        var outcome = await new BearerTokenAuthenticator([Authenticator()]).AuthenticateAsync(token, ["a"], default);
        Assert.Equal("[invalid bearer token, serviceaccounts \"bot\" not found]", outcome.FailureText);
    }

    [Fact]
    public async Task A_token_seen_before_costs_no_allocation_of_its_size()
    {
        var (token, _, _) = await TokenIssuer().IssueAsync(Spec());
        var authenticator = Authenticator();
        string[] audiences = ["a"];
        await authenticator.AuthenticateAsync(token, audiences, default);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            Assert.True((await authenticator.AuthenticateAsync(token, audiences, default)).IsAuthenticated);
        }
        // Not even the text of the token (two bytes a character); unoptimised builds allocate their state machines.
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 100, 0, token.Length * 2);
    }

    [Fact]
    public void Documents_are_upstreams()
    {
        var keys = new[] { key, new TokenKey(EcKey) };
        Assert.Equal(
            """
            {"issuer":"https://kubernetes.default.svc.cluster.local","jwks_uri":"https://127.0.0.1:6443/openid/v1/jwks",
            "response_types_supported":["id_token"],"subject_types_supported":["public"],
            "id_token_signing_alg_values_supported":["RS256"]}
            """.ReplaceLineEndings(""),
            Encoding.UTF8.GetString(
                OpenIdDocuments.Configuration(Issuer, "https://127.0.0.1:6443/openid/v1/jwks", [key])));
        var modulus = Base64Url.EncodeToString(RsaKey.ExportParameters(false).Modulus);
        var point = EcKey.ExportParameters(false).Q;
        Assert.Equal(
            $$"""{"keys":[{"use":"sig","kty":"RSA","kid":"{{key.Id}}","alg":"RS256","n":"{{modulus}}","e":"AQAB"},"""
            + $$"""{"use":"sig","kty":"EC","kid":"{{keys[1].Id}}","crv":"P-256","alg":"ES256","""
            + $"\"x\":\"{Base64Url.EncodeToString(point.X)}\",\"y\":\"{Base64Url.EncodeToString(point.Y)}\"}}]}}",
            Encoding.UTF8.GetString(OpenIdDocuments.Keys(keys)));
    }

    private ServiceAccountKeys Keys() => new(Task.FromResult(key), []);

    private ServiceAccountTokenIssuer TokenIssuer() => new(Issuer, Keys(), time);

    private ServiceAccountTokenAuthenticator Authenticator(ServiceAccountKeys? keys = null) => new(
        new ServiceAccountTokenConfig { Issuers = [Issuer], Audiences = [Issuer] }, keys ?? Keys(), objects, time);

    private static ServiceAccountTokenSpec Spec() => new()
    {
        Namespace = "ns", ServiceAccount = new("bot", "sa-uid"), Audiences = ["a", "b"],
        Lifetime = TimeSpan.FromHours(1), Pod = new("p", "pod-uid"), Node = new("n", "node-uid"),
    };

    private static string Decode(string part) => Encoding.UTF8.GetString(Base64Url.DecodeFromChars(part));

    private sealed class FakeObjects : IServiceAccountLookup
    {
        private readonly Dictionary<string, LiveObject?> live = [];

        public string? LegacyToken { get; set; }

        public LiveObject? this[string path]
        {
            get => live.GetValueOrDefault(path);
            set => live[path] = value;
        }

        public ValueTask<LiveObject?> FindServiceAccountAsync(
            string objectNamespace, string name, CancellationToken c) =>
            new(this[$"serviceaccounts/{objectNamespace}/{name}"]);

        public ValueTask<LiveObject?> FindPodAsync(string objectNamespace, string name, CancellationToken c) =>
            new(this[$"pods/{objectNamespace}/{name}"]);

        public ValueTask<LiveObject?> FindNodeAsync(string name, CancellationToken c) => new(this[$"nodes//{name}"]);

        public ValueTask<LiveObject?> FindSecretAsync(string objectNamespace, string name, CancellationToken c) =>
            new(this[$"secrets/{objectNamespace}/{name}"]);

        public ValueTask<(string Token, string? InvalidSince)?> FindLegacyTokenAsync(
            string objectNamespace, string secretName, CancellationToken c) =>
            new(LegacyToken is null ? null : (LegacyToken, null));
    }
}
