using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;
using Keelson.Scheduler.Config;

namespace Keelson.Scheduler.Tests.Plugins.NodeAffinity;

public sealed class NodeAffinityPluginTests
{
    private readonly TestProfile _profile = new TestProfile().With(
        Objects.Node("ssd", labels: "disk=ssd,size=10"), Objects.Node("hdd", labels: "disk=hdd,size=5"),
        Objects.Node("none"));

    [Theory]
    [InlineData("disk In ssd", "ssd")]
    [InlineData("disk NotIn ssd;disk Exists", "hdd")]
    [InlineData("disk DoesNotExist", "none")]
    [InlineData("size Gt 7", "ssd")]
    [InlineData("size Lt 7", "hdd")]
    [InlineData("size Gt 10", "0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector.")]
    public void All_expressions_of_a_term_must_hold(string expressions, string chosen) =>
        Assert.Equal(
            chosen, _profile.Place(Requiring(new NodeSelectorTerm { MatchExpressions = [.. Parse(expressions)] })));

    [Fact]
    public void Names_of_nodes_restrict_the_search_and_the_others_are_counted_for_the_plugin()
    {
        NodeSelectorTerm byName = new() { MatchFields = [.. Parse("metadata.name In hdd")] };
        Assert.Equal("hdd", _profile.Place(Requiring(byName)));
    }

    [Fact]
    public void Names_that_exclude_each_other_are_a_conflict()
    {
        NodeSelectorTerm conflict = new() { MatchFields = [.. Parse("metadata.name In hdd;metadata.name In ssd")] };
        Assert.Equal("0/3 nodes are available: pod affinity terms conflict.", _profile.Place(Requiring(conflict)));
    }

    [Fact]
    public void Affinity_of_the_profile_holds_for_all_its_pods_besides_their_own()
    {
        Api.Core.V1.NodeAffinity added = new()
        {
            RequiredDuringSchedulingIgnoredDuringExecution = new()
            {
                NodeSelectorTerms = [new() { MatchExpressions = [.. Parse("disk Exists")] }],
            },
            PreferredDuringSchedulingIgnoredDuringExecution =
                [new() { Weight = 100, Preference = new() { MatchExpressions = [.. Parse("size Lt 7")] } }],
        };
        TestProfile profile = new TestProfile(new SchedulerProfile
        {
            PluginConfig = new Dictionary<string, PluginArgs>
            {
                ["NodeAffinity"] = new NodeAffinityArgs { AddedAffinity = added },
            },
        }).With(
            Objects.Node("ssd", labels: "disk=ssd,size=10"), Objects.Node("hdd", labels: "disk=hdd,size=5"),
            Objects.Node("none"));
        Assert.Equal("hdd", profile.Place(Objects.Pod("p")));
        NodeSelectorTerm without = new() { MatchExpressions = [.. Parse("disk DoesNotExist")] };
        Assert.Equal(
            "0/3 nodes are available: 1 node(s) didn't match scheduler-enforced node affinity, "
            + "2 node(s) didn't match Pod's node affinity/selector.",
            profile.Place(Requiring(without)));
    }

    [Fact]
    public void Preferences_add_up_their_weights()
    {
        Pod pod = WithAffinity(new()
        {
            PreferredDuringSchedulingIgnoredDuringExecution =
            [
                new PreferredSchedulingTerm { Weight = 10,
                    Preference = new() { MatchExpressions = [.. Parse("disk In ssd")] } },
                new PreferredSchedulingTerm { Weight = 6,
                    Preference = new() { MatchExpressions = [.. Parse("disk In hdd")] } },
                new PreferredSchedulingTerm { Weight = 6,
                    Preference = new() { MatchExpressions = [.. Parse("size Lt 7")] } },
            ],
        });
        Assert.Equal("hdd", _profile.Place(pod));
    }

    private static Pod Requiring(params NodeSelectorTerm[] terms) => WithAffinity(new()
    {
        RequiredDuringSchedulingIgnoredDuringExecution = new NodeSelector { NodeSelectorTerms = terms },
    });

    private static Pod WithAffinity(Api.Core.V1.NodeAffinity affinity)
    {
        Pod pod = Objects.Pod("p", "cpu=1");
        return pod with { Spec = pod.Spec with { Affinity = new Affinity { NodeAffinity = affinity } } };
    }

    private static IEnumerable<NodeSelectorRequirement> Parse(string text) =>
        text.Split(';').Select(static one => one.Split(' '))
        .Select(
            static one =>
                new NodeSelectorRequirement { Key = one[0], Operator = one[1], Values = one.Length > 2 ? [one[2]]
                    : [] });
}
