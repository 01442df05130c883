namespace Keelson.Cluster.Simulator;

/// <summary>
/// Runs a body of tasks on virtual time: the clock goes on when nothing is left to run now. The pool has one thread
/// (the project file says so), so what looks at the pool's queue runs while nothing else does, and the order of all
/// that runs depends on nothing but the program.
/// </summary>
internal static class Lockstep
{
    /// <summary>Runs a body to its end.</summary>
    /// <param name="clock">The clock.</param>
    /// <param name="body">What runs.</param>
    /// <param name="patience">Real time after which a body that makes no step counts as stuck.</param>
    /// <exception cref="TimeoutException">The body waits for something that never comes.</exception>
    public static T Run<T>(VirtualClock clock, Func<Task<T>> body, TimeSpan patience)
    {
        Probe probe = new(clock, Task.Run(body));
        ThreadPool.UnsafeQueueUserWorkItem(probe, preferLocal: false);
        long seen = -1;
        while (!probe.Body.Wait(patience))
        {
            if (probe.IsStuck || probe.Steps == seen)
            {
                throw new TimeoutException($"stuck after {clock.Elapsed} of virtual time");
            }

            seen = probe.Steps;
        }

        return ((Task<T>)probe.Body).Result;
    }

    private sealed class Probe(VirtualClock clock, Task body) : IThreadPoolWorkItem
    {
        private long _steps;

        public Task Body { get; } = body;

        public long Steps => Volatile.Read(ref _steps);

        public bool IsStuck { get; private set; }

        public void Execute()
        {
            if (Body.IsCompleted)
            {
                return;
            }

            if (ThreadPool.PendingWorkItemCount == 0)
            {
                IsStuck = !clock.Step() && ThreadPool.PendingWorkItemCount == 0;
                Interlocked.Increment(ref _steps);
            }

            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }
}
