using System.Globalization;
using Keelson.Api.Apps.V1;
using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Controllers.Deployments;
using Keelson.Machinery.Values;
using static Keelson.Controllers.Tests.Pods.TestPods;

namespace Keelson.Controllers.Tests.Deployments;

/// <summary>Sets are written <c>name size/available</c>; the one that is called "new" has the present
/// template.</summary>
public sealed class DeploymentPlanTests
{
    private const string Revision = "deployment.kubernetes.io/revision";
    private const string Desired = "deployment.kubernetes.io/desired-replicas";
    private const string Max = "deployment.kubernetes.io/max-replicas";

    [Fact]
    public void The_first_rollout_creates_the_new_set_with_all_replicas()
    {
        DeploymentPlan plan = Plan(Deployment(3));
        Assert.Equal(3, plan.Create!.Spec.Replicas);
        Assert.Equal("1", plan.Create.Metadata.Annotations[Revision]);
        Assert.Equal("3", plan.Create.Metadata.Annotations[Desired]);
        Assert.Equal("4", plan.Create.Metadata.Annotations[Max]);
        Assert.StartsWith("d-", plan.Create.Metadata.Name, StringComparison.Ordinal);
        Assert.Equal(plan.Create.Metadata.Name, "d-" + plan.Create.Spec.Selector!.MatchLabels["pod-template-hash"]);
        Assert.Equal("NewReplicaSetCreated", Condition(plan, "Progressing").Reason);
    }

    [Fact]
    public void A_rolling_update_alternates_between_growing_the_new_and_shrinking_the_old()
    {
        // 10 replicas, 25%: surge 3 (rounded up), at most 2 unavailable (rounded down).
        Deployment deployment = Deployment(10);
        Assert.Equal(3, Plan(deployment, Set("old", 10, 10)).Create!.Spec.Replicas);
        Assert.Equal(["old 10→8"], Changes(Plan(deployment, Set("old", 10, 10), Set("new", 3, 0))));
        Assert.Equal(["new 3→5"], Changes(Plan(deployment, Set("old", 8, 8), Set("new", 3, 0))));
        Assert.Empty(Changes(Plan(deployment, Set("old", 8, 8), Set("new", 5, 0))));
        Assert.Equal(["old 8→3"], Changes(Plan(deployment, Set("old", 8, 8), Set("new", 5, 5))));
        Assert.Equal(["new 5→10"], Changes(Plan(deployment, Set("old", 3, 3), Set("new", 5, 5))));
        Assert.Equal(["old 3→0"], Changes(Plan(deployment, Set("old", 3, 3), Set("new", 10, 10))));
    }

    [Fact]
    public void Old_replicas_that_are_not_available_go_first_whatever_their_set()
    {
        // 13 there, 8 needed: the 4 broken ones may go, and one of the 9 that are available.
        Deployment deployment = Deployment(10);
        Assert.Equal(
            ["a 5→4", "b 5→1"], Changes(Plan(deployment, Set("a", 5, 5), Set("b", 5, 1), Set("new", 3, 3))));
    }

    [Fact]
    public void Scaling_in_the_middle_of_a_rollout_keeps_the_proportions()
    {
        // 10 → 15: 13 replicas were allowed, now 19 are; the older set gets its share and the rest from rounding.
        Deployment deployment = Deployment(15);
        ReplicaSet old = Scaled(Set("old", 8, 8), 10, 13);
        ReplicaSet present = Scaled(Set("new", 5, 5), 10, 13);
        Assert.Equal(["new 5→7", "old 8→12"], Changes(Plan(deployment, old, present)));

        Deployment less = Deployment(5);
        Assert.Equal(["new 5→3", "old 8→4"], Changes(Plan(less, old, present)));
    }

    [Fact]
    public void A_deployment_scaled_at_rest_changes_its_only_set()
    {
        Assert.Equal(["new 3→5"], Changes(Plan(Deployment(5), Scaled(Set("new", 3, 3), 3, 4))));
        Assert.Equal(["new 3→0"], Changes(Plan(Deployment(0), Scaled(Set("new", 3, 3), 3, 4))));
    }

