namespace Keelson.Controllers;

/// <summary>A controller that can be run.</summary>
/// <param name="Name">The name as <c>--controllers</c> takes it.</param>
/// <param name="Alias">The older name, which is taken too; empty for none.</param>
/// <param name="ServiceAccount">The account in kube-system that it acts as; empty for one that needs none.</param>
/// <param name="Create">Makes it.</param>
/// <param name="OnByDefault">Whether <c>*</c> includes it.</param>
public sealed record ControllerEntry(
    string Name, string Alias, string ServiceAccount, Func<ControllerContext, IController> Create, bool OnByDefault = true)
{
    /// <summary>Whom its events name as their source.</summary>
    public string EventSource { get; init; } = Name;
}

/// <summary>All controllers, in upstream's order. A new one is a folder and a line here.</summary>
public static class ControllerCatalog
{
    /// <summary>The controllers.</summary>
    public static IReadOnlyList<ControllerEntry> All { get; } =
    [
        new(
            "deployment-controller",
            "deployment",
            "deployment-controller",
            static context => new Deployments.DeploymentController(context)),
        new(
            "replicationcontroller-controller",
            "replicationcontroller",
            "replication-controller",
            static context => new ReplicationControllers.ReplicationControllerController(context)),
        new(
            "endpoints-controller",
            "endpoint",
            "endpoint-controller",
            static context => new Endpoints.EndpointsController(context))
        {
            EventSource = "endpoint-controller",
        },
        new(
            "endpointslice-controller",
            "endpointslice",
            "endpointslice-controller",
            static context => new EndpointSlices.EndpointSliceController(context))
        {
            EventSource = "endpoint-slice-controller",
        },
        new(
            "endpointslice-mirroring-controller",
            "endpointslicemirroring",
            "endpointslicemirroring-controller",
            static context => new EndpointSliceMirroring.EndpointSliceMirroringController(context))
        {
            EventSource = "endpoint-slice-mirroring-controller",
        },
        new("job-controller", "job", "job-controller", static context => new Jobs.JobController(context)),
        new(
            "cronjob-controller",
            "cronjob",
            "cronjob-controller",
            static context => new CronJobs.CronJobController(context)),
        new(
            "ttl-after-finished-controller",
            "ttl-after-finished",
            "ttl-after-finished-controller",
            static context => new TtlAfterFinished.TtlAfterFinishedController(context)),
        new(
            "horizontal-pod-autoscaler-controller",
            "horizontalpodautoscaling",
            "horizontal-pod-autoscaler",
            static context => new Autoscalers.AutoscalerController(
                context, new Autoscalers.ServedMetrics(context.Client, context.Clock)))
        {
            EventSource = "horizontal-pod-autoscaler",
        },
        new(
            "disruption-controller",
            "disruption",
            "disruption-controller",
            static context => new Disruptions.DisruptionController(context)),
        new(
            "daemonset-controller",
            "daemonset",
            "daemon-set-controller",
            static context => new DaemonSets.DaemonSetController(context)),
        new(
            "statefulset-controller",
            "statefulset",
            "statefulset-controller",
            static context => new StatefulSets.StatefulSetController(context)),
        new(
            "serviceaccount-token-controller",
            "serviceaccount-token",
            "",
            static context => new ServiceAccountTokens.ServiceAccountTokenController(context)),
        new(
            "pod-garbage-collector-controller",
            "podgc",
            "pod-garbage-collector",
            static context => new PodGarbage.PodGarbageController(context)),
        new(
            "resourcequota-controller",
            "resourcequota",
            "resourcequota-controller",
            static context => new Quotas.QuotaController(context)),
        new(
            "namespace-controller",
            "namespace",
            "namespace-controller",
            static context => new Namespaces.NamespaceController(context)),
        new(
            "serviceaccount-controller",
            "serviceaccount",
            "service-account-controller",
            static context => new ServiceAccounts.ServiceAccountController(context)),
        new(
            "garbage-collector-controller",
            "garbagecollector",
            "generic-garbage-collector",
            static context => new GarbageCollection.GarbageCollectorController(context)),
        new(
            "replicaset-controller",
            "replicaset",
            "replicaset-controller",
            static context => new ReplicaSets.ReplicaSetController(context)),
        new(
            "certificatesigningrequest-signing-controller",
            "csrsigning",
            "certificate-controller",
            static context => new Certificates.CertificateSigningController(context)),
        new(
            "certificatesigningrequest-approving-controller",
            "csrapproving",
            "certificate-controller",
            static context => new Certificates.CertificateApprovingController(context)),
        new(
            "certificatesigningrequest-cleaner-controller",
            "csrcleaner",
            "certificate-controller",
            static context => new Certificates.CertificateCleanerController(context)),
        new("ttl-controller", "ttl", "ttl-controller", static context => new NodeTtl.NodeTtlController(context)),
        new(
            "bootstrap-signer-controller",
            "bootstrapsigner",
            "bootstrap-signer",
            static context => new BootstrapTokens.BootstrapSignerController(context),
            OnByDefault: false),
        new(
            "token-cleaner-controller",
            "tokencleaner",
            "token-cleaner",
            static context => new BootstrapTokens.TokenCleanerController(context),
            OnByDefault: false),
        new("node-ipam-controller", "nodeipam", "node-controller", static context => new NodeIpam.NodeIpamController(context)) { EventSource = "cidrAllocator" },
        new("node-lifecycle-controller", "nodelifecycle", "node-controller", static context => new NodeLifecycle.NodeLifecycleController(context)) { EventSource = "node-controller" },
        new(
            "taint-eviction-controller",
            "",
            "node-controller",
            static context => new TaintEviction.TaintEvictionController(context)),
        new(
            "persistentvolume-binder-controller",
            "persistentvolume-binder",
            "persistent-volume-binder",
            static context => new VolumeBinding.VolumeBinderController(context)) { EventSource = "persistentvolume-controller" },
        new(
            "persistentvolume-attach-detach-controller",
            "attachdetach",
            "attachdetach-controller",
            static context => new VolumeAttachments.AttachDetachController(context)) { EventSource = "attachdetach-controller" },
        new(
            "persistentvolume-expander-controller",
            "persistentvolume-expander",
            "expand-controller",
            static context => new VolumeExpansion.VolumeExpansionController(context)) { EventSource = "volume_expand" },
        new(
            "clusterrole-aggregation-controller",
            "clusterrole-aggregation",
            "clusterrole-aggregation-controller",
            static context => new ClusterRoles.ClusterRoleAggregationController(context)),
        new(
            "persistentvolumeclaim-protection-controller",
            "pvc-protection",
            "pvc-protection-controller",
            static context => new VolumeProtection.ClaimProtectionController(context)),
        new(
            "persistentvolume-protection-controller",
            "pv-protection",
            "pv-protection-controller",
            static context => new VolumeProtection.VolumeProtectionController(context)),
        new(
            "ephemeral-volume-controller",
            "ephemeral-volume",
            "ephemeral-volume-controller",
            static context => new EphemeralVolumes.EphemeralVolumeController(context)) { EventSource = "ephemeral_volume" },
        new(
            "root-ca-certificate-publisher-controller",
            "root-ca-cert-publisher",
            "root-ca-cert-publisher",
            static context => new RootCertificates.RootCertificateController(context)),
        new(
            "service-cidr-controller",
            "",
            "service-cidrs-controller",
            static context => new ServiceCidrs.ServiceCidrController(context)),
        new(
            "resourceclaim-controller",
            "resource-claim-controller",
            "resource-claim-controller",
            static context => new ResourceClaims.ResourceClaimController(context)) { EventSource = "resource_claim" },
        new(
            "device-taint-eviction-controller",
            "",
            "device-taint-eviction-controller",
            static context => new DeviceTaintEviction.DeviceTaintEvictionController(context)),
        new(
            "legacy-serviceaccount-token-cleaner-controller",
            "legacy-service-account-token-cleaner",
            "legacy-service-account-token-cleaner",
            static context => new LegacyTokens.LegacyTokenController(context)),
        new(
            "volumeattributesclass-protection-controller",
            "",
            "volumeattributesclass-protection-controller",
            static context => new VolumeProtection.AttributesClassProtectionController(context)),
    ];

