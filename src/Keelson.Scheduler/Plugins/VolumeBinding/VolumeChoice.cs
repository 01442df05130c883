using Keelson.Api.Core.V1;
using Keelson.Api.Storage.V1;
using Keelson.Client.Informers;
using Keelson.Client.Nodes;
using Keelson.Client;
using Keelson.Machinery.Values;
using Keelson.Scheduler.Framework;

namespace Keelson.Scheduler.Plugins.VolumeBinding;

/// <summary>Chooses volumes for claims on a node, among those that exist and those that can be made there.</summary>
internal sealed class VolumeChoice(PodClaims claims, IInformers informers)
{
    /// <summary>The annotation that tells a provisioner for which node a volume is wanted.</summary>
    public const string SelectedNode = "volume.kubernetes.io/selected-node";

    private const string Storage = "storage";
    private const string NoProvisioner = "kubernetes.io/no-provisioner";

    private static readonly PluginStatus NodeConflict = Status("node(s) didn't match PersistentVolume's node affinity");

    private static readonly PluginStatus BindConflict =
        Status("node(s) didn't find available persistent volumes to bind");

    private static readonly PluginStatus NotEnoughSpace = Status("node(s) did not have enough free storage");

    private static readonly PluginStatus VolumeGone =
        Status("node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)");

    private readonly IInformerIndex<PersistentVolume> _byClass =
        informers.Of<PersistentVolume>().Index("storageClassName", static one => [PodClaims.ClassOf(one)]);

    private readonly IInformer<CSIDriver> _drivers = informers.Of<CSIDriver>();
    private readonly IInformer<CSIStorageCapacity> _capacities = informers.Of<CSIStorageCapacity>();

    /// <summary>Volumes that were promised to claims, by the volumes' names. Only the loop changes it.</summary>
    public Dictionary<string, ObjectKey> Promised { get; } = new(StringComparer.Ordinal);

    /// <summary>The nodes for which claims were promised volumes. Only the loop changes it.</summary>
    public Dictionary<ObjectKey, string> Selected { get; } = [];

    /// <summary>What becomes of the claims on a node; otherwise why it does not work there.</summary>
    public PluginStatus? Decide(VolumeNeeds needs, Node node, out VolumeDecision decision)
    {
        List<(PersistentVolumeClaim, PersistentVolume)> bindings = [];
        List<PersistentVolumeClaim> provisions = [];
        decision = new(bindings, provisions);
        foreach (PersistentVolumeClaim claim in needs.Bound)
        {
            if (claims.Volume(claim.Spec.VolumeName) is not { } volume)
            {
                return VolumeGone;
            }

            if (!IsReachable(volume, node))
            {
                return NodeConflict;
            }
        }

        HashSet<string> taken = new(StringComparer.Ordinal);
        foreach (PersistentVolumeClaim claim in needs.Waiting)
        {
            string? selected = Selected.GetValueOrDefault(ObjectKey.Of(claim))
                ?? claim.Metadata.Annotations.GetValueOrDefault(SelectedNode);
            if (selected is not null && selected != node.Metadata.Name)
            {
                return BindConflict;
            }

            if (selected is null && Match(claim, node, taken) is { } volume)
            {
                taken.Add(volume.Metadata.Name);
                bindings.Add((claim, volume));
            }
            else if (Provision(claim, node) is { } problem)
            {
                return problem;
            }
            else
            {
                provisions.Add(claim);
            }
        }

        return null;
    }

    /// <summary>True when a volume can be used on a node.</summary>
    public static bool IsReachable(PersistentVolume volume, Node node) =>
        volume.Spec.NodeAffinity?.Required is not { } required || NodeMatching.MeetsAny(required.NodeSelectorTerms,
            node);

    /// <summary>How much a claim asks for.</summary>
    public static Quantity SizeOf(PersistentVolumeClaim claim) =>
        claim.Spec.Resources.Requests.GetValueOrDefault(Storage);

