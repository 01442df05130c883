using Keelson.Machinery.Validation;
using Keelson.Server.Admission.AdminAccess;
using Keelson.Server.Admission.PrivilegedContainers;
using Keelson.Server.Admission.AlwaysAdmit;
using Keelson.Server.Admission.AlwaysDeny;
using Keelson.Server.Admission.AlwaysPullImages;
using Keelson.Server.Admission.CertificateApproval;
using Keelson.Server.Admission.CertificateSigning;
using Keelson.Server.Admission.CertificateSubjectRestriction;
using Keelson.Server.Admission.DefaultIngressClass;
using Keelson.Server.Admission.DefaultStorageClass;
using Keelson.Server.Admission.DefaultTolerationSeconds;
using Keelson.Server.Admission.DenyServiceExternalIPs;
using Keelson.Server.Admission.DeviceAdminAccess;
using Keelson.Server.Admission.ExtendedResourceToleration;
using Keelson.Server.Admission.LimitPodHardAntiAffinityTopology;
using Keelson.Server.Admission.LimitRanger;
using Keelson.Server.Admission.NamespaceAutoProvision;
using Keelson.Server.Admission.NamespaceExists;
using Keelson.Server.Admission.NamespaceLifecycle;
using Keelson.Server.Admission.NodeDeclaredFeatureValidator;
using Keelson.Server.Admission.NodeRestriction;
using Keelson.Server.Admission.OwnerReferencesPermissionEnforcement;
using Keelson.Server.Admission.PersistentVolumeClaimResize;
using Keelson.Server.Admission.PodNodeSelector;
using Keelson.Server.Admission.PodResizeValidator;
using Keelson.Server.Admission.PodSecurity;
using Keelson.Server.Admission.PodTolerationRestriction;
using Keelson.Server.Admission.PodTopologyLabels;
using Keelson.Server.Admission.Priority;
using Keelson.Server.Admission.ResourceQuota;
using Keelson.Server.Admission.RuntimeClass;
using Keelson.Server.Admission.ServiceAccount;
using Keelson.Server.Admission.StorageObjectInUseProtection;
using Keelson.Server.Admission.SystemPriorityClasses;
using Keelson.Server.Admission.TaintNodesByCondition;
using Keelson.Server.Authorization;
using Keelson.Server.Authorization.Rbac;
using Keelson.Server.Storage;

namespace Keelson.Server.Admission;

/// <summary>What plugins are made from.</summary>
internal sealed record AdmissionParts(
    ApiServerConfig Config,
    IObjectLookup Lookup,
    ServerAuthorizers Authorizers,
    ObjectStorage Storage,
    QuotaCharges Charges);

/// <summary>The admission plugins, in the order they run; upstream's names and order.</summary>
internal static class AdmissionPlugins
{
    /// <summary>
    /// Every name that the options take, in order. Those without a maker here guard kinds or features that upstream
    /// leaves off, or need a file that this server does not take.
    /// </summary>
    private static readonly Entry[] _ordered =
    [
        new("AlwaysAdmit", false, static _ => new AlwaysAdmitPlugin()),
        new(
            "NamespaceAutoProvision",
            false,
            static parts => new NamespaceAutoProvisionPlugin(parts.Lookup, parts.Storage)),
        new("NamespaceLifecycle", true, static parts => new NamespaceLifecyclePlugin(parts.Lookup)),
        new("NamespaceExists", false, static parts => new NamespaceExistsPlugin(parts.Lookup)),
        new("LimitPodHardAntiAffinityTopology", false, static _ => new LimitPodHardAntiAffinityTopologyPlugin()),
        new("LimitRanger", true, static parts => new LimitRangerPlugin(parts.Lookup)),
        new("ServiceAccount", true, static parts => new ServiceAccountPlugin(parts.Lookup, parts.Config.Random)),
        new("NodeRestriction", false, static parts => new NodeRestrictionPlugin(parts.Lookup, parts.Authorizers.Chain)),
        new("TaintNodesByCondition", true, static _ => new TaintNodesByConditionPlugin()),
        new("AlwaysPullImages", false, static _ => new AlwaysPullImagesPlugin()),
        new("ImagePolicyWebhook", false, static _ => throw NeedsFile("ImagePolicyWebhook", "no config specified")),
        new("PodSecurity", true, static parts => new PodSecurityPlugin(parts.Lookup)),
        new("PodNodeSelector", false, static parts => new PodNodeSelectorPlugin(parts.Lookup)),
        new("Priority", true, static parts => new PriorityPlugin(parts.Lookup)),
        new("DefaultTolerationSeconds", true, static _ => new DefaultTolerationSecondsPlugin()),
        new("PodTolerationRestriction", false, static parts => new PodTolerationRestrictionPlugin(parts.Lookup)),
        new(
            "EventRateLimit",
            false,
            static _ => throw NeedsFile("EventRateLimit", "limits: Invalid value: []: must not be empty")),
        new("ExtendedResourceToleration", false, static _ => new ExtendedResourceTolerationPlugin()),
        new("DefaultStorageClass", true, static parts => new DefaultStorageClassPlugin(parts.Lookup)),
        new("StorageObjectInUseProtection", true, static _ => new StorageObjectInUseProtectionPlugin()),
        new("PodGroupProtection", true),
        new(
            "OwnerReferencesPermissionEnforcement",
            false,
            static parts => new OwnerReferencesPermissionEnforcementPlugin(parts.Authorizers.Chain)),
        new("PersistentVolumeClaimResize", true, static parts => new PersistentVolumeClaimResizePlugin(parts.Lookup)),
        new("RuntimeClass", true, static parts => new RuntimeClassPlugin(parts.Lookup)),
        new("CertificateApproval", true, static parts => new CertificateApprovalPlugin(parts.Authorizers.Chain)),
        new("CertificateSigning", true, static parts => new CertificateSigningPlugin(parts.Authorizers.Chain)),
        new("ClusterTrustBundleAttest", true),
        new("CertificateSubjectRestriction", true, static _ => new CertificateSubjectRestrictionPlugin()),
        new("DefaultIngressClass", true, static parts => new DefaultIngressClassPlugin(parts.Lookup)),
        new("DenyServiceExternalIPs", false, static _ => new DenyServiceExternalIPsPlugin()),
        new("PodTopologyLabels", true, static parts => new PodTopologyLabelsPlugin(parts.Lookup)),
        new("PodGroupWorkloadExists", true),
        new(
            "NodeDeclaredFeatureValidator",
            true,
            static parts => new NodeDeclaredFeatureValidatorPlugin(parts.Lookup)),
        new("JobValidation", true),
        new("PodResizeValidator", true, static parts => new PodResizeValidatorPlugin(parts.Lookup)),
        new("MutatingAdmissionPolicy", true),
        new("MutatingAdmissionWebhook", true),
        new("ValidatingAdmissionPolicy", true),
        new("ValidatingAdmissionWebhook", true),

        // The quota comes last: what is charged to it must not be refused any more.
        new("ResourceQuota", true, static parts => new ResourceQuotaPlugin(parts.Charges)),
        new("AlwaysDeny", false, static _ => new AlwaysDenyPlugin()),
    ];

