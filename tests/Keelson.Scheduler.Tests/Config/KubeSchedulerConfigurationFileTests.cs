using System.Text;
using Keelson.Scheduler.Config;
using Keelson.Scheduler.Cycle;

namespace Keelson.Scheduler.Tests.Config;

public sealed class KubeSchedulerConfigurationFileTests
{
    private const string Head = "apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n";

    [Fact]
    public void An_empty_configuration_has_the_defaults()
    {
        KubeSchedulerConfiguration config = Parse("");
        Assert.Equal(
            (16, 0, 1.0, 10.0, "default-scheduler"),
            (config.Parallelism, config.PercentageOfNodesToScore, config.PodInitialBackoff.TotalSeconds,
                config.PodMaxBackoff.TotalSeconds, config.Profiles[0].SchedulerName));
    }

    [Fact]
    public void A_profile_changes_what_runs_and_with_which_weight()
    {
        KubeSchedulerConfiguration config = Parse(
            """
            profiles:
            - schedulerName: packing
              plugins:
                multiPoint:
                  disabled: [{name: NodeResourcesBalancedAllocation}]
                  enabled: [{name: TaintToleration, weight: 7}]
                score:
                  disabled: [{name: NodeAffinity}]
                preFilter:
                  enabled: [{name: NodePorts}]
              pluginConfig:
              - name: NodeResourcesFit
                args:
                  apiVersion: kubescheduler.config.k8s.io/v1
                  kind: NodeResourcesFitArgs
                  scoringStrategy:
                    type: MostAllocated
                    resources: [{name: cpu, weight: 3}, {name: memory}]
            """);
        ProfilePlugins plugins = new TestProfile(config.Profiles[0]).Profile.Plugins;
        Assert.Equal(
            ["TaintToleration=7", "NodeResourcesFit=1"],
            plugins.Score.Select(static one => $"{one.Plugin.Name}={one.Weight}")
                .Where(
                    static one =>
                        one.StartsWith("Node", StringComparison.Ordinal)
                            || one.StartsWith("Taint", StringComparison.Ordinal)));
        Assert.Equal("NodePorts", plugins.PreFilter[0].Name);
        NodeResourcesFitArgs fit =
            Assert.IsType<NodeResourcesFitArgs>(config.Profiles[0].PluginConfig["NodeResourcesFit"]);
        Assert.Equal(ScoringStrategyType.MostAllocated, fit.Strategy);
        Assert.Equal([new("cpu", 3), new("memory", 1)], fit.Resources);
    }

    [Theory]
    [InlineData("parallelism: 0", "parallelism: Invalid value: 0: should be an integer value greater than zero")]
    [InlineData(
        "percentageOfNodesToScore: 101", "percentageOfNodesToScore: Invalid value: 101: not in valid range [0-100]")]
    [InlineData("podInitialBackoffSeconds: 0", "podInitialBackoffSeconds: Invalid value: 0: must be greater than 0")]
    [InlineData(
        "podInitialBackoffSeconds: 20",
        "podMaxBackoffSeconds: Invalid value: 10: must be greater than or equal to PodInitialBackoffSeconds")]
    [InlineData(
        "profiles: [{schedulerName: a}, {schedulerName: a}]",
        "profiles[1].schedulerName: Duplicate value: profiles[0].schedulerName")]
    [InlineData(
        "profiles: [{plugins: {filter: {enabled: [{name: X}]}}}]",
        "profiles[0].plugins.filter.enabled[0]: Not found: \"X\"")]
    [InlineData(
        "extenders: [{urlPrefix: http://x, prioritizeVerb: p}]",
        "extenders[0].weight: Invalid value: 0: must have a positive weight applied to it")]
    [InlineData("paralelism: 1", "paralelism: Forbidden: unknown field")]
    [InlineData("parallelism: many", "parallelism: Invalid value: \"many\": must be a whole number")]
    [InlineData(
        "profiles: [{pluginConfig: [{name: DefaultPreemption, args: {minCandidateNodesPercentage: 101}}]}]",
        "profiles[0].pluginConfig[0].args.minCandidateNodesPercentage: "
            + "Invalid value: 101: not in valid range [0, 100]")]
    [InlineData(
        "profiles: [{pluginConfig: [{name: NodeResourcesFit, args: "
            + "{scoringStrategy: {type: RequestedToCapacityRatio}}}]}]",
        "profiles[0].pluginConfig[0].args.scoringStrategy.requestedToCapacityRatio: Required value: "
            + "must be specified when type is RequestedToCapacityRatio")]
    public void Mistakes_are_named_by_their_field(string yaml, string message) =>
        Assert.Equal(message, Assert.Throws<SchedulerConfigException>(() => Parse(yaml)).Message);

    [Fact]
    public void A_file_of_another_kind_is_refused() => Assert.StartsWith(
        "no kind \"KubeletConfiguration\" is registered",
        Assert.Throws<SchedulerConfigException>(
            () => KubeSchedulerConfigurationFile.Parse("kind: KubeletConfiguration"u8.ToArray())).Message,
        StringComparison.Ordinal);

    private static KubeSchedulerConfiguration Parse(string yaml) =>
        KubeSchedulerConfigurationFile.Parse(Encoding.UTF8.GetBytes(Head + yaml));
}
