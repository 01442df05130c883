using Keelson.Server.Admission.DefaultIngressClass;
using Keelson.Server.Admission.DefaultStorageClass;
using Keelson.Server.Admission.DefaultTolerationSeconds;
using Keelson.Server.Admission.LimitRanger;
using Keelson.Server.Admission.NamespaceLifecycle;
using Keelson.Server.Admission.PersistentVolumeClaimResize;
using Keelson.Server.Admission.PodSecurity;
using Keelson.Server.Admission.Priority;
using Keelson.Server.Admission.ResourceQuota;
using Keelson.Server.Admission.RuntimeClass;
using Keelson.Server.Admission.ServiceAccount;
using Keelson.Server.Admission.StorageObjectInUseProtection;
using Keelson.Server.Admission.TaintNodesByCondition;
using Keelson.Server.Authorization;
using Keelson.Server.Authorization.Rbac;
using Keelson.Server.Storage;

namespace Keelson.Server.Admission;

/// <summary>The admission plugins, in the order they run; upstream's names and order.</summary>
internal static class AdmissionPlugins
{
    /// <summary>The chain of what is enabled: the defaults less those disabled.</summary>
    public static AdmissionChain Chain(
        ApiServerConfig config,
        IObjectLookup lookup,
        ServerAuthorizers authorizers,
        ObjectStorage storage,
        QuotaReservations reservations)
    {
        // The quota comes last: what is charged to it must not be refused any more.
        IEnumerable<IAdmissionPlugin> plugins =
        [
            .. All(config, lookup),
            new RoleEscalationPlugin(new RoleEscalation(authorizers.Rbac, authorizers.Chain)),
            new ResourceQuotaPlugin(storage, reservations),
        ];
        return new(
        [
            .. plugins.Where(one => one is RoleEscalationPlugin || !config.DisabledAdmissionPlugins.Contains(one.Name)),
        ]);
    }

    private static IEnumerable<IAdmissionPlugin> All(ApiServerConfig config, IObjectLookup lookup) =>
    [
        new NamespaceLifecyclePlugin(lookup),
        new LimitRangerPlugin(lookup),
        new ServiceAccountPlugin(lookup, config.Random),
        new TaintNodesByConditionPlugin(),
        new PodSecurityPlugin(lookup),
        new PriorityPlugin(lookup),
        new DefaultTolerationSecondsPlugin(),
        new DefaultStorageClassPlugin(lookup),
        new StorageObjectInUseProtectionPlugin(),
        new PersistentVolumeClaimResizePlugin(lookup),
        new RuntimeClassPlugin(lookup),
        new DefaultIngressClassPlugin(lookup),
    ];
}
