using Keelson.Server.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Xunit;

namespace Keelson.Server.Tests.Http;

public sealed class RequestInfoTests
{
    [Theory]
    [InlineData("/api/v1/namespaces/a/pods/p/status", "get a pods p status")]
    [InlineData("/api/v1/namespaces/a/pods/", "list a pods  ")]
    [InlineData("/api/v1/namespaces/a", "get a namespaces a ")]
    [InlineData("/api/v1/namespaces/a/finalize", "get a namespaces a finalize")]
    [InlineData("/api/v1/namespaces//pods", "list  pods  ")]
    [InlineData("/api/v1/namespaces/a//pods", "get a  pods ")]
    [InlineData("/api/v1/watch/namespaces/a/pods/p", "watch a pods p ")]
    [InlineData("/apis/apps/v1/deployments", "list  deployments  ")]
    public void A_path_is_taken_apart_as_it_stands(string path, string expected)
    {
        RequestInfo info = RequestInfo.Read("GET", path, isWatch: false);
        Assert.Equal(expected, $"{info.Verb} {info.Namespace} {info.Resource} {info.Name} {info.Subresource}");
        Assert.True(info.HasRoot);
    }

    [Theory]
    [InlineData("//api/v1/pods")]
    [InlineData("/apis//v1/pods")]
    public void Doubled_slashes_lead_to_no_resource(string path)
    {
        RequestInfo info = RequestInfo.Read("GET", path, isWatch: false);
        Assert.True(info.IsResource);
        Assert.False(info.HasRoot);
    }

    [Fact]
    public void A_watch_of_one_name_is_a_get() =>
        Assert.Equal("get", RequestInfo.Read("GET", "/api/v1/namespaces/a/pods/p", isWatch: true).Verb);

    [Theory]
    [InlineData("/api/v1/a%2Fb?x", "/api/v1/a/b")]
    [InlineData("/api/v1/../x", "/api/v1/../x")]
    public void Every_escape_is_decoded_and_dots_stay(string target, string path)
    {
        DefaultHttpContext http = new();
        http.Features.Get<IHttpRequestFeature>()!.RawTarget = target;
        Assert.Equal(path, RequestTarget.PathOf(http));
    }

    [Fact]
    public void Parameters_are_told_apart_by_case_and_malformed_ones_left_out()
    {
        IQueryCollection query = RequestTarget.ReadQuery("?dryRun=All&dryrun=x&a=b+c%21&dryRun=y&bad=%zz&semi=1;2");
        Assert.Equal("All,y", query["dryRun"].ToString());
        Assert.Equal("b c!", query["a"]);
        Assert.Equal(["a", "dryRun", "dryrun"], query.Keys.Order(StringComparer.Ordinal));
    }
}
