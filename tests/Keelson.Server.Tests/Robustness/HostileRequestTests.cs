using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Keelson.Server.Tests.Robustness;

/// <summary>Requests that are too large, too deep or malformed get upstream's answers, and soon.</summary>
public sealed class HostileRequestTests(RobustServer server) : IClassFixture<RobustServer>
{
    private const string ConfigMaps = "/api/v1/namespaces/default/configmaps";
    private const string Json = "application/json";
    private const string Yaml = "application/yaml";
    private const string Protobuf = "application/vnd.kubernetes.protobuf";
    private const string Start = """{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"deep"},""";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Bodies_over_three_mebibytes_are_refused(bool lengthIsKnown)
    {
        using ByteArrayContent body = new(new byte[10_000_000]);
        body.Headers.ContentType = new MediaTypeHeaderValue(Json);
        using HttpRequestMessage request = new(HttpMethod.Post, ConfigMaps) { Content = body };
        request.Headers.TransferEncodingChunked = lengthIsKnown ? null : true;
        using HttpResponseMessage answer = await server.Client.SendAsync(request);
        await AssertAsync(answer, 413, "RequestEntityTooLarge", "Request entity too large: limit is 3145728");
    }

    [Fact]
    public async Task Json_without_end_of_nesting_is_refused()
    {
        string deep = Start + "\"x\":" + string.Concat(Enumerable.Repeat("{\"a\":", 300_000)) + "1";
        await AssertAsync(Json, deep, "exceeded max depth");
        await AssertAsync(Json, new string('[', 1_000_000), "couldn't get version/kind; json parse error");
    }

    [Fact]
    public async Task Yaml_that_explodes_is_refused()
    {
        StringBuilder bomb = new(
            "kind: ConfigMap\napiVersion: v1\na: &a [\"x\",\"x\",\"x\",\"x\",\"x\",\"x\",\"x\",\"x\",\"x\"]\n");
        for (char name = 'b'; name < 'k'; name++)
        {
            string alias = "*" + (char)(name - 1);
            bomb.Append(name).Append(": &").Append(name).Append(" [")
                .AppendJoin(',', Enumerable.Repeat(alias, 9)).Append("]\n");
        }

        await AssertAsync(Yaml, bomb.ToString(), "yaml: document contains excessive aliasing");
        await AssertAsync(Yaml, "kind: ConfigMap\nx: " + new string('[', 500_000), "yaml: exceeded max depth");
        await AssertAsync(Yaml, "kind: ConfigMap\nx:\n" + string.Concat(Enumerable.Repeat("- ", 500_000)), "yaml: ");
        await AssertAsync(Yaml, "a: &a [*a]", "yaml: ");
        await AssertAsync(Yaml, "kind: !!binary \"====\"", "");
    }

    [Theory]
    [InlineData("6b387301616263", "expected prefix [107 56 115 0]")]
    [InlineData("6b3873000affffffff07", "unexpected EOF")]
    [InlineData("6b38730012ffffffffffffffffff01", "")]
    [InlineData("6b3873000a0f0a0276311209436f6e6669674d617012040aff0101", "unexpected EOF")]
    [InlineData("6b3873000a0f0a0276311209436f6e6669674d61701203ffffff", "")]
    [InlineData("", "")]
    public async Task Malformed_protobuf_is_a_bad_request(string hex, string text)
    {
        using ByteArrayContent body = new(Convert.FromHexString(hex));
        body.Headers.ContentType = new MediaTypeHeaderValue(Protobuf);
        using HttpResponseMessage answer = await server.Client.PostAsync(ConfigMaps, body);
        await AssertAsync(answer, 400, "BadRequest", text);
    }

