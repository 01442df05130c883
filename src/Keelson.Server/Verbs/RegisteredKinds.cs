using System.Collections.Frozen;
using Keelson.Api.Kinds;

namespace Keelson.Server.Verbs;

/// <summary>
/// The kinds that upstream's scheme knows: those that are served, versions of them that are not served any more or not
/// by default, and kinds that are no resources. A body may be of any of them, and the error tells which it was.
/// </summary>
internal static class RegisteredKinds
{
    /// <summary>Kinds that are registered in every group version.</summary>
    private static readonly FrozenSet<string> Everywhere = FrozenSet.Create(
        StringComparer.Ordinal,
        "WatchEvent", "ListOptions", "GetOptions", "DeleteOptions", "CreateOptions", "UpdateOptions", "PatchOptions");

    /// <summary>Kinds for which the version does not count.</summary>
    private static readonly FrozenSet<string> Unversioned = FrozenSet.Create(
        StringComparer.Ordinal, "Status", "APIVersions", "APIGroupList", "APIGroup", "APIResourceList");

    private static readonly (string ApiVersion, string Kinds)[] NotServed =
    [
        ("v1", "List PodStatusResult RangeAllocation SerializedReference NodeProxyOptions PodAttachOptions PodExecOptions"
            + " PodLogOptions PodPortForwardOptions PodProxyOptions ServiceProxyOptions ComponentStatus Binding"),
        ("admission.k8s.io/v1", "AdmissionReview"),
        ("admission.k8s.io/v1beta1", "AdmissionReview"),
        ("admissionregistration.k8s.io/v1alpha1", "MutatingAdmissionPolicy MutatingAdmissionPolicyBinding"
            + " ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding"),
        ("admissionregistration.k8s.io/v1beta1", "MutatingAdmissionPolicy MutatingAdmissionPolicyBinding"
            + " MutatingWebhookConfiguration ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding ValidatingWebhookConfiguration"),
        ("apiextensions.k8s.io/v1beta1", "CustomResourceDefinition"),
        ("apiregistration.k8s.io/v1beta1", "APIService"),
        ("internal.apiserver.k8s.io/v1alpha1", "StorageVersion"),
        ("apps/v1beta1", "ControllerRevision Deployment DeploymentRollback Scale StatefulSet"),
        ("apps/v1beta2", "ControllerRevision DaemonSet Deployment ReplicaSet Scale StatefulSet"),
        ("authentication.k8s.io/v1alpha1", "SelfSubjectReview"),
        ("authentication.k8s.io/v1beta1", "SelfSubjectReview TokenReview"),
        ("authorization.k8s.io/v1beta1",
            "LocalSubjectAccessReview SelfSubjectAccessReview SelfSubjectRulesReview SubjectAccessReview"),
        ("batch/v1beta1", "CronJob"),
        ("certificates.k8s.io/v1alpha1", "ClusterTrustBundle"),
        ("certificates.k8s.io/v1beta1", "CertificateSigningRequest ClusterTrustBundle PodCertificateRequest"),
        ("coordination.k8s.io/v1alpha2", "LeaseCandidate"),
        ("coordination.k8s.io/v1beta1", "Lease LeaseCandidate"),
        ("discovery.k8s.io/v1beta1", "EndpointSlice"),
        ("events.k8s.io/v1beta1", "Event"),
        ("extensions/v1beta1", "DaemonSet Deployment DeploymentRollback Ingress NetworkPolicy ReplicaSet Scale"),
        ("flowcontrol.apiserver.k8s.io/v1beta1", "FlowSchema PriorityLevelConfiguration"),
        ("flowcontrol.apiserver.k8s.io/v1beta2", "FlowSchema PriorityLevelConfiguration"),
        ("flowcontrol.apiserver.k8s.io/v1beta3", "FlowSchema PriorityLevelConfiguration"),
        ("imagepolicy.k8s.io/v1alpha1", "ImageReview"),
        ("networking.k8s.io/v1beta1", "IPAddress Ingress IngressClass ServiceCIDR"),
        ("node.k8s.io/v1alpha1", "RuntimeClass"),
        ("node.k8s.io/v1beta1", "RuntimeClass"),
        ("policy/v1beta1", "Eviction PodDisruptionBudget"),
        ("rbac.authorization.k8s.io/v1alpha1", "ClusterRole ClusterRoleBinding Role RoleBinding"),
        ("rbac.authorization.k8s.io/v1beta1", "ClusterRole ClusterRoleBinding Role RoleBinding"),
        ("resource.k8s.io/v1alpha3", "DeviceTaintRule ResourcePoolStatusRequest"),
        ("resource.k8s.io/v1beta1", "DeviceClass ResourceClaim ResourceClaimTemplate ResourceSlice"),
        ("resource.k8s.io/v1beta2", "DeviceClass DeviceTaintRule ResourceClaim ResourceClaimTemplate ResourceSlice"),
        ("scheduling.k8s.io/v1alpha2", "PodGroup Workload"),
        ("scheduling.k8s.io/v1beta1", "PriorityClass"),
        ("storage.k8s.io/v1alpha1", "CSIStorageCapacity VolumeAttachment VolumeAttributesClass"),
        ("storage.k8s.io/v1beta1",
            "CSIDriver CSINode CSIStorageCapacity StorageClass VolumeAttachment VolumeAttributesClass"),
        ("storagemigration.k8s.io/v1beta1", "StorageVersionMigration"),
    ];

