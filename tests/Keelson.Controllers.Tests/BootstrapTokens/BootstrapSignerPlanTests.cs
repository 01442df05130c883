using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Controllers.BootstrapTokens;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.Tests.BootstrapTokens;

public sealed class BootstrapSignerPlanTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_signature_is_a_web_signature_without_its_content() => Assert.Equal(
        "eyJhbGciOiJIUzI1NiIsImtpZCI6Impvc2h1YSJ9..Wvm4lABG2MTCQNvjZK5AJ7th6Qm1ywTmBDAVJNF7IHM",
        BootstrapSignature.Sign("Hello from the other side. I must have called a thousand times.", "joshua", "my voice is my passport"));

    [Fact]
    public void Signatures_of_tokens_that_are_gone_are_removed_and_new_ones_added()
    {
        ConfigMap map = new() { Data = ApiMap<string>.Empty.With("kubeconfig", "x").With("jws-kubeconfig-gone", "y") };
        ConfigMap signed = BootstrapSignerPlan.Compute(map, [("abcdef", "secret")])!;
        Assert.Equal(["jws-kubeconfig-abcdef", "kubeconfig"], signed.Data.Keys);
        Assert.Null(BootstrapSignerPlan.Compute(signed, [("abcdef", "secret")]));
        Assert.Null(BootstrapSignerPlan.Compute(new ConfigMap(), [("abcdef", "secret")]));
    }

    [Fact]
    public void Only_tokens_that_last_and_may_sign_do()
    {
        Secret token = Token("usage-bootstrap-signing", "true");
        Assert.Equal(("abcdef", "0123456789abcdef"), BootstrapToken.Signing(token, Now));
        Assert.Null(BootstrapToken.Signing(Token("usage-bootstrap-signing", "false"), Now));
        Assert.Null(BootstrapToken.Signing(token with { Data = token.Data.With("expiration", Bytes.FromText("2025-12-31T23:59:59Z")) }, Now));
        Assert.Equal(
            TimeSpan.FromHours(1),
            BootstrapToken.Remaining(token with { Data = token.Data.With("expiration", Bytes.FromText("2026-01-01T01:00:00Z")) }, Now));
        Assert.Equal(TimeSpan.Zero, BootstrapToken.Remaining(Token("expiration", "soon"), Now));
    }

    private static Secret Token(string key, string value) => new()
    {
        Metadata = ObjectMeta.Empty with { Name = "bootstrap-token-abcdef", Namespace = "kube-system" },
        Type = SecretType.BootstrapKubernetesIoToken,
        Data = ApiMap<Bytes>.Empty
            .With("token-id", Bytes.FromText("abcdef"))
            .With("token-secret", Bytes.FromText("0123456789abcdef"))
            .With(key, Bytes.FromText(value)),
    };
}
