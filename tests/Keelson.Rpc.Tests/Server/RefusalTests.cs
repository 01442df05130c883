using System.Net;
using System.Net.Http.Headers;
using Keelson.Rpc.Wire;

namespace Keelson.Rpc.Tests.Server;

/// <summary>What a server does with requests that a well-behaved client never sends.</summary>
public sealed class RefusalTests
{
    [Theory]
    [InlineData("00", "unexpected EOF")]
    [InlineData("00 00 00 00 05 0a", "unexpected EOF")]
    [InlineData("01 00 00 00 00", "grpc: compressed flag set with identity or empty encoding")]
    [InlineData("07 00 00 00 00", "grpc: received unexpected payload format 7")]
    [InlineData("", "cardinality violation: received no request message from non-client-streaming RPC")]
    [InlineData("00 00 00 00 00 00 00 00 00 00",
        "cardinality violation: received multiple request messages for non-client-streaming RPC")]
    public async Task A_malformed_body_is_an_internal_error(string body, string message)
    {
        await using EchoServer server = await EchoServer.StartAsync();

        (_, RpcStatus status) = await PostAsync(
            server, "/test.v1.Echo/Say", Convert.FromHexString(body.Replace(" ", "")));

        Assert.Equal((RpcStatusCode.Internal, message), (status.Code, status.Message));
    }

    [Fact]
    public async Task A_frame_that_claims_four_gigabytes_is_refused_before_it_is_read()
    {
        await using EchoServer server = await EchoServer.StartAsync();

        (_, RpcStatus status) = await PostAsync(server, "/test.v1.Echo/Say", [0, 255, 255, 255, 255]);

        Assert.Equal(
            (RpcStatusCode.ResourceExhausted, "grpc: received message larger than max (4294967295 vs. 4194304)"),
            (status.Code, status.Message));
    }

    [Fact]
    public async Task Bytes_that_are_no_message_are_an_internal_error()
    {
        await using EchoServer server = await EchoServer.StartAsync();

        (_, RpcStatus status) = await PostAsync(server, "/test.v1.Echo/Say", [0, 0, 0, 0, 2, 0x0A, 0x7F]);

        Assert.Equal(RpcStatusCode.Internal, status.Code);
        Assert.StartsWith("grpc: failed to unmarshal the received message: ", status.Message);
    }

    [Theory]
    [InlineData("/test.v1.Nope/Say", "unknown service test.v1.Nope")]
    [InlineData("/test.v1.Echo/Nope", "unknown method Nope for service test.v1.Echo")]
    [InlineData("/nope", "malformed method name: \"/nope\"")]
    public async Task What_is_not_mapped_is_unimplemented(string path, string message)
    {
        await using EchoServer server = await EchoServer.StartAsync();

        (_, RpcStatus status) = await PostAsync(server, path, new byte[5]);

        Assert.Equal((RpcStatusCode.Unimplemented, message), (status.Code, status.Message));
    }

    [Fact]
    public async Task Compression_that_was_never_offered_is_unimplemented()
    {
        await using EchoServer server = await EchoServer.StartAsync();

        (_, RpcStatus status) = await PostAsync(
            server, "/test.v1.Echo/Say", new byte[5], request => request.Headers.Add("grpc-encoding", "gzip"));

        Assert.Equal(
            (RpcStatusCode.Unimplemented, "grpc: Decompressor is not installed for grpc-encoding \"gzip\""),
            (status.Code, status.Message));
    }

    [Fact]
    public async Task A_timeout_that_is_none_is_refused()
    {
        await using EchoServer server = await EchoServer.StartAsync();

        (_, RpcStatus status) = await PostAsync(
            server, "/test.v1.Echo/Say", new byte[5], request => request.Headers.Add("grpc-timeout", "soon"));

        Assert.Equal((RpcStatusCode.Internal, "malformed grpc-timeout: \"soon\""), (status.Code, status.Message));
    }

    [Fact]
    public async Task What_is_not_grpc_gets_an_http_status()
    {
        await using EchoServer server = await EchoServer.StartAsync();

        (HttpStatusCode json, _) = await PostAsync(
            server, "/test.v1.Echo/Say", "{}"u8.ToArray(),
            request => request.Content!.Headers.ContentType = new MediaTypeHeaderValue("application/json"));
        (HttpStatusCode get, _) = await PostAsync(
            server, "/test.v1.Echo/Say", [], request => request.Method = HttpMethod.Get);

        Assert.Equal((HttpStatusCode.UnsupportedMediaType, HttpStatusCode.MethodNotAllowed), (json, get));
    }

    private static async Task<(HttpStatusCode Http, RpcStatus Status)> PostAsync(
        EchoServer server, string path, byte[] body, Action<HttpRequestMessage>? change = null)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, server.Endpoints[0] + path)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(body),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc+proto");
        change?.Invoke(request);
        using HttpResponseMessage response = await client.SendAsync(request);
        await response.Content.ReadAsByteArrayAsync();
        RpcStatus? status = StatusTrailers.Read(name =>
            response.Headers.TryGetValues(name, out var inHeaders) ? inHeaders.Single()
            : response.TrailingHeaders.TryGetValues(name, out var inTrailers) ? inTrailers.Single() : null);
        return (response.StatusCode, status ?? new RpcStatus(RpcStatusCode.Unknown, "no status"));
    }
}
