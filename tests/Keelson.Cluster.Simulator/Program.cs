using System.Diagnostics;
using System.Globalization;
using Keelson.Cluster.Simulator;
using Keelson.Cluster.Simulator.Invariants;

// Usage: [-v] FIRST-SEED [COUNT]. Exits with 1 when an invariant is broken or the cluster does not come to rest.
TimeSpan longestRest = TimeSpan.FromMinutes(40);
bool isVerbose = args.Contains("-v");
int[] numbers = [.. args.Where(static one => one != "-v")
    .Select(static one => int.Parse(one, CultureInfo.InvariantCulture))];
int failed = 0;
for (int seed = numbers[0]; seed < numbers[0] + (numbers.Length > 1 ? numbers[1] : 1); seed++)
{
    VirtualClock clock = new();
    List<string> lines = [];
    long started = Stopwatch.GetTimestamp();
    long revision = 0;
    IReadOnlyList<string> problems;
    try
    {
        (problems, revision) = Lockstep.Run(clock, () => RunAsync(new SimulationPlan(seed), clock),
            TimeSpan.FromMinutes(1));
    }
    catch (TimeoutException exception)
    {
        problems = [exception.Message];
    }

    Console.WriteLine(
        $"seed {seed}: {revision} revisions, {clock.Elapsed:hh\\:mm\\:ss} in "
        + $"{Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s: "
        + (problems.Count == 0 ? "all held" : string.Create(CultureInfo.InvariantCulture, $"{problems.Count} broken")));
    failed += problems.Count == 0 ? 0 : 1;
    if (problems.Count > 0 || isVerbose)
    {
        foreach (string line in (isVerbose ? lines : []).Concat(problems.Take(20)))
        {
            Console.WriteLine("  " + line);
        }
    }

    async Task<(IReadOnlyList<string> Problems, long Revision)> RunAsync(SimulationPlan plan, VirtualClock time)
    {
        World world = await World.StartAsync(plan, time, Log);
        world.History.Trace = isVerbose ? change => Log(ChangeText.Line(change)) : null;
        await new Scenario(world, plan, Log).RunAsync();
        List<string> found = [];
        TimeSpan rested = time.Elapsed;
        do
        {
            await Task.Delay(TimeSpan.FromSeconds(30), time);
            found = [.. Convergence.Problems(world.History)];
        }
        while (found.Count > 0 && time.Elapsed - rested < longestRest && world.History.Violations.Count == 0);

        long last = world.History.Revision;
        await world.DisposeAsync();
        return (world.History.Violations.Count > 0 ? world.History.Violations : found, last);
    }

    void Log(string line) => lines.Add($"{clock.Elapsed:hh\\:mm\\:ss\\.fff} {line}");
}

return failed > 0 ? 1 : 0;
