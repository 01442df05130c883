using Keelson.Api.Core.V1;
using Keelson.Api.Tests.Kinds;
using Xunit;

namespace Keelson.Api.Tests.Core.V1;

public sealed class SecretTests
{
    [Fact]
    public void Texts_overwrite_data_and_are_not_kept()
    {
        Assert.Equal(
            """{"kind":"Secret","apiVersion":"v1","metadata":{"name":"s"},"data":{"a":"bmV3","b":"eA=="},"type":"Opaque"}""",
            KindWrites.Json(KindWrites.Created<Secret>("""{"metadata":{"name":"s"},"data":{"a":"b2xk","b":"eA=="},"stringData":{"a":"new"}}""")));
    }

    [Theory]
    [InlineData("kubernetes.io/tls", "{}", "data[tls.crt]: Required value|data[tls.key]: Required value")]
    [InlineData("kubernetes.io/basic-auth", "{}", "data[username]: Required value|data[password]: Required value")]
    [InlineData("kubernetes.io/basic-auth", """{"username":""}""", "")]
    [InlineData("kubernetes.io/ssh-auth", """{"ssh-privatekey":""}""", "data[ssh-privatekey]: Required value")]
    [InlineData("kubernetes.io/service-account-token", "{}", "metadata.annotations[kubernetes.io/service-account.name]: Required value")]
    [InlineData("kubernetes.io/dockercfg", "{}", "data[.dockercfg]: Required value")]
    [InlineData("kubernetes.io/dockerconfigjson", """{".dockerconfigjson":"[]"}""", "data[.dockerconfigjson]: Invalid value: \"<secret contents redacted>\": json: cannot unmarshal array into Go value of type map[string]interface {}")]
    [InlineData("kubernetes.io/dockerconfigjson", """{".dockerconfigjson":""}""", "data[.dockerconfigjson]: Invalid value: \"<secret contents redacted>\": unexpected end of JSON input")]
    [InlineData("example.com/mine", "{}", "")]
    public void Types_ask_for_their_keys(string type, string stringData, string errors)
    {
        Assert.Equal(
            errors,
            string.Join('|', KindWrites.CreateErrors<Secret>($$"""{"metadata":{"name":"s"},"type":"{{type}}","stringData":{{stringData}}}""")));
    }

    [Fact]
    public void An_immutable_secret_stays_as_it_is()
    {
        Secret old = KindWrites.Created<Secret>("""{"metadata":{"name":"s","namespace":"n"},"immutable":true,"stringData":{"a":"1"}}""");

        Assert.Equal(
        [
            "type: Invalid value: \"x/y\": field is immutable",
            "immutable: Forbidden: field is immutable when `immutable` is set",
            "data: Forbidden: field is immutable when `immutable` is set",
        ],
        KindWrites.UpdateErrors(old, """{"metadata":{"name":"s","namespace":"n"},"stringData":{"a":"2"},"type":"x/y"}"""));
    }

    [Theory]
    [InlineData("", "", "tls: failed to find any PEM data in certificate input")]
    [InlineData("-----BEGIN EC PRIVATE KEY-----\\nAAAA\\n-----END EC PRIVATE KEY-----", "", "tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched")]
    [InlineData("-----BEGIN CERTIFICATE-----\\nAAAA\\n-----END CERTIFICATE-----", "", "tls: failed to find any PEM data in key input")]
    public void A_key_pair_that_can_not_be_used_is_stored_with_a_warning(string certificate, string key, string warning)
    {
        Secret secret = KindWrites.Created<Secret>(
            $$$"""{"type":"kubernetes.io/tls","stringData":{"tls.crt":"{{{certificate}}}","tls.key":"{{{key}}}"}}""");

        Assert.Equal([warning], Secret.Warnings(secret, null));
    }
}
