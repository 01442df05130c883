using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Api.Storage.V1;
using Keelson.Controllers.Nodes;
using Keelson.Controllers.Tests.VolumeBinding;
using Keelson.Controllers.VolumeAttachments;
using Keelson.Machinery.Values;
using static Keelson.Controllers.Tests.VolumeBinding.VolumeTestObjects;

namespace Keelson.Controllers.Tests.VolumeAttachments;

public sealed class AttachmentPlanTests
{
    private const string UniqueName = "kubernetes.io/csi/d.example.com^vol-1";
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_volume_that_a_pod_needs_is_attached_under_a_name_that_follows_from_it()
    {
        VolumeAttachment made = Assert.Single(Plan(needed: true).Attach);

        // printf vol-1d.example.comnode-1 | sha256sum
        Assert.Equal("csi-4499ee017ffbd7c27adcaf4b6d7385ae0ab9c5fa487205ab041ef1825c4e8e71", made.Metadata.Name);
        Assert.Equal(
            ("d.example.com", "node-1", "v"),
            (made.Spec.Attacher, made.Spec.NodeName, made.Spec.Source.PersistentVolumeName));
        Assert.Empty(Plan(needed: true, attachments: made).Attach);
        Assert.Empty(Plan(needed: true, node: Node(isManaged: false)).Attach);
    }

    [Fact]
    public void The_node_reports_what_is_attached_and_no_more_what_is_about_to_go()
    {
        VolumeAttachment there = Attachment(isAttached: true);
        AttachmentPlan attached = Plan(needed: true, attachments: there);
        Assert.Equal([UniqueName], attached.Attached!.Value.Select(static one => one.Name));
        Assert.Null(Plan(needed: true, attachments: Attachment(isAttached: false)).Attached);
        AttachmentPlan gone = Plan(needed: false, Node(attached: UniqueName), there);
        Assert.Equal([there], gone.Detach);
        Assert.Equal(0, gone.Attached?.Count);
    }

    [Fact]
    public void A_volume_in_use_stays_until_a_node_that_is_not_ready_had_six_minutes()
    {
        VolumeAttachment there = Attachment(isAttached: true);
        Node dead = Node(inUse: UniqueName);
        AttachmentPlan first = Plan(needed: false, dead, there);
        Assert.Empty(first.Detach);
        Assert.Equal([there.Metadata.Name], first.Unneeded);
        Assert.Equal(TimeSpan.FromMinutes(6), first.CheckAfter);
        Assert.Empty(AttachmentPlan.Compute(Picture(false, dead, there) with { UnneededSince = static _ => Now.AddMinutes(-5) }, Now).Detach);
        NodeVolumes late = Picture(false, dead, there) with { UnneededSince = static _ => Now.AddMinutes(-6) };
        Assert.Single(AttachmentPlan.Compute(late, Now).Detach);
        Node ready = Node(inUse: UniqueName, isReady: true);
        Assert.Empty(AttachmentPlan.Compute(late with { Node = ready }, Now).Detach);
        Node off =
            ready with { Spec = ready.Spec with { Taints = [NodeTaints.Of(NodeTaints.OutOfService, "NoExecute")] } };
        Assert.Single(AttachmentPlan.Compute(late with { Node = off }, Now).Detach);
    }

    [Fact]
    public void A_volume_for_one_node_waits_until_the_other_let_go()
    {
        VolumeAttachment other = Attachment(isAttached: true) with { Metadata = ObjectMeta.Empty with { Name = "x" } };
        NodeVolumes picture = Picture(true, Node()) with { Elsewhere = _ => [other] };
        AttachmentPlan plan = AttachmentPlan.Compute(picture, Now);
        Assert.Empty(plan.Attach);
        Assert.Equal("v", Assert.Single(plan.Contested).Volume.Metadata.Name);
        Assert.NotNull(plan.CheckAfter);
        Pod pod = UserOf("p");
        Assert.Equal(
            "Multi-Attach error for volume \"v\" Volume is already used by pod(s) a, b",
            AttachmentPlan.ContestMessage(pod, CsiVolume(), [UserOf("a"), UserOf("b")]));
        Assert.EndsWith("can't be attached to another", AttachmentPlan.ContestMessage(pod, CsiVolume(), []));
    }

