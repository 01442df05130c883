using Keelson.Api.Certificates.V1;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Api.Resource.V1;
using Keelson.Machinery.Certificates;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;
using Keelson.Server.Authorization;
using Keelson.Server.Authorization.Nodes;

namespace Keelson.Server.Admission.NodeRestriction;

/// <summary>
/// Keeps the nodes' agents to their own node and to what is bound to it: the authorizer lets them write nodes, pods,
/// leases and so on, this looks at which ones and at what they write there.
/// </summary>
internal sealed class NodeRestrictionPlugin(IObjectLookup lookup, IAuthorizer authorizer) : IAdmissionPlugin
{
    private const string LeaseNamespace = "kube-node-lease";

    private readonly NodeTokenRules _tokens = new(lookup, authorizer);

    public string Name => "NodeRestriction";

    public bool Handles(AdmissionOperation operation) => operation != AdmissionOperation.Connect;

    public ValueTask<Status?> AdmitAsync(AdmissionContext context, CancellationToken cancellationToken)
    {
        if (NodeAuthorizer.NodeOf(context.Request.User) is not { } node)
        {
            return new((Status?)null);
        }

        if (node.Length == 0)
        {
            return new(
                context.Forbidden($"could not determine node from user {GoText.Quote(context.Request.User.Name)}"));
        }

        return (context.Kind.Group, context.Kind.Resource) switch
        {
            ("", "pods") => new(CheckPod(node, context)),
            ("", "nodes") => new(CheckNode(node, context)),
            ("", "persistentvolumeclaims") => new(CheckClaim(node, context)),
            ("", "serviceaccounts") => _tokens.CheckAsync(node, context, cancellationToken),
            ("coordination.k8s.io", "leases") => new(CheckLease(node, context)),
            ("storage.k8s.io", "csinodes") => new(NameOf(context) == node
                ? null
                : context.Forbidden("can only access CSINode with the same name as the requesting node")),
            ("resource.k8s.io", "resourceslices") => new(CheckSlice(node, context)),
            ("certificates.k8s.io", "certificatesigningrequests") => new(CheckRequest(node, context)),
            _ => new((Status?)null),
        };
    }

    private Status? CheckPod(string node, AdmissionContext context)
    {
        string quoted = GoText.Quote(node);
        switch (context.Request.Subresource, context.Operation)
        {
            case ("", AdmissionOperation.Create):
                return context.Object is Pod created ? new MirrorPodRules(lookup, node).Check(context, created) : null;
            case ("", AdmissionOperation.Delete):
                return context.OldObject is Pod deleted && deleted.Spec.NodeName != node
                    ? context.Forbidden($"node {quoted} can only delete pods with spec.nodeName set to itself")
                    : null;
            case ("", _):
                return context.Forbidden(
                    $"unexpected operation \"{Word(context)}\", node {quoted} can only create and delete mirror pods");
            case ("status", AdmissionOperation.Update):
                return CheckPodStatus(node, context);
            case ("eviction", AdmissionOperation.Create):
                return lookup.Find<Pod>(context.Request.Namespace, context.ObjectName) is not { } evicted
                    ? ApiErrors.NotFound(Pod.Info, context.ObjectName)
                    : evicted.Spec.NodeName == node
                        ? null
                        : context.Forbidden($"node {node} can only evict pods with spec.nodeName set to itself");
            case ("status", _):
                return context.Forbidden($"unexpected operation \"{Word(context)}\"");
            default:
                return context.Forbidden(
                    $"unexpected pod subresource {GoText.Quote(context.Request.Subresource)}, only 'status' and 'eviction' are allowed");
        }
    }

    private static Status? CheckPodStatus(string node, AdmissionContext context)
    {
        if (context.OldObject is not Pod old || context.Object is not Pod pod)
        {
            return null;
        }

        string quoted = GoText.Quote(node);
        return old.Spec.NodeName != node
            ? context.Forbidden($"node {quoted} can only update pod status for pods with spec.nodeName set to itself")
            : pod.Metadata.Labels != old.Metadata.Labels
                ? context.Forbidden($"node {quoted} cannot update labels through pod status")
                : !pod.Status.ResourceClaimStatuses.AsSpan().SequenceEqual(old.Status.ResourceClaimStatuses.AsSpan())
                    ? context.Forbidden($"node {quoted} cannot update resource claim statues")
                    : pod.Status.ExtendedResourceClaimStatus != old.Status.ExtendedResourceClaimStatus
                        ? context.Forbidden($"node {quoted} cannot update extended resource claim status")
                        : null;
    }

