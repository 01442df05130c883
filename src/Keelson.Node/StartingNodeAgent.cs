namespace Keelson.Nodes;

/// <summary>An agent that is started in the background, again and again until it runs.</summary>
internal sealed class StartingNodeAgent : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stop = new();
    private readonly Task<NodeAgent?> _agent;

    public StartingNodeAgent(NodeAgentConfig config) => _agent = Task.Run(() => StartAsync(config));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        if (await _agent is { } agent)
        {
            await agent.DisposeAsync();
        }

        _stop.Dispose();
    }

    private async Task<NodeAgent?> StartAsync(NodeAgentConfig config)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                return await NodeAgent.StartAsync(config, _stop.Token);
            }
            catch (Exception exception)
                when (exception is IOException or UnauthorizedAccessException or Rpc.RpcException)
            {
                config.Log("the node agent can't start: " + exception.Message);
            }
            catch (OperationCanceledException)
            {
                break;
            }

            await Task.Delay(Pause, config.Clock, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return null;
    }
}
