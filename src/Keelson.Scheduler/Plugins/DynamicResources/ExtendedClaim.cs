using System.Collections.Concurrent;
using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Api.Resource.V1;
using Keelson.Client.Devices;
using Keelson.Scheduler.Framework;
using Keelson.Scheduler.Snapshot;
using Claim = Keelson.Api.Resource.V1.ResourceClaim;

namespace Keelson.Scheduler.Plugins.DynamicResources;

/// <summary>What a node without device plugins has to give a pod instead of extended resources.</summary>
/// <param name="Claim">The claim as it would be made.</param>
/// <param name="Mappings">Who uses its requests.</param>
/// <param name="Search">The search for this claim and the pod's others.</param>
internal sealed record ExtendedVariant(
    Claim Claim, IReadOnlyList<ContainerExtendedResourceRequest> Mappings, DeviceSearchInput Search);

/// <summary>
/// The claim that stands for those of a pod's extended resources that are devices of a class. It is made once the pod
/// has its node, because which resources these are depends on the node: where a device plugin offers them, there is
/// nothing to claim.
/// </summary>
internal sealed class ExtendedClaim
{
    private readonly PodInfo _pod;
    private readonly ClaimLedger _ledger;
    private readonly DeviceSearchInput _search;
    private readonly ConcurrentDictionary<string, ExtendedVariant> _variants = new(StringComparer.Ordinal);

    /// <summary>A claim that does not exist yet.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="ledger">The classes.</param>
    /// <param name="search">The search for the pod's other claims.</param>
    /// <param name="uid">An identity until it is made.</param>
    public ExtendedClaim(PodInfo pod, ClaimLedger ledger, DeviceSearchInput search, string uid)
    {
        (_pod, _ledger, _search) = (pod, ledger, search);
        Claim = new()
        {
            Metadata = ObjectMeta.Empty with
            {
                Namespace = pod.Namespace,
                GenerateName = pod.Key.Name + "-extended-resources-",
                Uid = uid,
                Annotations = ApiMapOf(DeviceClaims.ExtendedResourceAnnotation, "true"),
                OwnerReferences =
                [
                    new() { ApiVersion = "v1", Kind = "Pod", Name = pod.Key.Name, Uid = pod.Uid, Controller = true },
                ],
            },
        };
    }

    /// <summary>The claim without requests, which it has on a node only.</summary>
    public Claim Claim { get; }

    /// <summary>True when one of a pod's resources is a device of a class.</summary>
    public static bool IsNeededBy(PodInfo pod, ClaimLedger ledger)
    {
        foreach (ScalarAmount one in pod.Requests.Scalars)
        {
            if (one.Amount > 0 && ledger.Extended.ClassOf(one.Name) is not null)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What is to be claimed on a node; null for nothing.</summary>
    /// <param name="node">The node.</param>
    /// <param name="fits">False when the node has a resource in neither way.</param>
    public ExtendedVariant? On(NodeInfo node, out bool fits)
    {
        fits = true;
        List<(string Resource, string Class)> resources = [];
        foreach (ScalarAmount one in _pod.Requests.Scalars)
        {
            if (one.Amount <= 0 || !IsDevice(one.Name))
            {
                continue;
            }

            if (node.Allocatable.Get(one.Name) == 0 && _ledger.Extended.ClassOf(one.Name) is { } found)
            {
                resources.Add((one.Name, found.Metadata.Name));
            }
            else if (!node.Node.Status.Allocatable.ContainsKey(one.Name))
            {
                fits = false;
                return null;
            }
        }

        return resources.Count == 0
            ? null
            : _variants.GetOrAdd(string.Join(',', resources), _ => Make(resources));
    }

    private static bool IsDevice(string resource) =>
        ResourceRules.IsExtended(resource)
        || resource.StartsWith(ExtendedResourceClasses.ImplicitPrefix, StringComparison.Ordinal);

    private ExtendedVariant Make(List<(string Resource, string Class)> resources)
    {
        ExtendedRequests asked = new(_pod.Pod, resources);
        Claim claim = Claim with
        {
            Spec = Claim.Spec with { Devices = Claim.Spec.Devices with { Requests = [.. asked.Requests] } },
        };

        // A class may go at any time; without it the search says that there are no devices.
        DeviceNeed[][] needs =
        [
            .. asked.Requests.Select(one => DeviceNeed.Of(claim, one, _ledger.Class, out _)).OfType<DeviceNeed[]>(),
        ];
        return new(claim, asked.Mappings, _search.With(new ClaimNeed(claim, needs)));
    }

    private static Machinery.Values.ApiMap<string> ApiMapOf(string key, string value) =>
        default(Machinery.Values.ApiMap<string>).With(key, value);
}
