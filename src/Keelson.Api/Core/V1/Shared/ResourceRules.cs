using System.Numerics;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>What resources are called and how much of them may be asked for.</summary>
public static partial class ResourceRules
{
    private const string DefaultNamespacePrefix = "kubernetes.io/";
    private const string RequestsPrefix = "requests.";
    private const string HugePagesPrefix = "hugepages-";
    private const string AttachableVolumesPrefix = "attachable-volumes-";

    private static readonly BigInteger NanosPerMilli = 1_000_000;

    /// <summary>True for pages larger than the usual, <c>hugepages-2Mi</c>.</summary>
    public static bool IsHugePages(string name) => name.StartsWith(HugePagesPrefix, StringComparison.Ordinal);

    /// <summary>True for resources that Kubernetes itself knows: no prefix, or one of kubernetes.io.</summary>
    public static bool IsNative(string name) =>
        !name.Contains('/', StringComparison.Ordinal)
        || name.Contains(DefaultNamespacePrefix, StringComparison.Ordinal);

    /// <summary>True for resources that a node may promise more of than it has.</summary>
    public static bool IsOvercommitAllowed(string name) => IsNative(name) && !IsHugePages(name);

    /// <summary>True for resources that device plugins and others add, <c>example.com/gpu</c>.</summary>
    public static bool IsExtended(string name) =>
        !IsNative(name) && !name.StartsWith(RequestsPrefix, StringComparison.Ordinal)
        && !ContentRules.QualifiedName(RequestsPrefix + name).Any();

    /// <summary>True for limits on attached volumes of a node.</summary>
    public static bool IsAttachableVolumes(string name) =>
        name.StartsWith(AttachableVolumesPrefix, StringComparison.Ordinal);

    /// <summary>True for what a container may ask for without a prefix.</summary>
    public static bool IsStandardForContainers(string name) =>
        name is ResourceName.Cpu or ResourceName.Memory or ResourceName.EphemeralStorage || IsHugePages(name);

    /// <summary>True for what a pod as a whole may ask for.</summary>
    public static bool IsSupportedForPods(string name) =>
        name is ResourceName.Cpu or ResourceName.Memory || IsHugePages(name);

    /// <summary>True for every resource name without a prefix that means something.</summary>
    public static bool IsStandard(string name) => name == ResourceName.Storage || IsStandardForQuota(name);

    /// <summary>True for what a quota may limit without a prefix.</summary>
    public static bool IsStandardForQuota(string name) => name is ResourceName.Cpu or ResourceName.Memory
        or ResourceName.EphemeralStorage or ResourceName.RequestsCpu or ResourceName.RequestsMemory
        or ResourceName.RequestsStorage or ResourceName.RequestsEphemeralStorage or ResourceName.LimitsCpu
        or ResourceName.LimitsMemory
        or ResourceName.LimitsEphemeralStorage || IsObjectCount(name)
        || IsHugePages(name) || name.StartsWith(RequestsPrefix + HugePagesPrefix, StringComparison.Ordinal);

    /// <summary>True for resources that are counted in whole units.</summary>
    public static bool IsInteger(string name) => IsObjectCount(name) || IsExtended(name);

    /// <summary>Rounds amounts up to thousandths, the finest grain that is stored. Runs on every decode.</summary>
    public static ApiMap<Quantity> SetDefaults(ApiMap<Quantity> resources)
    {
        foreach (KeyValuePair<string, Quantity> one in resources)
        {
            if (one.Value.Nanos % NanosPerMilli != 0)
            {
                resources = resources.With(one.Key, Quantity.FromMilli(one.Value.MilliValue, one.Value.Format));
            }
        }

        return resources;
    }

    /// <summary>Rounds the amounts of requests and limits.</summary>
    public static ResourceRequirements SetDefaults(ResourceRequirements requirements)
    {
        ApiMap<Quantity> limits = SetDefaults(requirements.Limits);
        ApiMap<Quantity> requests = SetDefaults(requirements.Requests);
        return limits == requirements.Limits && requests == requirements.Requests
            ? requirements
            : requirements with { Limits = limits, Requests = requests };
    }

    private static bool IsObjectCount(string name) => name is ResourceName.Pods or ResourceName.Services
        or ResourceName.Replicationcontrollers or ResourceName.Resourcequotas or ResourceName.Secrets
        or ResourceName.Configmaps or ResourceName.Persistentvolumeclaims or ResourceName.ServicesNodeports
        or ResourceName.ServicesLoadbalancers;
}
