using System.Text.Json.Nodes;

namespace Keelson.EndToEnd.Tests.Conformance.Apps;

/// <summary>
/// Makes and keeps pods with the readiness gate of <see cref="Manifests.Gate"/> ready, except those a test holds: the
/// way to a pod that is unhealthy exactly when a test wants it to be.
/// </summary>
internal sealed class GateKeeper : IAsyncDisposable
{
    private readonly Workspace _space;
    private readonly HashSet<string> _held = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _turn = new(1);
    private readonly Task _keeping;

    public GateKeeper(Workspace space)
    {
        _space = space;
        _keeping = KeepAsync();
    }

    /// <summary>Makes pods unready, if they are there, and lets them be so.</summary>
    public async Task HoldAsync(params string[] pods)
    {
        await _turn.WaitAsync();
        try
        {
            foreach (string pod in pods)
            {
                _held.Add(pod);
                if (await _space.Pods.ExistsAsync(pod))
                {
                    await _space.Pods.StrategicAsync(pod + "/status", Manifests.Shut);
                    await _space.Pods.UntilAsync(pod, static one => !one.IsTrue("Ready"));
                }
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Makes pods ready again.</summary>
    public async Task FreeAsync(params string[] pods)
    {
        await _turn.WaitAsync();
        try
        {
            foreach (string pod in pods)
            {
                _held.Remove(pod);
                await OpenAsync(pod);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _keeping;
        _stop.Dispose();
        _turn.Dispose();
    }

    /// <summary>Makes a pod ready, if it is still there: its controller may take it away at any time.</summary>
    private async Task OpenAsync(string pod)
    {
        using StringContent open = new(
            Manifests.Open, System.Text.Encoding.UTF8, "application/strategic-merge-patch+json");
        using HttpResponseMessage answer = await _space.Pods.Cluster.Client.PatchAsync(
            new Uri($"{_space.Pods.Path}/{pod}/status", UriKind.Relative), open);
        Assert.True(
            answer.IsSuccessStatusCode || answer.StatusCode == System.Net.HttpStatusCode.NotFound,
            $"{pod}: {answer.StatusCode}");
    }

    private async Task KeepAsync()
    {
        try
        {
            await using WatchStream watch = await _space.Pods.WatchAsync();
            while (true)
            {
                (string type, JsonNode pod) = await watch.NextAsync(_stop.Token, TimeSpan.FromMinutes(2));
                bool isShut = type == "ADDED" && !pod.IsTrue("example.com/serving");
                await _turn.WaitAsync(_stop.Token);
                try
                {
                    if (isShut && !_held.Contains(pod.Name()))
                    {
                        await OpenAsync(pod.Name());
                    }
                }
                finally
                {
                    _turn.Release();
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The test is over.
        }
    }
}
