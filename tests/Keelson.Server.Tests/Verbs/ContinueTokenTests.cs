using System.Buffers.Text;
using System.Text;
using Keelson.Server.Verbs;
using Xunit;

namespace Keelson.Server.Tests.Verbs;

public sealed class ContinueTokenTests
{
    private const string Problem = "invalid continue token: continue key is not valid: ";

    [Fact]
    public void A_token_reads_back_as_it_was_written()
    {
        ContinueToken token = new(17, "ns/name\0");
        Assert.Equal(token, ContinueToken.Decode(token.Encode()).Value);
    }

    [Theory]
    [InlineData("garbage", @"invalid character '\u0081' looking for beginning of value")]
    [InlineData("a=", "illegal base64 data at input byte 1")]
    [InlineData("abcde", "illegal base64 data at input byte 4")]
    [InlineData("ab!", "illegal base64 data at input byte 2")]
    public void Text_that_is_no_token_is_refused_in_the_words_of_Go(string text, string problem) =>
        Assert.Equal(Problem + problem, ContinueToken.Decode(text).Error!.Message);

    [Theory]
    [InlineData("{}", "server does not recognize this encoded version \"\"")]
    [InlineData("[]", "json: cannot unmarshal array into Go value of type storage.continueToken")]
    [InlineData("{\"v\":1}", "json: cannot unmarshal number into Go struct field continueToken.v of type string")]
    [InlineData("{\"v\":\"meta.k8s.io/v1\"}", "incorrect encoded start resourceVersion (version meta.k8s.io/v1)")]
    [InlineData("{\"v\":\"meta.k8s.io/v1\",\"rv\":1}", "encoded start key empty (version meta.k8s.io/v1)")]
    [InlineData("{\"v\":\"meta.k8s.io/v1\",\"rv\":1,\"start\":\"../x\"}", "../x")]
    public void A_token_with_nonsense_in_it_is_refused(string json, string problem) =>
        Assert.Equal(
            Problem + problem,
            ContinueToken.Decode(Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json))).Error!.Message);
}