    [Fact]
    public void Attachments_that_others_made_are_left_alone()
    {
        VolumeAttachment manual =
            Attachment(isAttached: true) with { Metadata = ObjectMeta.Empty with { Name = "by-hand" } };
        Assert.Empty(Plan(needed: false, attachments: manual).Detach);
    }

    [Fact]
    public void Only_running_pods_with_bound_claims_of_attachable_drivers_need_a_volume()
    {
        PersistentVolumeClaim claim = BoundClaim();
        PersistentVolume volume = CsiVolume();
        IReadOnlyList<NeededVolume> Needed(Pod pod, CSIDriver? driver = null, PersistentVolumeClaim? other = null) =>
            AttachableVolumes.Needed([pod], (_, _) => other ?? claim, _ => volume, _ => driver);
        Pod pod = UserOf("p");
        Assert.Single(Needed(pod));
        Assert.Empty(Needed(pod with { Status = pod.Status with { Phase = PodPhase.Succeeded } }));
        Assert.Empty(Needed(pod, new CSIDriver { Spec = new CSIDriverSpec { AttachRequired = false } }));
        Assert.Empty(Needed(pod, other: claim with { Metadata = claim.Metadata with { Uid = "another" } }));
    }

    private static PersistentVolumeClaim BoundClaim()
    {
        PersistentVolumeClaim claim = Claim("c", "1Gi");
        return claim with
        {
            Spec = claim.Spec with { VolumeName = "v" },
            Status = claim.Status with { Phase = PersistentVolumeClaimPhase.Bound },
        };
    }

    private static PersistentVolume CsiVolume()
    {
        PersistentVolume volume = Volume("v", "1Gi").Reserved(Claim("c", "1Gi"), withUid: true);
        return volume with
        {
            Spec = volume.Spec with
            {
                PersistentVolumeSource = volume.Spec.PersistentVolumeSource with
                {
                    Csi = new CSIPersistentVolumeSource { Driver = "d.example.com", VolumeHandle = "vol-1" },
                },
            },
        };
    }

    private static Pod UserOf(string name) => new()
    {
        Metadata = ObjectMeta.Empty with { Name = name, Namespace = "n", Uid = "uid-" + name },
        Spec = PodSpec.Empty with
        {
            NodeName = "node-1",
            Volumes =
            [
                new Volume
                {
                    Name = "data",
                    VolumeSource = VolumeSource.Empty with
                    {
                        PersistentVolumeClaim = new PersistentVolumeClaimVolumeSource { ClaimName = "c" },
                    },
                },
            ],
        },
    };

    private static Node Node(bool isManaged = true, string? inUse = null, string? attached = null, bool isReady = false) => new()
    {
        Metadata = ObjectMeta.Empty with
        {
            Name = "node-1",
            Annotations = isManaged
                ? ApiMap<string>.Empty.With("volumes.kubernetes.io/controller-managed-attach-detach", "true")
                : ApiMap<string>.Empty,
        },
        Status = NodeStatus.Empty with
        {
            VolumesInUse = inUse is null ? default : [inUse],
            VolumesAttached = attached is null ? default : [new AttachedVolume { Name = attached }],
            Conditions = isReady ? [new NodeCondition { Type = "Ready", Status = "True" }] : default,
        },
    };

    private static VolumeAttachment Attachment(bool isAttached)
    {
        VolumeAttachment made = Assert.Single(Plan(needed: true).Attach);
        return made with { Status = made.Status with { Attached = isAttached } };
    }

    private static AttachmentPlan Plan(bool needed, Node? node = null, params VolumeAttachment[] attachments) =>
        AttachmentPlan.Compute(Picture(needed, node ?? Node(), attachments), Now);

    private static NodeVolumes Picture(bool needed, Node node, params VolumeAttachment[] attachments) => new()
    {
        NodeName = "node-1",
        Node = node,
        Needed = needed ? [new NeededVolume(CsiVolume(), [UserOf("p")])] : [],
        Attachments = attachments,
        Volume = static name => name == "v" ? CsiVolume() : null,
        Elsewhere = static _ => [],
        InUse = node.Status.VolumesInUse,
        UnneededSince = static _ => null,
    };
}