    /// <summary>Every name that the options take.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. _ordered.Select(one => one.Name)];

    /// <summary>The chain of what is enabled: the defaults and those enabled, less those disabled.</summary>
    /// <exception cref="InvalidOperationException">The options name plugins that don't exist, or contradict each
    /// other.</exception>
    public static AdmissionChain Chain(AdmissionParts parts)
    {
        ApiServerConfig config = parts.Config;
        Check(config);

        // What upstream has in the storage and the validation of kinds comes first.
        List<IAdmissionPlugin> plugins = [new SystemPriorityClassesPlugin(), new DeviceAdminAccessPlugin(parts.Lookup)];
        foreach (Entry entry in _ordered)
        {
            bool enabled = (entry.IsDefault || config.EnabledAdmissionPlugins.Contains(entry.Name))
                && !config.DisabledAdmissionPlugins.Contains(entry.Name);
            if (enabled && entry.Make?.Invoke(parts) is { } plugin)
            {
                plugins.Add(plugin);
            }
        }

        // No plugin upstream, so no option turns it off. It only mutates, that is, runs before everything that
        // validates.
        plugins.Add(new RoleEscalationPlugin(new RoleEscalation(parts.Authorizers.Rbac, parts.Authorizers.Chain)));
        plugins.Add(new AdminAccessPlugin(parts.Lookup));
        if (!config.AllowPrivileged)
        {
            plugins.Add(new PrivilegedContainersPlugin());
        }

        return new(plugins);
    }

    private static void Check(ApiServerConfig config)
    {
        HashSet<string> known = [.. _ordered.Select(one => one.Name)];
        string[] both =
        [
            .. config.EnabledAdmissionPlugins.Intersect(config.DisabledAdmissionPlugins).Order(StringComparer.Ordinal),
        ];
        List<string> errors =
        [
            .. config.EnabledAdmissionPlugins.Where(one => !known.Contains(one))
                .Select(one => $"enable-admission-plugins plugin {GoText.Quote(one)} is unknown"),
            .. config.DisabledAdmissionPlugins.Where(one => !known.Contains(one))
                .Select(one => $"disable-admission-plugins plugin {GoText.Quote(one)} is unknown"),
        ];
        if (both.Length > 0)
        {
            errors.Add(
                $"[{string.Join(' ', both)}] in enable-admission-plugins and disable-admission-plugins overlapped");
        }

        if (errors.Count > 0)
        {
            throw new InvalidOperationException(errors.Count == 1 ? errors[0] : $"[{string.Join(", ", errors)}]");
        }
    }

    private static InvalidOperationException NeedsFile(string name, string reason) =>
        new($"couldn't init admission plugin {GoText.Quote(name)}: {reason}");

    private sealed record Entry(string Name, bool IsDefault, Func<AdmissionParts, IAdmissionPlugin?>? Make = null);
}
