using Keelson.Simulation.Kubelet;

namespace Keelson.Simulation.Tests.Kubelet;

public sealed class UsageCurvesTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(5, 1)]
    [InlineData(15, 2)]
    [InlineData(20, 3)]
    [InlineData(99, 3)]
    public void A_curve_goes_evenly_from_point_to_point_and_then_stays(double seconds, double cores) =>
        Assert.Equal(cores, UsageCurves.At(Curve(null), TimeSpan.FromSeconds(seconds)).Cores, 3);

    [Fact]
    public void A_curve_with_a_period_begins_anew() =>
        Assert.Equal(2, UsageCurves.At(Curve(30), TimeSpan.FromSeconds(45)).Cores, 3);

    [Fact]
    public void Curves_are_read_from_a_file_and_what_is_wrong_is_named()
    {
        string file = Path.GetTempFileName();
        File.WriteAllText(
            file,
            """
            count: 2
            usage:
            - labels: {app: web}
              shared: true
              points:
              - {atSeconds: 60, cpu: 250m, memory: 1Mi}
              - {cpu: 1}
            """);
        SimulatedUsage usage = Assert.Single(SimulatedNodesFile.Read(file).Usage);
        Assert.True(usage.Shared);
        Assert.Equal([new(TimeSpan.Zero, 1, 0), new(TimeSpan.FromMinutes(1), 0.25, 1048576)], usage.Points);
        File.WriteAllText(file, "usage: [{points: [{cpu: much}]}]");
        SimulatedNodesFileException wrong =
            Assert.Throws<SimulatedNodesFileException>(() => SimulatedNodesFile.Read(file));
        Assert.StartsWith($"{file}: usage[0].points[0].cpu: \"much\" is no quantity", wrong.Message);
        File.Delete(file);
    }

    private static SimulatedUsage Curve(double? period) => new()
    {
        Period = period is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        Points =
        [
            new(TimeSpan.Zero, 1, 0), new(TimeSpan.FromSeconds(10), 1, 0), new(TimeSpan.FromSeconds(20), 3, 0),
        ],
    };
}
