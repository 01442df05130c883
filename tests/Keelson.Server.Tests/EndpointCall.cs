using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Keelson.Server.Http;
using Microsoft.AspNetCore.Http;

namespace Keelson.Server.Tests;

/// <summary>One request to an endpoint, without a server around it.</summary>
internal sealed record EndpointAnswer(int Code, IHeaderDictionary Headers, byte[] Body)
{
    public string Type => Headers.ContentType.ToString();

    public string Text => Encoding.UTF8.GetString(
        Headers.ContentEncoding == "gzip" ? Unzip(Body) : Body);

    public JsonElement Json => JsonDocument.Parse(Text).RootElement;

    public static async Task<EndpointAnswer> GetAsync(
        IPathEndpoint endpoint, string path, string accept = "", string method = "GET",
            params (string Name, string Value)[] headers)
    {
        string[] parts = path.Split('?');
        Assert.True(endpoint.Serves(parts[0]), $"{parts[0]} is not served");
        DefaultHttpContext http = new();
        using MemoryStream body = new();
        http.Response.Body = body;
        http.Request.Method = method;
        http.Request.Path = parts[0];
        http.Request.QueryString = parts.Length > 1 ? new QueryString("?" + parts[1]) : default;
        http.Request.Headers.Accept = accept;
        foreach ((string name, string value) in headers)
        {
            http.Request.Headers[name] = value;
        }

        await endpoint.ServeAsync(http);
        await http.Response.BodyWriter.FlushAsync(TestContext.Current.CancellationToken);
        return new EndpointAnswer(http.Response.StatusCode, http.Response.Headers, body.ToArray());
    }

    private static byte[] Unzip(byte[] bytes)
    {
        using GZipStream gzip = new(new MemoryStream(bytes), CompressionMode.Decompress);
        using MemoryStream plain = new();
        gzip.CopyTo(plain);
        return plain.ToArray();
    }
}
