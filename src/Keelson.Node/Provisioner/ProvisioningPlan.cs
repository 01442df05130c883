using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Api.Storage.V1;
using Keelson.Machinery.Values;

namespace Keelson.Nodes.Provisioner;

/// <summary>What a node's provisioner does about a claim or a volume.</summary>
internal abstract record ProvisioningPlan
{
    private const string Storage = "storage";
    private const string HostName = "kubernetes.io/hostname";
    private const string SelectedNode = "volume.kubernetes.io/selected-node";
    private const string ProvisionerNote = "volume.kubernetes.io/storage-provisioner";
    private const string ProvisionedBy = "pv.kubernetes.io/provisioned-by";

    private ProvisioningPlan()
    {
    }

    /// <summary>Decides about a claim; null when there is nothing to do.</summary>
    /// <param name="claim">The claim.</param>
    /// <param name="known">What is known besides.</param>
    public static ProvisioningPlan? For(PersistentVolumeClaim claim, ProvisioningSurroundings known)
    {
        if (claim.Spec.VolumeName.Length > 0)
        {
            return Larger(claim, known);
        }

        if (claim.Metadata.DeletionTimestamp is not null
            || claim.Metadata.Annotations.GetValueOrDefault(ProvisionerNote) != LocalStorageClass.Provisioner
            || known.Class(claim.Spec.StorageClassName ?? "") is not { } @class
            || !IsHere(claim, @class, known)
            || known.Volume(NameFor(claim)) is not null)
        {
            return null;
        }

        string? refusal = claim.Spec switch
        {
            { VolumeMode: PersistentVolumeMode.Block } =>
                LocalStorageClass.Provisioner + " does not support block volume provisioning",
            { Selector: not null } => "claim Selector is not supported",
            { DataSource: not null } or { DataSourceRef: not null } => "claim DataSource is not supported",
            _ => null,
        };
        return refusal is null
            ? new Provision(VolumeFor(claim, @class, known))
            : new Refuse($"failed to provision volume with StorageClass \"{@class.Metadata.Name}\": {refusal}");
    }

    /// <summary>Decides about a volume; null when there is nothing to do.</summary>
    public static ProvisioningPlan? For(PersistentVolume volume, ProvisioningSurroundings known)
    {
        bool isOurs = IsOurs(volume, known);
        bool isReleased = volume.Status.Phase is PersistentVolumePhase.Released or PersistentVolumePhase.Failed;
        return isOurs && isReleased
            && volume.Spec.PersistentVolumeReclaimPolicy == PersistentVolumeReclaimPolicy.Delete
            && volume.Metadata.DeletionTimestamp is null
            ? new Delete(volume.Spec.PersistentVolumeSource.Local!.Path)
            : null;
    }

    /// <summary>The volume's name follows from the claim, so that it is never made twice.</summary>
    private static string NameFor(PersistentVolumeClaim claim) => "pvc-" + claim.Metadata.Uid;

    /// <summary>Where the pod goes; claims that do not wait for a pod are the first node's matter.</summary>
    private static bool IsHere(PersistentVolumeClaim claim, StorageClass @class, ProvisioningSurroundings known) =>
        claim.Metadata.Annotations.TryGetValue(SelectedNode, out string? selected)
            ? selected == known.Node.Metadata.Name
            : @class.VolumeBindingMode != VolumeBindingMode.WaitForFirstConsumer && known.IsFirstNode;

    /// <summary>True for volumes that this node made; nothing outside its directory is ever touched.</summary>
    private static bool IsOurs(PersistentVolume volume, ProvisioningSurroundings known) =>
        volume.Metadata.Annotations.GetValueOrDefault(ProvisionedBy) == LocalStorageClass.Provisioner
        && volume.Spec.PersistentVolumeSource.Local is { } local
        && local.Path == Path.Combine(known.Directory, volume.Metadata.Name)
        && volume.Spec.NodeAffinity?.Required?.NodeSelectorTerms.Any(term => term.MatchExpressions.Any(one =>
            one.Key == HostName && one.Values.Contains(HostNameOf(known.Node)))) == true;