    [Fact]
    public void A_paused_deployment_scales_but_does_not_roll()
    {
        Deployment deployment = Deployment(5);
        deployment = deployment with
        {
            Spec = deployment.Spec with { Paused = true },
            Status = WithProgress(new DeploymentStatus(), "Unknown", "DeploymentPaused", Now),
        };
        DeploymentPlan plan = Plan(deployment, Scaled(Set("old", 3, 3), 3, 4));
        Assert.Null(plan.Create);
        Assert.Equal(["old 3→5"], Changes(plan));
    }

    [Fact]
    public void Pausing_and_resuming_are_noted_before_anything_else()
    {
        Deployment deployment = Deployment(3);
        Deployment paused = deployment with { Spec = deployment.Spec with { Paused = true } };
        DeploymentPlan pausing = Plan(paused, Set("old", 3, 3));
        Assert.Equal(("Unknown", "DeploymentPaused", "Deployment is paused"), Told(Condition(pausing, "Progressing")));
        DeploymentPlan resuming = Plan(deployment with { Status = pausing.Status }, Set("old", 3, 3));
        Assert.Equal(
            ("Unknown", "DeploymentResumed", "Deployment is resumed"), Told(Condition(resuming, "Progressing")));
        Assert.Null(resuming.Create);
    }

    [Fact]
    public void A_rollout_without_progress_times_out_and_until_then_the_deadline_is_waited_for()
    {
        Deployment At(double seconds)
        {
            DeploymentStatus status = Plan(Deployment(3), Set("new", 3, 1)).Status;
            return Deployment(3) with { Status = WithProgress(status, "True", "ReplicaSetUpdated", Ago(seconds)) };
        }

        DeploymentPlan waiting = Plan(At(590), Set("new", 3, 1));
        Assert.Equal("ReplicaSetUpdated", Condition(waiting, "Progressing").Reason);
        Assert.Equal(TimeSpan.FromSeconds(11), waiting.CheckAfter);
        DeploymentPlan late = Plan(At(601), Set("new", 3, 1));
        Assert.Equal(
            ("False", "ProgressDeadlineExceeded", "ReplicaSet \"new\" has timed out progressing."),
            Told(Condition(late, "Progressing")));
        Assert.Null(late.CheckAfter);
    }

    [Fact]
    public void A_complete_rollout_says_so_and_trims_its_history_oldest_revision_first()
    {
        Deployment deployment = Deployment(3);
        deployment = deployment with { Spec = deployment.Spec with { RevisionHistoryLimit = 1 } };
        DeploymentPlan plan = Plan(
            deployment, Set("r3", 0, 0, 3), Set("r1", 0, 0, 1), Set("r2", 0, 0, 2), Set("new", 3, 3, 4));
        Assert.Equal(["r1", "r2"], plan.Delete.Select(static one => one.Metadata.Name));
        Assert.Equal(
            ("True", "NewReplicaSetAvailable", "ReplicaSet \"new\" has successfully progressed."),
            Told(Condition(plan, "Progressing")));
        Assert.Equal(4, plan.Revision);
    }

    [Fact]
    public void An_incomplete_rollout_keeps_its_history()
    {
        Deployment deployment = Deployment(3);
        deployment = deployment with { Spec = deployment.Spec with { RevisionHistoryLimit = 0 } };
        Assert.Empty(Plan(deployment, Set("r1", 0, 0, 1), Set("new", 3, 2, 2)).Delete);
    }

    [Fact]
    public void Going_back_to_an_old_template_gives_its_set_the_next_revision_and_remembers_the_earlier_one()
    {
        DeploymentPlan plan = Plan(Deployment(3), Set("new", 0, 0, 1), Set("old", 3, 3, 2));
        ReplicaSet written = Assert.Single(plan.Changes).Wanted;
        Assert.Equal("3", written.Metadata.Annotations[Revision]);
        Assert.Equal("1", written.Metadata.Annotations["deployment.kubernetes.io/revision-history"]);
        Assert.Equal(1, written.Spec.Replicas);
    }

