using System.Security.Cryptography;
using System.Text;
using Keelson.Server.Authentication;
using Keelson.Server.Http;
using Keelson.Store.Embedded;
using Microsoft.AspNetCore.Http;

namespace Keelson.Server.Tests.Http;

public sealed class RequestLimitsTests
{
    private static readonly UserInfo Joe = new() { Name = "joe" };
    private static readonly UserInfo Admin = new() { Name = "admin", Groups = ["system:masters"] };
    private static readonly RequestInfo Read = RequestInfo.Read("GET", "/api/v1/pods", isWatch: false);
    private static readonly RequestInfo Write = RequestInfo.Read(
        "POST", "/api/v1/namespaces/default/pods", isWatch: false);

    [Fact]
    public void Readers_and_writers_have_places_of_their_own_and_give_them_back()
    {
        RequestLimits limits = Limits(new RequestLimitsConfig { MaxInFlight = 1, MaxMutatingInFlight = 1 });
        InFlightPlace first = limits.Enter(Read, Joe);
        Assert.True(first.IsTaken);
        Assert.False(limits.Enter(Read, Joe).IsTaken);
        Assert.True(limits.Enter(Write, Joe).IsTaken);
        Assert.False(limits.Enter(Write, Joe).IsTaken);
        first.Dispose();
        Assert.True(limits.Enter(Read, Joe).IsTaken);
    }

    [Fact]
    public void Administrators_and_watches_always_get_in_without_taking_a_place()
    {
        RequestLimits limits = Limits(new RequestLimitsConfig { MaxInFlight = 1 });
        Assert.True(limits.Enter(RequestInfo.Read("GET", "/api/v1/pods", isWatch: true), Joe).IsTaken);
        Assert.True(
            limits.Enter(RequestInfo.Read("GET", "/api/v1/namespaces/a/pods/p/log", isWatch: false), Joe).IsTaken);
        using InFlightPlace place = limits.Enter(Read, Joe);
        Assert.True(place.IsTaken);
        Assert.True(limits.Enter(Read, Admin).IsTaken);
        Assert.False(limits.Enter(Read, Joe).IsTaken);
    }

    [Fact]
    public async Task Who_gets_no_place_is_told_to_come_again_in_a_second()
    {
        DefaultHttpContext http = new();
        using MemoryStream body = new();
        http.Response.Body = body;
        await InFlightPlace.WriteRefusalAsync(http);
        Assert.Equal(429, http.Response.StatusCode);
        Assert.Equal("1", http.Response.Headers.RetryAfter.ToString());
        Assert.Equal("Too many requests, please try again later.\n", Encoding.UTF8.GetString(body.ToArray()));
    }

    [Fact]
    public void A_request_may_shorten_its_time_but_not_lengthen_it_and_names_it_properly()
    {
        RequestLimits limits = Limits(new RequestLimitsConfig { RequestTimeout = TimeSpan.FromMilliseconds(50) });
        DefaultHttpContext patient = new();
        patient.Request.QueryString = new QueryString("?timeout=1h");
        using (RequestDeadline deadline = limits.Begin(patient, Read))
        {
            Assert.True(patient.RequestAborted.WaitHandle.WaitOne(TimeSpan.FromSeconds(20)));
            Assert.True(deadline.HasPassed);
        }

        Assert.False(patient.RequestAborted.IsCancellationRequested);
        DefaultHttpContext wrong = new();
        wrong.Request.QueryString = new QueryString("?timeout=soon");
        Assert.Equal(
            "invalid timeout specified in the request URL - time: invalid duration \"soon\"", limits.Begin(wrong, Read).Refused?.Message);
    }

    private static RequestLimits Limits(RequestLimitsConfig limits) => new(new ApiServerConfig
    {
        Store = EmbeddedStore.Open(new EmbeddedStoreOptions()),
        Certificates = new NoCertificate(),
        ClientAuthorities = static () => new CertificateAuthorities([]),
        ServiceAccountKey = Task.FromResult<AsymmetricAlgorithm>(ECDsa.Create()),
        Limits = limits,
    });

    private sealed class NoCertificate : IServingCertificateSource
    {
        public ServingCertificate Current => throw new InvalidOperationException("nobody listens");
    }
}
