using Keelson.Api.Kinds;

namespace Keelson.Server.Discovery;

/// <summary>The groups compiled in, made from <see cref="ApiKinds"/>.</summary>
internal static class BuiltInGroups
{
    /// <summary>The priority of groups that custom resources make.</summary>
    public const int CustomResourcePriority = 1000;

    /// <summary>Priorities of groups, as the local APIServices carry them; they order the list of groups.</summary>
    private static readonly Dictionary<string, int> Priorities = new(StringComparer.Ordinal)
    {
        [""] = 18000,
        ["apiregistration.k8s.io"] = 18000,
        ["apps"] = 17800,
        ["events.k8s.io"] = 17750,
        ["authentication.k8s.io"] = 17700,
        ["authorization.k8s.io"] = 17600,
        ["autoscaling"] = 17500,
        ["batch"] = 17400,
        ["certificates.k8s.io"] = 17300,
        ["networking.k8s.io"] = 17200,
        ["policy"] = 17100,
        ["rbac.authorization.k8s.io"] = 17000,
        ["storage.k8s.io"] = 16800,
        ["admissionregistration.k8s.io"] = 16700,
        ["apiextensions.k8s.io"] = 16700,
        ["scheduling.k8s.io"] = 16600,
        ["coordination.k8s.io"] = 16500,
        ["node.k8s.io"] = 16300,
        ["discovery.k8s.io"] = 16200,
        ["resource.k8s.io"] = 16200,
        ["flowcontrol.apiserver.k8s.io"] = 16100,

        // As metrics servers register it.
        [ResourceMetrics.MeasuredObjects.Group] = 100,
    };

    /// <summary>All of them, core included, in the order of their priorities.</summary>
    public static IReadOnlyList<DiscoveryGroup> Read(IEnumerable<ApiKind> kinds) =>
    [
        .. kinds.Where(one => one.Info.Resource.Length > 0)
            .GroupBy(one => one.Info.Group)
            .Select(group => new DiscoveryGroup(
                group.Key, Versions(group)) { Priority = PriorityOf(group.Key), IsBuiltIn = true })
            .OrderByDescending(one => one.Priority)
            .ThenBy(one => one.Name, StringComparer.Ordinal),
    ];

    /// <summary>A group's groupPriorityMinimum.</summary>
    public static int PriorityOf(string group) => Priorities.GetValueOrDefault(group, CustomResourcePriority);

    private static DiscoveryVersion[] Versions(IEnumerable<ApiKind> kinds) =>
    [
        .. kinds.GroupBy(one => one.Info.Version)
            .OrderBy(one => one.Key, KubeVersionOrder.Instance)
            .Select(version => new DiscoveryVersion(
                version.Key,
                [.. version.OrderBy(one => one.Info.Resource, StringComparer.Ordinal).Select(Resource)])),
    ];

    private static DiscoveryResource Resource(ApiKind kind)
    {
        KindInfo info = kind.Info;
        KindInfo stored = kind.Stored.Info;
        return new DiscoveryResource(info.Resource, info.Kind, info.Namespaced, info.Verbs)
        {
            Singular = info.Singular,
            ShortNames = info.ShortNames,
            Categories = info.Categories,
            StorageVersionHash = stored.StoragePrefix.Length == 0 ? "" : StorageHash(stored),
            Subresources = SubresourceTable.Of(info),
        };
    }

    /// <summary>
    /// The hash of the version that upstream stores, which for a version new in this release is the one before it, so
    /// that the release before can still read it. Events of both groups are stored as core's.
    /// </summary>
    private static string StorageHash(KindInfo stored) => stored switch
    {
        { Group: "events.k8s.io", Kind: "Event" } => StorageVersionHash.Of("", stored.Version, stored.Kind),
        { Group: "admissionregistration.k8s.io",
            Kind: "MutatingAdmissionPolicy" or "MutatingAdmissionPolicyBinding" } =>
            StorageVersionHash.Of(stored.Group, "v1beta1", stored.Kind),
        _ => StorageVersionHash.Of(stored.Group, stored.Version, stored.Kind),
    };
}
