using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Api.Storage.V1;
using Keelson.Machinery.Values;

namespace Keelson.Nodes.Provisioner;

/// <summary>What the provisioner does about a claim or a volume.</summary>
internal abstract record ProvisioningPlan
{
    private const string Storage = "storage";
    private const string SelectedNode = "volume.kubernetes.io/selected-node";
    private const string ProvisionerNote = "volume.kubernetes.io/storage-provisioner";

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
            || NodeFor(claim, @class, known) is not { } node
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
        string? directory = LocalStorageNotes.DirectoryOf(node);
        refusal ??= directory is null ? $"node {node.Metadata.Name} has no local storage" : null;
        return refusal is null
            ? new Provision(VolumeFor(claim, @class, node, directory!))
            : new Refuse($"failed to provision volume with StorageClass \"{@class.Metadata.Name}\": {refusal}");
    }

    /// <summary>Decides about a volume: true when its node has removed what it showed.</summary>
    public static bool IsOver(PersistentVolume volume, ProvisioningSurroundings known) =>
        LocalStorageNotes.IsToGo(volume)
        && volume.Metadata.DeletionTimestamp is null
        && known.Nodes.Any(one => LocalStorageNotes.DirectoryOf(one) is { } directory
            && LocalStorageNotes.IsOn(volume, one, directory)
            && LocalStorageNotes.RemovedOf(one).Contains(volume.Metadata.Name));

    /// <summary>The volume's name follows from the claim, so that it is never made twice.</summary>
    private static string NameFor(PersistentVolumeClaim claim) => "pvc-" + claim.Metadata.Uid;

    /// <summary>Where the pod goes; claims that do not wait for a pod go to the first node that has storage.</summary>
    private static Node? NodeFor(PersistentVolumeClaim claim, StorageClass @class, ProvisioningSurroundings known) =>
        claim.Metadata.Annotations.TryGetValue(SelectedNode, out string? selected)
            ? known.Nodes.FirstOrDefault(one => one.Metadata.Name == selected)
            : @class.VolumeBindingMode == VolumeBindingMode.WaitForFirstConsumer ? null
            : known.Nodes.Where(static one => LocalStorageNotes.DirectoryOf(one) is not null)
                .MinBy(static one => one.Metadata.Name, StringComparer.Ordinal);

    private static ProvisioningPlan? Larger(PersistentVolumeClaim claim, ProvisioningSurroundings known)
    {
        Quantity wanted = claim.Spec.Resources.Requests.GetValueOrDefault(Storage);
        return claim.Status.Phase == PersistentVolumeClaimPhase.Bound
            && wanted > claim.Status.Capacity.GetValueOrDefault(Storage)
            && known.Volume(claim.Spec.VolumeName) is { } volume
            && known.Nodes.Any(one => LocalStorageNotes.DirectoryOf(one) is { } directory
                && LocalStorageNotes.IsOn(volume, one, directory))
            ? new Enlarge(volume, wanted)
            : null;
    }

    private static PersistentVolume VolumeFor(
        PersistentVolumeClaim claim, StorageClass @class, Node node, string directory) => new()
        {
            Metadata = ObjectMeta.Empty with
            {
                Name = NameFor(claim),
                Annotations = LocalStorageNotes.OfVolume,
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
                    Local = new() { Path = Path.Combine(directory, NameFor(claim)) },
                },
                NodeAffinity = new()
                {
                    Required = new()
                    {
                        NodeSelectorTerms =
                        [
                            new NodeSelectorTerm { MatchExpressions = [LocalStorageNotes.On(node)] },
                        ],
                    },
                },
            },
        };

    /// <summary>A volume is made; its node makes the directory that it shows.</summary>
    public sealed record Provision(PersistentVolume Volume) : ProvisioningPlan;

    /// <summary>The claim asks for what a directory can't be.</summary>
    public sealed record Refuse(string Message) : ProvisioningPlan;

    /// <summary>A volume becomes larger; a directory needs no more than to have it said.</summary>
    public sealed record Enlarge(PersistentVolume Volume, Quantity Size) : ProvisioningPlan;
}

/// <summary>What decisions of a provisioner rest on.</summary>
/// <param name="Nodes">The nodes.</param>
/// <param name="Class">Finds a class by name.</param>
/// <param name="Volume">Finds a volume by name.</param>
internal sealed record ProvisioningSurroundings(
    IReadOnlyCollection<Node> Nodes,
    Func<string, StorageClass?> Class,
    Func<string, PersistentVolume?> Volume);