    [Fact]
    public void Recreate_waits_until_the_last_old_pod_is_gone()
    {
        Deployment deployment = Deployment(3);
        deployment = deployment with
        {
            Spec = deployment.Spec with { Strategy = new DeploymentStrategy { Type = "Recreate" } },
        };
        DeploymentPlan down = Plan(deployment, Set("old", 3, 3));
        Assert.Equal(["old 3→0"], Changes(down));
        Assert.Null(down.Create);
        DeploymentSnapshot stillRunning = new(deployment, [Set("old", 0, 0)], static _ => true);
        Assert.Null(DeploymentPlan.Compute(stillRunning, Now).Create);
        Assert.Equal(3, Plan(deployment, Set("old", 0, 0)).Create!.Spec.Replicas);
    }

    [Fact]
    public void Availability_falls_only_below_what_may_be_missing()
    {
        Assert.Equal("True", Condition(Plan(Deployment(10), Set("new", 10, 8)), "Available").Status);
        Assert.Equal(
            ("False", "MinimumReplicasUnavailable", "Deployment does not have minimum availability."),
            Told(Condition(Plan(Deployment(10), Set("new", 10, 7)), "Available")));
    }

    private static DeploymentPlan Plan(Deployment deployment, params ReplicaSet[] sets) =>
        DeploymentPlan.Compute(new(deployment, sets, static _ => false), Now);

    private static string[] Changes(DeploymentPlan plan) =>
    [
        .. plan.Changes.Where(static one => one.From != one.To)
            .Select(static one => $"{one.Set.Metadata.Name} {one.From}→{one.To}")
            .Order(StringComparer.Ordinal),
    ];

    private static DeploymentCondition Condition(DeploymentPlan plan, string type) =>
        plan.Status.Conditions.Single(one => one.Type == type);

    private static (string Status, string Reason, string Message) Told(DeploymentCondition condition) =>
        (condition.Status, condition.Reason, condition.Message);

    private static DeploymentStatus WithProgress(DeploymentStatus status, string value, string reason, Time at) =>
        status with
        {
            Conditions =
            [
                .. status.Conditions.Where(static one => one.Type != "Progressing"),
                new DeploymentCondition { Type = "Progressing", Status = value, Reason = reason, LastUpdateTime = at },
            ],
        };

    private static Deployment Deployment(int replicas) => new()
    {
        Metadata = ObjectMeta.Empty with { Name = "d", Namespace = "default", Uid = "d", Generation = 0 },
        Spec = new DeploymentSpec
        {
            Replicas = replicas,
            Selector = new LabelSelector { MatchLabels = ApiMap<string>.Empty.With("app", "d") },
            Template = Template("new"),
            Strategy = new DeploymentStrategy
            {
                Type = "RollingUpdate",
                RollingUpdate = new RollingUpdateDeployment { MaxSurge = "25%", MaxUnavailable = "25%" },
            },
            RevisionHistoryLimit = 10,
            ProgressDeadlineSeconds = 600,
        },
    };

    private static PodTemplateSpec Template(string image) => new()
    {
        Metadata = ObjectMeta.Empty with { Labels = ApiMap<string>.Empty.With("app", "d") },
        Spec = new PodSpec { Containers = [new Container { Name = "c", Image = image }] },
    };

    private static ReplicaSet Set(string name, int size, int available, int revision = 1) => new()
    {
        Metadata = ObjectMeta.Empty with
        {
            Name = name,
            Namespace = "default",
            Uid = name,
            CreationTimestamp = Ago(name == "new" ? 10 : 1000),
            Annotations = ApiMap<string>.Empty.With(Revision, revision.ToString(CultureInfo.InvariantCulture)),
        },
        Spec = new ReplicaSetSpec { Replicas = size, Template = Template(name) },
        Status = new ReplicaSetStatus { Replicas = size, ReadyReplicas = available, AvailableReplicas = available },
    };

    private static ReplicaSet Scaled(ReplicaSet set, int desired, int max) => set with
    {
        Metadata = set.Metadata with
        {
            Annotations = set.Metadata.Annotations
                .With(Desired, desired.ToString(CultureInfo.InvariantCulture))
                .With(Max, max.ToString(CultureInfo.InvariantCulture)),
        },
    };
}