    private static readonly FrozenSet<(string ApiVersion, string Kind)> Known = ApiKinds.All
        .Where(kind => kind.Info.Group != ResourceMetrics.MeasuredObjects.Group)
        .Select(kind => (kind.Info.ApiVersion, kind.Info.Kind))
        .Concat(NotServed.SelectMany(one => one.Kinds.Split(' ').Select(kind => (one.ApiVersion, kind))))
        .Where(one => !one.ApiVersion.StartsWith("meta.k8s.io/", StringComparison.Ordinal))
        .ToFrozenSet();

    private static readonly FrozenSet<string> Versions = Known.Select(one => one.ApiVersion).ToFrozenSet(
        StringComparer.Ordinal);

    /// <summary>True for a kind that upstream's scheme knows in that version; lists are known like their
    /// items.</summary>
    public static bool Knows(string apiVersion, string kind)
    {
        if (Unversioned.Contains(kind)
            || Known.Contains((apiVersion, kind))
            || (Everywhere.Contains(kind) && Versions.Contains(apiVersion)))
        {
            return true;
        }

        return kind.EndsWith("List", StringComparison.Ordinal) && !kind.EndsWith("ReviewList", StringComparison.Ordinal)
            && Known.Contains((apiVersion, kind[..^4]));
    }

    /// <summary>True when two kinds are versions of one: upstream converts them into the same internal type.</summary>
    public static bool AreVersionsOfOne(KindInfo wanted, string apiVersion, string kind)
    {
        int slash = apiVersion.IndexOf('/', StringComparison.Ordinal);
        string group = slash < 0 ? "" : apiVersion[..slash];
        return kind == wanted.Kind && InternalPackage(group, kind) == InternalPackage(wanted.Group, wanted.Kind);
    }

    /// <summary>Fields of a served version that an older one, which is not served, does not have.</summary>
    public static IReadOnlyList<string> FieldsAddedAfter(BodyType type) => type switch
    {
        { Kind: "Ingress", ApiVersion: "networking.k8s.io/v1beta1" or "extensions/v1beta1" } => ["spec.defaultBackend"],
        _ => [],
    };

    /// <summary>The Go package of a kind's internal type, as errors name it.</summary>
    public static string InternalPackage(string group, string kind) => (group, kind) switch
    {
        ("", _) => "core",
        ("events.k8s.io", "Event") => "core",
        ("internal.apiserver.k8s.io", _) => "apiserverinternal",
        ("apps" or "extensions", "Scale") => "autoscaling",
        ("extensions", "Ingress" or "NetworkPolicy") => "networking",
        ("extensions", _) => "apps",
        _ => group.Split('.')[0],
    };
}
