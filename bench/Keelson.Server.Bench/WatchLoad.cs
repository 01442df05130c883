using System.Net;

namespace Keelson.Server.Bench;

/// <summary>Watches that wait for something to happen: what each costs the server.</summary>
internal static class WatchLoad
{
    /// <summary>Opens so many on ten connections, and as many on a connection each.</summary>
    public static async Task RunAsync(BenchTarget target, int count)
    {
        await OpenAsync(target, count, 10);
        await OpenAsync(target, count, count);
    }

    private static async Task OpenAsync(BenchTarget target, int count, int connections)
    {
        HttpClient[] clients = [.. Enumerable.Range(0, connections).Select(_ => target.NewClient())];
        double before = target.ResidentMb();
        List<HttpResponseMessage> open = [];
        foreach (int[] some in Enumerable.Range(0, count).Chunk(20))
        {
            open.AddRange(await Task.WhenAll(some.Select(i => WatchAsync(clients[i % connections]))));
        }

        double opened = target.ResidentMb();
        await Task.Delay(TimeSpan.FromSeconds(15));
        double settled = target.ResidentMb();
        Console.WriteLine(
            $"{count} watches on {connections} connections: {opened - before:F0} MB, after 15 s {settled - before:F0} MB ({before:F0} MB before)");
        open.ForEach(one => one.Dispose());
        foreach (HttpClient client in clients)
        {
            client.Dispose();
        }

        await Task.Delay(TimeSpan.FromSeconds(2));
    }

    private static async Task<HttpResponseMessage> WatchAsync(HttpClient client)
    {
        using HttpRequestMessage request =
            new(HttpMethod.Get, "/api/v1/configmaps?watch=true") { Version = HttpVersion.Version20 };
        HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return response.EnsureSuccessStatusCode();
    }
}