    private static Status? CheckNode(string node, AdmissionContext context)
    {
        string quoted = GoText.Quote(node);
        string name = NameOf(context);
        if (name != node)
        {
            return context.Forbidden($"node {quoted} is not allowed to modify node {GoText.Quote(name)}");
        }

        if (context.Object is not Node now)
        {
            return null;
        }

        if (context.OldObject is not Node old)
        {
            string[] set = NodeLabelRules.Forbidden(now.Metadata.Labels, ApiMap<string>.Empty);
            return now.Spec.ConfigSource is not null
                ? context.Forbidden($"node {quoted} is not allowed to create pods with a non-nil configSource")
                : set.Length > 0
                    ? context.Forbidden(
                        $"node {quoted} is not allowed to set the following labels: {string.Join(", ", set)}")
                    : null;
        }

        string[] changed = NodeLabelRules.Forbidden(now.Metadata.Labels, old.Metadata.Labels);
        return now.Spec.ConfigSource is { } source && source != old.Spec.ConfigSource
            ? context.Forbidden($"node {quoted} is not allowed to update configSource to a new non-nil configSource")
            : !now.Spec.Taints.AsSpan().SequenceEqual(old.Spec.Taints.AsSpan())
                ? context.Forbidden($"node {quoted} is not allowed to modify taints")
                : !now.Metadata.OwnerReferences.AsSpan().SequenceEqual(old.Metadata.OwnerReferences.AsSpan())
                    ? context.Forbidden($"node {quoted} is not allowed to modify ownerReferences")
                    : changed.Length > 0
                        ? context.Forbidden($"is not allowed to modify labels: {string.Join(", ", changed)}")
                        : null;
    }

    private static Status? CheckClaim(string node, AdmissionContext context)
    {
        if (context.Request.Subresource != "status")
        {
            return context.Forbidden("may only update PVC status");
        }

        if (context.Operation != AdmissionOperation.Update)
        {
            return context.Forbidden($"unexpected operation \"{Word(context)}\"");
        }

        if (context.OldObject is not PersistentVolumeClaim old || context.Object is not PersistentVolumeClaim claim)
        {
            return null;
        }

        (PersistentVolumeClaim before, PersistentVolumeClaim now) = (WithoutExpansion(old), WithoutExpansion(claim));
        return now == before ? null : context.Forbidden(
            $"node {GoText.Quote(node)} is not allowed to update fields other than status.capacity and status.conditions: "
            + ErrorValue.Difference(ErrorValue.Json(before), ErrorValue.Json(now)));
    }

    /// <summary>The claim without what nodes tell of its growth.</summary>
    private static PersistentVolumeClaim WithoutExpansion(PersistentVolumeClaim claim) => claim with
    {
        Metadata = claim.Metadata with { ResourceVersion = "", ManagedFields = default },
        Status = claim.Status with
        {
            Capacity = default,
            Conditions = default,
            AllocatedResources = default,
            AllocatedResourceStatuses = default,
        },
    };

    private static Status? CheckLease(string node, AdmissionContext context) =>
        context.Request.Namespace != LeaseNamespace
            ? context.Forbidden($"can only access leases in the {GoText.Quote(LeaseNamespace)} system namespace")
            : NameOf(context) == node
                ? null
                : context.Forbidden("can only access node lease with the same name as the requesting node");

    private static Status? CheckSlice(string node, AdmissionContext context) => context.Operation switch
    {
        AdmissionOperation.Create when context.Object is ResourceSlice slice && slice.Spec.NodeName != node =>
            context.Forbidden("can only create ResourceSlice with the same NodeName as the requesting node"),
        AdmissionOperation.Delete when context.OldObject is ResourceSlice slice && slice.Spec.NodeName != node =>
            context.Forbidden("can only delete ResourceSlice with the same NodeName as the requesting node"),
        _ => null,
    };

    /// <summary>A node asks for certificates in its own name only.</summary>
    private static Status? CheckRequest(string node, AdmissionContext context)
    {
        if (context.Operation != AdmissionOperation.Create || context.Object is not CertificateSigningRequest
            {
                Spec.SignerName: "kubernetes.io/kubelet-serving" or "kubernetes.io/kube-apiserver-client-kubelet",
            } request)
        {
            return null;
        }

        string own = "system:node:" + node;
        return CertificateRequestContent.Parse(request.Spec.Request.AsSpan(), out string? error) is not { } content
            ? context.Forbidden("unable to parse csr: " + error)
            : content.Subject.CommonName == own
                ? null
                : context.Forbidden("can only create a node CSR with CN=" + own);
    }

    private static string NameOf(AdmissionContext context) =>
        context.Request.Name.Length > 0 ? context.Request.Name : context.Object?.Metadata.Name ?? "";

    private static string Word(AdmissionContext context) => context.Operation switch
    {
        AdmissionOperation.Create => "CREATE",
        AdmissionOperation.Update => "UPDATE",
        AdmissionOperation.Delete => "DELETE",
        _ => "CONNECT",
    };
}