    /// <summary>The volume that is meant for the claim, otherwise the smallest that will do.</summary>
    private PersistentVolume? Match(PersistentVolumeClaim claim, Node node, HashSet<string> taken)
    {
        ObjectKey key = ObjectKey.Of(claim);
        PersistentVolume? best = null;
        foreach (PersistentVolume volume in _byClass.Find(PodClaims.ClassOf(claim)))
        {
            if (taken.Contains(volume.Metadata.Name) || volume.Metadata.DeletionTimestamp is not null
                || !Suits(volume, claim))
            {
                continue;
            }

            bool isPromised = Promised.TryGetValue(volume.Metadata.Name, out ObjectKey promised);
            ObjectReference? meant = volume.Spec.ClaimRef;
            if ((isPromised && promised != key) || (meant is not null && !IsFor(meant, claim)))
            {
                continue;
            }

            if (isPromised || meant is not null)
            {
                return IsReachable(volume, node) ? volume : null;
            }

            if (volume.Status.Phase == PersistentVolumePhase.Available && IsReachable(volume, node)
                && (best is null || Capacity(volume) < Capacity(best)))
            {
                best = volume;
            }
        }

        return best;
    }

    private static bool Suits(PersistentVolume volume, PersistentVolumeClaim claim)
    {
        if (Capacity(volume) < SizeOf(claim)
            || (volume.Spec.VolumeMode ?? "Filesystem") != (claim.Spec.VolumeMode ?? "Filesystem")
            || (volume.Spec.VolumeAttributesClassName ?? "") != (claim.Spec.VolumeAttributesClassName ?? "")
            || (claim.Spec.Selector is not null && !claim.Spec.Selector.ToMatcher().Matches(volume.Metadata.Labels)))
        {
            return false;
        }

        foreach (string mode in claim.Spec.AccessModes)
        {
            if (!volume.Spec.AccessModes.AsSpan().Contains(mode))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsFor(ObjectReference reference, PersistentVolumeClaim claim) =>
        reference.Name == claim.Metadata.Name && reference.Namespace == claim.Metadata.Namespace
        && (reference.Uid.Length == 0 || reference.Uid == claim.Metadata.Uid);

    private static Quantity Capacity(PersistentVolume volume) => volume.Spec.Capacity.GetValueOrDefault(Storage);

    /// <summary>Null when a volume can be made for the claim on the node.</summary>
    private PluginStatus? Provision(PersistentVolumeClaim claim, Node node)
    {
        if (claims.Class(PodClaims.ClassOf(claim)) is not { Provisioner.Length: > 0 } storageClass
            || storageClass.Provisioner == NoProvisioner || !IsAllowed(storageClass, node))
        {
            return BindConflict;
        }

        return HasSpace(storageClass, claim, node) ? null : NotEnoughSpace;
    }

    private static bool IsAllowed(StorageClass storageClass, Node node)
    {
        bool MatchesTerm(TopologySelectorTerm term) => term.MatchLabelExpressions.Count > 0
            && term.MatchLabelExpressions.All(one =>
                node.Metadata.Labels.TryGetValue(one.Key, out string? value) && one.Values.AsSpan().Contains(value));
        return storageClass.AllowedTopologies.Count == 0 || storageClass.AllowedTopologies.Any(MatchesTerm);
    }

    private bool HasSpace(StorageClass storageClass, PersistentVolumeClaim claim, Node node)
    {
        if (!claim.Spec.Resources.Requests.TryGetValue(Storage, out Quantity size)
            || _drivers.Find("", storageClass.Provisioner) is not { Spec.StorageCapacity: true })
        {
            return true;
        }

        foreach (CSIStorageCapacity one in _capacities.List())
        {
            if (one.StorageClassName == storageClass.Metadata.Name
                && (one.MaximumVolumeSize ?? one.Capacity) is { } most && most.Value >= size.Value
                && one.NodeTopology is not null && one.NodeTopology.ToMatcher().Matches(node.Metadata.Labels))
            {
                return true;
            }
        }

        return false;
    }

    private static PluginStatus Status(string reason) =>
        new(StatusCode.UnschedulableAndUnresolvable, VolumeBindingPlugin.PluginName, reason);
}
