using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Keelson.Rpc.Tests.Client;

/// <summary>What a client makes of servers that break the protocol.</summary>
public sealed class AnswerTests
{
    [Fact]
    public async Task A_proxy_that_answers_html_is_told_by_its_status_and_type()
    {
        RpcException error = await AskAsync(async http =>
        {
            http.Response.StatusCode = 503;
            http.Response.ContentType = "text/html";
            await http.Response.WriteAsync("busy");
        });

        Assert.Equal(RpcStatusCode.Unavailable, error.Code);
        Assert.Equal(
            "unexpected HTTP status code received from server: 503; "
            + "transport: received unexpected content-type \"text/html\"",
            error.Status.Message);
    }

    [Fact]
    public async Task An_answer_without_status_is_an_internal_error()
    {
        RpcException error = await AskAsync(async http =>
        {
            http.Response.ContentType = "application/grpc";
            await http.Response.Body.WriteAsync(new byte[5]);
        });

        Assert.Equal(
            (RpcStatusCode.Internal, "server closed the stream without sending trailers"),
            (error.Code, error.Status.Message));
    }

    [Fact]
    public async Task A_message_cut_short_is_an_internal_error()
    {
        RpcException error = await AskAsync(async http =>
        {
            http.Response.ContentType = "application/grpc";
            await http.Response.Body.WriteAsync(new byte[] { 0, 0, 0, 0, 9, 1 });
            http.Response.AppendTrailer("grpc-status", "0");
        });

        Assert.Equal((RpcStatusCode.Internal, "unexpected EOF"), (error.Code, error.Status.Message));
    }

    [Fact]
    public async Task Success_without_a_message_breaks_a_unary_call()
    {
        RpcException error = await AskAsync(http =>
        {
            http.Response.ContentType = "application/grpc";
            http.Response.Headers["grpc-status"] = "0";
            return Task.CompletedTask;
        });

        Assert.Equal(RpcStatusCode.Internal, error.Code);
        Assert.StartsWith("cardinality violation", error.Status.Message);
    }

    [Fact]
    public async Task A_reset_stream_ends_with_the_status_of_the_reset()
    {
        RpcException error = await AskAsync(async http =>
        {
            http.Response.ContentType = "application/grpc";
            await http.Response.StartAsync();
            await http.Response.Body.FlushAsync();
            http.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpResetFeature>()!.Reset(0xB);
        });

        Assert.Equal(
            (RpcStatusCode.ResourceExhausted, "stream terminated by RST_STREAM with error code: ENHANCE_YOUR_CALM"),
            (error.Code, error.Status.Message));
    }

    [Fact]
    public async Task A_code_from_the_future_is_an_unknown_error()
    {
        RpcException error = await AskAsync(http =>
        {
            http.Response.ContentType = "application/grpc";
            http.Response.Headers["grpc-status"] = "99";
            http.Response.Headers["grpc-message"] = "%e4%b8%96 100%";
            return Task.CompletedTask;
        });

        Assert.Equal((RpcStatusCode.Unknown, "世 100%"), (error.Code, error.Status.Message));
    }

    private static async Task<RpcException> AskAsync(RequestDelegate answer)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        await using WebApplication application = builder.Build();
        application.Run(answer);
        await application.StartAsync();
        using var channel = new RpcChannel(RpcEndpoint.Parse(application.Urls.Single()));
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => channel.UnaryAsync(
            Echo.Say, new EchoRequest(), new RpcCallOptions { Timeout = TimeSpan.FromSeconds(20) }));
        await application.StopAsync();
        return error;
    }
}