    [Fact]
    public async Task Compressed_bodies_are_not_opened()
    {
        using MemoryStream bytes = new();
        using (GZipStream gzip = new(bytes, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write("{}"u8);
        }

        using ByteArrayContent body = new(bytes.ToArray());
        body.Headers.ContentType = new MediaTypeHeaderValue(Json);
        body.Headers.ContentEncoding.Add("gzip");
        using HttpResponseMessage answer = await server.Client.PostAsync(ConfigMaps, body);
        await AssertAsync(answer, 400, "BadRequest", "invalid character '\\x1f' looking for beginning of value");
    }

    [Fact]
    public async Task Bytes_that_are_no_utf8_become_the_replacement_character()
    {
        using ByteArrayContent body = new([.. Encoding.UTF8.GetBytes("""{"metadata":{"name":"utf"},"data":{"a":" """), 0xff, .. Encoding.UTF8.GetBytes("\"}}")]);
        body.Headers.ContentType = new MediaTypeHeaderValue(Json);
        using HttpResponseMessage answer = await server.Client.PostAsync(ConfigMaps, body);
        using JsonDocument made = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal(" \ufffd", made.RootElement.GetProperty("data").GetProperty("a").GetString());
    }

    [Fact]
    public async Task Patches_that_explode_are_refused()
    {
        await server.Client.PostAsync(ConfigMaps, Content("""{"metadata":{"name":"patched"},"data":{"a":"1"}}""", Json));
        string test = """{"op":"test","path":"/data/a","value":"1"}""";
        using HttpResponseMessage many =
            await PatchAsync("[" + string.Join(',', Enumerable.Repeat(test, 10_001)) + "]");
        await AssertAsync(
            many, 413, "RequestEntityTooLarge", "The allowed maximum operations in a JSON patch is 10000, got 10001");

        // Each copy doubles the object: forty of them would be terabytes.
        string copies = string.Join(
            ',', Enumerable.Range(0, 40).Select(i => $$"""{"op":"copy","from":"/data","path":"/data/c{{i}}"}"""));
        using HttpResponseMessage copied = await PatchAsync("[" + copies + "]");
        Assert.InRange((int)copied.StatusCode, 400, 422);

        string wide = string.Concat(Enumerable.Repeat("{\"a\":", 900)) + "null" + new string('}', 900);
        using HttpResponseMessage deep = await server.Client.PatchAsync(
            ConfigMaps + "/patched", Content("{\"data\":" + wide + "}", "application/merge-patch+json"));
        Assert.InRange((int)deep.StatusCode, 400, 422);
    }

    [Theory]
    [InlineData("limit=-1", 200, "")]
    [InlineData("limit=99999999999999999999", 400, "value out of range")]
    [InlineData("limit=x", 400, "strconv.ParseInt: parsing \"x\": invalid syntax")]
    [InlineData("resourceVersion=abc", 500, "strconv.ParseUint: parsing \"abc\": invalid syntax")]
    [InlineData("resourceVersion=99999999999999999999", 500, "value out of range")]
    [InlineData("continue=%40%40", 400, "continue key is not valid")]
    [InlineData("labelSelector=a%20in%20", 400, "unable to parse requirement")]
    [InlineData("fieldSelector=nope%3Da", 400, "is not a known field selector")]
    [InlineData("watch=1&timeoutSeconds=1&resourceVersion=abc", 500, "strconv.ParseUint")]
    public async Task Options_that_make_no_sense_get_upstreams_answer(string query, int code, string text)
    {
        using HttpResponseMessage answer = await server.Client.GetAsync($"{ConfigMaps}?{query}");
        string body = await answer.Content.ReadAsStringAsync();
        Assert.True(code == (int)answer.StatusCode, body);
        Assert.Contains(
            text, code == 200 ? body : JsonDocument.Parse(body).RootElement.GetProperty("message").GetString());
    }

    [Fact]
    public async Task A_watch_for_longer_than_time_lasts_begins()
    {
        using HttpResponseMessage answer = await server.Client.GetAsync(
            $"{ConfigMaps}?watch=1&timeoutSeconds=9223372036854775807", HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private static StringContent Content(string text, string type) => new(text, Encoding.UTF8, type);

    private Task<HttpResponseMessage> PatchAsync(string patch) =>
        server.Client.PatchAsync(ConfigMaps + "/patched", Content(patch, "application/json-patch+json"));

    private async Task AssertAsync(string type, string body, string text)
    {
        using StringContent content = Content(body, type);
        using HttpResponseMessage answer = await server.Client.PostAsync(ConfigMaps, content);
        await AssertAsync(answer, 400, "BadRequest", text);
    }

    private static async Task AssertAsync(HttpResponseMessage answer, int code, string reason, string text)
    {
        string body = await answer.Content.ReadAsStringAsync();
        Assert.True(code == (int)answer.StatusCode, body);
        JsonElement status = JsonDocument.Parse(body).RootElement;
        Assert.Equal(reason, status.GetProperty("reason").GetString());
        Assert.Contains(text, status.GetProperty("message").GetString());
    }
}
