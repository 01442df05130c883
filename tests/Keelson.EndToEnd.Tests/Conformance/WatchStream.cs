using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Controllers;

namespace Keelson.EndToEnd.Tests.Conformance;

/// <summary>A notice of a watch.</summary>
/// <param name="Type">ADDED, MODIFIED, DELETED, BOOKMARK or ERROR.</param>
/// <param name="Object">The object.</param>
internal readonly record struct WatchEvent(string Type, JsonNode Object);

/// <summary>A watch over HTTP. Every wait has a bound.</summary>
internal sealed class WatchStream : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly HttpResponseMessage _response;
    private readonly StreamReader _lines;

    private WatchStream(HttpResponseMessage response, Stream body)
    {
        _response = response;
        _lines = new StreamReader(body);
    }

    /// <summary>Opens a watch.</summary>
    /// <param name="cluster">Where.</param>
    /// <param name="path">The resource.</param>
    /// <param name="query">Further parameters: <c>labelSelector=a%3Db</c>.</param>
    public static async Task<WatchStream> OpenAsync(ClusterFixture cluster, string path, string query = "")
    {
        string url = $"{path}?watch=true&timeoutSeconds=7200{(query.Length > 0 ? "&" + query : "")}";
        HttpResponseMessage response =
            await cluster.Client.GetAsync(url, HttpCompletionOption.ResponseHeadersRead);
        Assert.True(response.IsSuccessStatusCode, $"{url}: {(int)response.StatusCode}");
        return new(response, await response.Content.ReadAsStreamAsync());
    }

    /// <summary>The next notice.</summary>
    public async Task<WatchEvent> NextAsync(CancellationToken cancellation = default, TimeSpan? patience = null)
    {
        using CancellationTokenSource bound = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        TimeSpan left = patience ?? Patience;
        bound.CancelAfter(left > TimeSpan.Zero ? left : TimeSpan.Zero);
        string line;
        try
        {
            line = await _lines.ReadLineAsync(bound.Token) ?? throw new InvalidOperationException("The watch ended.");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"Nothing came within {Patience}.");
        }

        JsonNode notice = JsonNode.Parse(line)!;
        return new(notice.Text("type"), notice["object"]!);
    }

    /// <summary>The next notice that is as it should be; others are passed over.</summary>
    public async Task<JsonNode> UntilAsync(string type, Func<JsonNode, bool> holds)
    {
        while (true)
        {
            WatchEvent next = await NextAsync();
            Assert.NotEqual("ERROR", next.Type);
            if (next.Type == type && holds(next.Object))
            {
                return next.Object;
            }
        }
    }

    /// <summary>The next notice, which must be of that type and about that object.</summary>
    public async Task<JsonNode> ExpectAsync(string type, string name)
    {
        WatchEvent next = await NextAsync();
        Assert.Equal((type, name), (next.Type, next.Object.Name()));
        return next.Object;
    }

    public ValueTask DisposeAsync()
    {
        _lines.Dispose();
        _response.Dispose();
        return ValueTask.CompletedTask;
    }
}
