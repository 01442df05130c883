using Keelson.Api.Core.V1;
using Keelson.Api.Tests.Kinds;
using Xunit;

namespace Keelson.Api.Tests.Core.V1;

public sealed class ConfigMapTests
{
    [Fact]
    public void A_key_stands_in_one_of_the_two_maps()
    {
        Assert.Equal(
            ["data[a]: Invalid value: \"a\": duplicate of key present in binaryData", "binaryData[..]: Invalid value: \"..\": must not be '..'"],
            KindWrites.CreateErrors<ConfigMap>("""{"data":{"a":"1"},"binaryData":{"a":"MQ==","..":""}}"""));
    }

    [Fact]
    public void A_config_map_holds_a_mebibyte()
    {
        string text = new('x', 1024 * 1024);

        Assert.Empty(KindWrites.CreateErrors<ConfigMap>($$$"""{"data":{"a":"{{{text}}}"}}"""));
        Assert.Equal(
            [": Too long: may not be more than 1048576 bytes"],
            KindWrites.CreateErrors<ConfigMap>($$$"""{"data":{"a":"{{{text}}}x"}}"""));
    }

    [Fact]
    public void An_immutable_map_stays_as_it_is()
    {
        ConfigMap old = KindWrites.Created<ConfigMap>("""{"metadata":{"name":"c","namespace":"n"},"immutable":true,"data":{"a":"1"}}""");

        Assert.Equal(
            ["immutable: Forbidden: field is immutable when `immutable` is set", "binaryData: Forbidden: field is immutable when `immutable` is set"],
            KindWrites.UpdateErrors(old, """{"metadata":{"name":"c","namespace":"n"},"data":{"a":"1"},"binaryData":{"b":"MQ=="}}"""));
    }
}
