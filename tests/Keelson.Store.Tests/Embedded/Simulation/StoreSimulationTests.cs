using System.Globalization;

namespace Keelson.Store.Tests.Embedded.Simulation;

/// <summary>
/// Runs the simulation with seeds, always the same ones and some by the day. A failing seed is printed; it replays with
/// <c>KEELSON_STORE_SEED=n</c>, and <c>KEELSON_STORE_SEEDS=n</c> runs as many as one has time for.
/// </summary>
public sealed class StoreSimulationTests
{
    private const int Steps = 600;

    [Fact]
    public void Whatever_happens_the_store_is_as_the_model()
    {
        int crashes = 0;
        int refusals = 0;
        int snapshots = 0;
        foreach (int seed in Seeds())
        {
            StoreSimulation simulation = new(seed);
            try
            {
                simulation.Run(Steps);
            }
            catch (Exception exception)
            {
                Assert.Fail($"seed {seed} failed (replay with KEELSON_STORE_SEED={seed}): {exception}");
            }
            crashes += simulation.Crashes;
            refusals += simulation.Refusals;
            snapshots += simulation.Snapshots;
        }
        // A simulation in which nothing happens proves nothing.
        Assert.True(crashes > 0 && refusals > 0 && snapshots > 0, $"{crashes} {refusals} {snapshots}");
    }

    private static IEnumerable<int> Seeds()
    {
        if (Number("KEELSON_STORE_SEED") is { } seed)
        {
            return [seed];
        }
        return Enumerable.Range(1, Number("KEELSON_STORE_SEEDS") ?? 60);
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out int number)
            ? number
            : null;
}