    private static string HostNameOf(Node node) =>
        node.Metadata.Labels.GetValueOrDefault(HostName) ?? node.Metadata.Name;

    private static ProvisioningPlan? Larger(PersistentVolumeClaim claim, ProvisioningSurroundings known)
    {
        Quantity wanted = claim.Spec.Resources.Requests.GetValueOrDefault(Storage);
        return claim.Status.Phase == PersistentVolumeClaimPhase.Bound
            && wanted > claim.Status.Capacity.GetValueOrDefault(Storage)
            && known.Volume(claim.Spec.VolumeName) is { } volume
            && IsOurs(volume, known)
            ? new Enlarge(volume, wanted)
            : null;
    }

    private static PersistentVolume VolumeFor(
        PersistentVolumeClaim claim, StorageClass @class, ProvisioningSurroundings known) => new()
        {
            Metadata = ObjectMeta.Empty with
            {
                Name = NameFor(claim),
                Annotations = ApiMap<string>.From([KeyValuePair.Create(ProvisionedBy, LocalStorageClass.Provisioner)]),
            },
            Spec = new()
            {
                Capacity = ApiMap<Quantity>.From(
                    [KeyValuePair.Create(Storage, claim.Spec.Resources.Requests.GetValueOrDefault(Storage))]),
                AccessModes = claim.Spec.AccessModes,
                PersistentVolumeReclaimPolicy = @class.ReclaimPolicy ?? PersistentVolumeReclaimPolicy.Delete,
                StorageClassName = @class.Metadata.Name,
                VolumeMode = PersistentVolumeMode.Filesystem,
                ClaimRef = new()
                {
                    ApiVersion = "v1",
                    Kind = "PersistentVolumeClaim",
                    Namespace = claim.Metadata.Namespace,
                    Name = claim.Metadata.Name,
                    Uid = claim.Metadata.Uid,
                    ResourceVersion = claim.Metadata.ResourceVersion,
                },
                PersistentVolumeSource = new()
                {
                    Local = new() { Path = Path.Combine(known.Directory, NameFor(claim)) },
                },
                NodeAffinity = new()
                {
                    Required = new()
                    {
                        NodeSelectorTerms =
                        [
                            new NodeSelectorTerm
                            {
                                MatchExpressions =
                                [
                                    new NodeSelectorRequirement
                                    {
                                        Key = HostName,
                                        Operator = NodeSelectorOperator.In,
                                        Values = [HostNameOf(known.Node)],
                                    },
                                ],
                            },
                        ],
                    },
                },
            },
        };

    /// <summary>A directory is made and the volume that shows it.</summary>
    public sealed record Provision(PersistentVolume Volume) : ProvisioningPlan;

    /// <summary>The claim asks for what a directory can't be.</summary>
    public sealed record Refuse(string Message) : ProvisioningPlan;

    /// <summary>A volume becomes larger; a directory needs no more than to have it said.</summary>
    public sealed record Enlarge(PersistentVolume Volume, Quantity Size) : ProvisioningPlan;

    /// <summary>A directory is deleted and its volume.</summary>
    public sealed record Delete(string Path) : ProvisioningPlan;
}

/// <summary>What decisions of a provisioner rest on.</summary>
/// <param name="Node">The node.</param>
/// <param name="Directory">Where its volumes' directories are.</param>
/// <param name="Class">Finds a class by name.</param>
/// <param name="Volume">Finds a volume by name.</param>
/// <param name="IsFirstNode">True when no other node comes before it by name.</param>
internal sealed record ProvisioningSurroundings(
    Node Node,
    string Directory,
    Func<string, StorageClass?> Class,
    Func<string, PersistentVolume?> Volume,
    bool IsFirstNode);
