using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Validation;
using Keelson.Server.Authorization.Nodes;

namespace Keelson.Server.Admission.NodeRestriction;

/// <summary>
/// The only pods that a node creates show others what it runs from its own files: they belong to the node, and reach
/// nothing that the API holds.
/// </summary>
internal sealed class MirrorPodRules(IObjectLookup lookup, string node)
{
    private const string MirrorAnnotation = "kubernetes.io/config.mirror";

    private readonly string _quoted = GoText.Quote(node);

    /// <summary>Why the node may not create a pod; null when it may.</summary>
    public Status? Check(AdmissionContext context, Pod pod)
    {
        if (!pod.Metadata.Annotations.ContainsKey(MirrorAnnotation))
        {
            return context.Forbidden(
                $"pod does not have {GoText.Quote(MirrorAnnotation)} annotation, node {_quoted} can only create mirror pods");
        }

        if (pod.Spec.NodeName != node)
        {
            return context.Forbidden($"node {_quoted} can only create pods with spec.nodeName set to itself");
        }

        if (CheckOwner(context, pod) is { } refused)
        {
            return refused;
        }

        return Reference(pod) is { } resource
            ? context.Forbidden($"node {_quoted} can not create pods that reference {resource}")
            : null;
    }

    private Status? CheckOwner(AdmissionContext context, Pod pod)
    {
        if (pod.Metadata.OwnerReferences.Count > 1)
        {
            return context.Forbidden(
                $"node {_quoted} can only create pods with a single owner reference set to itself");
        }

        if (pod.Metadata.OwnerReferences.Count == 0
            || pod.Metadata.OwnerReferences[0] is not { ApiVersion: "v1", Kind: "Node" } owner || owner.Name != node)
        {
            return context.Forbidden($"node {_quoted} can only create pods with an owner reference set to itself");
        }

        if (owner.Controller != true)
        {
            return context.Forbidden(
                $"node {_quoted} can only create pods with a controller owner reference set to itself");
        }

        if (owner.BlockOwnerDeletion == true)
        {
            return context.Forbidden($"node {_quoted} must not set blockOwnerDeletion on an owner reference");
        }

        if (lookup.Find<Node>("", node) is not { } found)
        {
            return ApiErrors.NotFound(Node.Info, node);
        }

        return owner.Uid == found.Metadata.Uid
            ? null
            : context.Forbidden($"node {node} UID mismatch: expected {owner.Uid} got {found.Metadata.Uid}");
    }

    /// <summary>The first kind of API objects that the pod would have its node reach; null for none.</summary>
    private static string? Reference(Pod pod)
    {
        if (pod.Spec.ServiceAccountName.Length > 0)
        {
            return "serviceaccounts";
        }

        // Mirror pods are left out of the graph of what is in use where, so they are looked at as if they were none.
        Pod plain = pod with
        {
            Metadata = pod.Metadata with { Annotations = pod.Metadata.Annotations.Without(MirrorAnnotation) },
        };
        HashSet<ReachableKind> kinds = [.. ObjectReferences.Of(plain).Select(one => one.Kind)];
        bool trusts = pod.Spec.Volumes.Any(volume =>
            volume.VolumeSource.Projected?.Sources.Any(source => source.ClusterTrustBundle is not null) == true);
        return kinds.Contains(ReachableKind.Secret) ? "secrets"
            : kinds.Contains(ReachableKind.ConfigMap) ? "configmaps"
            : pod.Spec.ResourceClaims.Count > 0 ? "resourceclaims"
            : trusts ? "clustertrustbundles"
            : kinds.Contains(ReachableKind.PersistentVolumeClaim) ? "persistentvolumeclaims"
            : null;
    }
}
