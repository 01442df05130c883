using Keelson.Api.Core.V1;
using Keelson.Scheduler.Cycle;
using Keelson.Scheduler.Framework;
using Keelson.Scheduler.Snapshot;
using static Keelson.Scheduler.Tests.AffinityTerms;

namespace Keelson.Scheduler.Tests.Plugins;

/// <summary>What plugins keep of pods while they come and go, held against what they count from nothing.</summary>
public sealed class KeptCountsTests
{
    // More than are kept, so that some are forgotten and counted anew.
    private const int Groups = 700;
    private const int Steps = 1000;

    private static readonly Node[] Nodes =
    [
        .. Enumerable.Range(0, 6).Select(static i =>
            Objects.Node($"n{i}", labels: $"zone=z{i % 3},kubernetes.io/hostname=n{i}")),
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Kept_counts_say_what_counting_anew_says(int seed)
    {
        Random random = new(seed);
        TestProfile kept = new TestProfile().With(Nodes);
        List<Pod> there = [];
        for (int step = 0; step < Steps; step++)
        {
            if (there.Count > 0 && random.Next(3) == 0)
            {
                int gone = random.Next(there.Count);
                kept.Snapshot.RemovePod(there[gone].Info());
                there.RemoveAt(gone);
            }
            else
            {
                Pod pod = Some(random, step);
                pod = pod with { Spec = pod.Spec with { NodeName = $"n{random.Next(Nodes.Length)}" } };
                kept.With(pod);
                there.Add(pod);
            }

            Pod asking = Some(random, Steps + step);
            string verdict = Verdict(kept, asking);
            if (step % 20 == 0)
            {
                TestProfile anew = new TestProfile().With(Nodes).With([.. there]);
                Assert.Equal(Verdict(anew, asking), verdict);
            }
        }
    }

    /// <summary>A pod of a group, with something to say about its group or another.</summary>
    private static Pod Some(Random random, int number)
    {
        int group = random.Next(2) == 0 ? random.Next(10) : random.Next(Groups);
        string about = $"group=g{(random.Next(4) == 0 ? random.Next(10) : group)}";
        string key = random.Next(2) == 0 ? "zone" : "kubernetes.io/hostname";
        Pod pod = Objects.Pod($"p{number}", labels: $"group=g{group},all=yes");
        return random.Next(7) switch
        {
            0 => pod.Away(Term(about, key)),
            1 => pod.Near(Term(about, "zone")),
            2 => pod.RatherAway(random.Next(1, 100), Term(about, key)),
            3 => pod.RatherNear(random.Next(1, 100), Term(random.Next(5) == 0 ? "" : about, key)),
            4 or 5 => pod with
            {
                Spec = pod.Spec with
                {
                    TopologySpreadConstraints =
                    [
                        new()
                        {
                            TopologyKey = key, MaxSkew = 1,
                            WhenUnsatisfiable = random.Next(2) == 0 ? "DoNotSchedule" : "ScheduleAnyway",
                            LabelSelector = random.Next(5) == 0
                                ? new() { MatchExpressions = [new() { Key = "all", Operator = "Exists" }] }
                                : new() { MatchLabels = Objects.Labels(about) },
                        },
                    ],
                },
            },
            _ => pod,
        };
    }

    private static string Verdict(TestProfile profile, Pod pod)
    {
        CycleState state = new();
        PodInfo info = pod.Info();
        Assert.Null(profile.Profile.PreFilter(state, info, out _, out _));
        NodeInfo[] nodes = [.. Nodes.Select(one => profile.Snapshot.Find(one.Metadata.Name)!)];
        string filtered = string.Join(
            ',', nodes.Select(one => profile.Profile.FilterWithNominated(state, info, one)?.Message ?? "ok"));
        Assert.Null(new NodeRanking(new Random(1)).Rank(profile.Profile, state, info, nodes, out Span<long> totals));
        return $"{filtered} {string.Join(',', totals.ToArray())}";
    }
}
