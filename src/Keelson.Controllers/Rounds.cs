namespace Keelson.Controllers;

/// <summary>Work that is done every so often, rather than for single keys.</summary>
internal static class Rounds
{
    /// <summary>Runs rounds until cancelled: the first when the informers are known, the next each a while after the
    /// last.</summary>
    /// <param name="context">The controller; its log tells what a round threw.</param>
    /// <param name="every">The while.</param>
    /// <param name="synced">Completes when the first round may begin.</param>
    /// <param name="round">One round.</param>
    /// <param name="cancellationToken">Ends the rounds.</param>
    public static async Task RunAsync(
        ControllerContext context,
        TimeSpan every,
        IReadOnlyList<Task> synced,
        Func<CancellationToken, Task> round,
        CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAll(synced).WaitAsync(cancellationToken);
            using PeriodicTimer timer = new(every, context.Clock);
            do
            {
                try
                {
                    await round(cancellationToken);
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    // A defect of one round must not end the others.
                    context.Config.Log($"{context.Name}: {exception}");
                }
            }
            while (await timer.WaitForNextTickAsync(cancellationToken));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Asked to end.
        }
    }
}
