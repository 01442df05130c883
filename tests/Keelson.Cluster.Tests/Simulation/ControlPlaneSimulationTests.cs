using System.Diagnostics;
using System.Globalization;

namespace Keelson.Cluster.Tests.Simulation;

/// <summary>
/// The whole control plane on virtual time with faults, one seed after the other, in a process of one thread. More
/// seeds:
/// <c>KEELSON_CLUSTER_SEEDS=1000</c>; one seed with all that happened: the simulator's <c>-v SEED</c>.
/// </summary>
public sealed class ControlPlaneSimulationTests
{
    private const int DefaultSeeds = 6;

    [Fact]
    public async Task Promises_hold_at_every_revision_whatever_goes_wrong_on_the_way()
    {
        string count = Environment.GetEnvironmentVariable("KEELSON_CLUSTER_SEEDS")
            ?? DefaultSeeds.ToString(CultureInfo.InvariantCulture);
        using Process simulator = Process.Start(new ProcessStartInfo
        {
            FileName = Path.Combine(AppContext.BaseDirectory, "Keelson.Cluster.Simulator"),
            ArgumentList = { "0", count },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> errors = simulator.StandardError.ReadToEndAsync();
        string output = await simulator.StandardOutput.ReadToEndAsync();
        await simulator.WaitForExitAsync();
        Assert.True(simulator.ExitCode == 0, output + await errors);
        Assert.Equal(int.Parse(count, CultureInfo.InvariantCulture), output.Split("all held").Length - 1);
    }
}