    /// <summary>
    /// Names that upstream knows as well and that stand for nothing here, each with the reason: a selection may have
    /// them.
    /// </summary>
    public static IReadOnlyDictionary<string, string> NotRun { get; } = new Dictionary<string, string>
    {
        ["service-lb-controller"] = CloudProvider,
        ["service"] = CloudProvider,
        ["node-route-controller"] = CloudProvider,
        ["route"] = CloudProvider,
        ["cloud-node-lifecycle-controller"] = CloudProvider,
        ["cloud-node-lifecycle"] = CloudProvider,
        ["storageversion-garbage-collector-controller"] = OffByDefault,
        ["storage-version-gc"] = OffByDefault,
        ["storage-version-migrator-controller"] = OffByDefault,
        ["podcertificaterequest-cleaner-controller"] = OffByDefault,
        ["kube-apiserver-serving-clustertrustbundle-publisher-controller"] = OffByDefault,
        ["selinux-warning-controller"] = "it is off by default, and not there yet",
        ["validatingadmissionpolicy-status-controller"] = "admission policies are not evaluated yet",
    };

    private const string CloudProvider = "it needs a cloud provider";
    private const string OffByDefault = "its feature is off by default";

    /// <summary>The controllers that a selection names; <paramref name="unknown"/> gets names that there are
    /// not.</summary>
    public static IReadOnlyList<ControllerEntry> Select(
        IReadOnlyList<string> selection, out IReadOnlyList<string> unknown)
    {
        HashSet<string> known = [.. All.Select(one => one.Name), .. All.Select(one => one.Alias), .. NotRun.Keys, "*"];
        unknown = [.. selection.Where(name => !known.Contains(name.TrimStart('-')))];
        return [.. All.Where(one => IsSelected(one, selection))];
    }

    private static bool IsSelected(ControllerEntry entry, IReadOnlyList<string> selection)
    {
        bool Names(string text, string prefix) =>
            text == prefix + entry.Name || (entry.Alias.Length > 0 && text == prefix + entry.Alias);
        if (selection.Any(text => Names(text, "")))
        {
            return true;
        }

        return !selection.Any(text => Names(text, "-")) && entry.OnByDefault && selection.Contains("*");
    }
}
