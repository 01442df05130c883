using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;

namespace Keelson.Nodes.Provisioner;

/// <summary>
/// What a node tells the control plane of its local storage, as annotations of its own object, which it may write:
/// where volumes' directories are, and which of them it has removed. So a node can give away nothing but its own.
/// </summary>
internal static class LocalStorageNotes
{
    /// <summary>Where a node keeps volumes' directories.</summary>
    public const string Directory = "keelson.dev/local-storage";

    /// <summary>The volumes whose directories a node has removed, separated by commas.</summary>
    public const string Removed = "keelson.dev/local-storage-removed";

    private const string HostName = "kubernetes.io/hostname";
    private const string ProvisionedBy = "pv.kubernetes.io/provisioned-by";

    /// <summary>Where a node keeps volumes' directories; null for a node without local storage.</summary>
    public static string? DirectoryOf(Node node) =>
        node.Metadata.Annotations.GetValueOrDefault(Directory) is { } path && Path.IsPathFullyQualified(path)
            ? path
            : null;

    /// <summary>The volumes whose directories a node has removed.</summary>
    public static IReadOnlyList<string> RemovedOf(Node node) =>
        (node.Metadata.Annotations.GetValueOrDefault(Removed) ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>What nodes call themselves in labels.</summary>
    public static string HostNameOf(Node node) =>
        node.Metadata.Labels.GetValueOrDefault(HostName) ?? node.Metadata.Name;

    /// <summary>The annotations of a volume that was made for a claim.</summary>
    public static ApiMap<string> OfVolume { get; } =
        ApiMap<string>.From([KeyValuePair.Create(ProvisionedBy, LocalStorageClass.Provisioner)]);

    /// <summary>The terms by which a volume is only on one node.</summary>
    public static NodeSelectorRequirement On(Node node) =>
        new() { Key = HostName, Operator = NodeSelectorOperator.In, Values = [HostNameOf(node)] };

    /// <summary>True for a volume that was made on a node; nothing outside its directory is ever touched.</summary>
    public static bool IsOn(PersistentVolume volume, Node node, string directory) =>
        volume.Metadata.Annotations.GetValueOrDefault(ProvisionedBy) == LocalStorageClass.Provisioner
        && volume.Spec.PersistentVolumeSource.Local is { } local
        && volume.Metadata.Name.StartsWith("pvc-", StringComparison.Ordinal)
        && local.Path == Path.Combine(directory, volume.Metadata.Name)
        && volume.Spec.NodeAffinity?.Required?.NodeSelectorTerms.Any(term => term.MatchExpressions.Any(one =>
            one.Key == HostName && one.Values.Contains(HostNameOf(node)))) == true;

    /// <summary>True for a volume that nobody claims any more and that is not to be kept.</summary>
    public static bool IsToGo(PersistentVolume volume) =>
        volume.Status.Phase is PersistentVolumePhase.Released or PersistentVolumePhase.Failed
        && volume.Spec.PersistentVolumeReclaimPolicy == PersistentVolumeReclaimPolicy.Delete;
}
