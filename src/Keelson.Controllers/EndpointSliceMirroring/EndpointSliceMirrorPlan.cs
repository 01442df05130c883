using System.Net;
using System.Net.Sockets;
using Keelson.Api.Core.V1;
using Keelson.Api.Discovery.V1;
using Keelson.Api.Meta.V1;
using Keelson.Controllers.EndpointSlices;
using Keelson.Controllers.Owners;
using Keelson.Machinery.Values;
using EndpointPort = Keelson.Api.Discovery.V1.EndpointPort;
using ServiceEndpoints = Keelson.Api.Core.V1.Endpoints;

namespace Keelson.Controllers.EndpointSliceMirroring;

/// <summary>Which mirrored slices to write.</summary>
internal sealed record EndpointSliceMirrorPlan
{
    /// <summary>The most addresses of a subset that are mirrored
    /// (<c>--mirroring-max-endpoints-per-subset</c>).</summary>
    public const int LargestSubset = 1000;

    /// <summary>Who looks after mirrored slices, as their label says.</summary>
    public const string Controller = "endpointslicemirroring-controller.k8s.io";

    private const string SkipMirror = "endpointslice.kubernetes.io/skip-mirror";

    /// <summary>The annotation of endpoints that are locks of an election rather than a service's.</summary>
    private const string ElectionRecord = "control-plane.alpha.kubernetes.io/leader";

    /// <summary>Slices to create.</summary>
    public IReadOnlyList<EndpointSlice> Create { get; init; } = [];

    /// <summary>Slices to replace.</summary>
    public IReadOnlyList<EndpointSlice> Update { get; init; } = [];

    /// <summary>Slices to delete.</summary>
    public IReadOnlyList<EndpointSlice> Delete { get; init; } = [];

    /// <summary>Warnings about the endpoints: reason and message.</summary>
    public IReadOnlyList<(string Reason, string Message)> Warnings { get; init; } = [];

    /// <summary>True for endpoints that may be mirrored at all.</summary>
    public static bool IsMirrored(ServiceEndpoints endpoints) =>
        endpoints.Metadata.Labels.GetValueOrDefault(SkipMirror) != "true"
        && !endpoints.Metadata.Annotations.ContainsKey(ElectionRecord);

    /// <summary>Decides.</summary>
    /// <param name="service">The service; null when there is none.</param>
    /// <param name="endpoints">The endpoints that somebody wrote; null when there are none.</param>
    /// <param name="slices">The slices mirrored from them so far.</param>
    public static EndpointSliceMirrorPlan Compute(
        Service? service, ServiceEndpoints? endpoints, IReadOnlyList<EndpointSlice> slices)
    {
        // Endpoints of a service with a selector are the endpoints controller's, and have slices of their own.
        bool isWanted = service is { Spec.Selector.Count: 0 } && endpoints is not null && IsMirrored(endpoints);
        return isWanted
            ? new EndpointSliceMirrorStep(endpoints!, slices).Run()
            : new EndpointSliceMirrorPlan { Delete = slices };
    }
}

/// <summary>One look at endpoints and their mirrored slices: one slice for each family and set of ports.</summary>
internal sealed class EndpointSliceMirrorStep(ServiceEndpoints endpoints, IReadOnlyList<EndpointSlice> existing)
{
    private const string LastChangeTriggerTime = "endpoints.kubernetes.io/last-change-trigger-time";
    private const string LastApplied = "kubectl.kubernetes.io/last-applied-configuration";

    private readonly Dictionary<SliceKey, SortedDictionary<string, Endpoint>> _wanted = [];
    private readonly List<EndpointSlice> _create = [];
    private readonly List<EndpointSlice> _update = [];
    private readonly List<EndpointSlice> _delete = [];
    private int _invalid;
    private int _skipped;

    /// <summary>Decides.</summary>
    public EndpointSliceMirrorPlan Run()
    {
        foreach (EndpointSubset subset in endpoints.Subsets)
        {
            Collect(subset);
        }

        ILookup<SliceKey, EndpointSlice> slices =
            existing.ToLookup(static one => new SliceKey(one.AddressType, one.Ports));
        foreach ((SliceKey key, SortedDictionary<string, Endpoint> wanted) in _wanted)
        {
            Place(key, wanted, [.. slices[key]]);
        }

        _delete.AddRange(slices.Where(one => !_wanted.ContainsKey(one.Key)).SelectMany(static one => one));
        Recycle();
        return new EndpointSliceMirrorPlan
        {
            Create = endpoints.Metadata.DeletionTimestamp is null ? _create : [],
            Update = _update,
            Delete = _delete,
            Warnings = [.. Warnings()],
        };
    }

    private void Collect(EndpointSubset subset)
    {
        ApiList<EndpointPort> ports = subset.Ports.Select(static one => new EndpointPort
        {
            Name = one.Name,
            Port = one.Port,
            Protocol = one.Protocol,
            AppProtocol = one.AppProtocol,
        }).ToApiList();
        int added = 0;
        IEnumerable<(EndpointAddress Address, bool IsReady)> addresses =
        [
            .. subset.Addresses.Select(static one => (one, true)),
            .. subset.NotReadyAddresses.Select(static one => (one, false)),
        ];
        foreach ((EndpointAddress address, bool isReady) in addresses)
        {
            if (added == EndpointSliceMirrorPlan.LargestSubset)
            {
                break;
            }

            if (FamilyOf(address.Ip) is not { } family)
            {
                _invalid++;
                continue;
            }

            SliceKey key = new(family, ports);
            SortedDictionary<string, Endpoint> wanted = _wanted.TryGetValue(key, out var known)
                ? known
                : _wanted[key] = new(StringComparer.Ordinal);
            wanted[KeyOf(address)] = EndpointFor(address, isReady);
            added++;
        }

        _skipped += subset.Addresses.Count + subset.NotReadyAddresses.Count - added;
    }

    private static string? FamilyOf(string address) =>
        !IPAddress.TryParse(address, out IPAddress? parsed) ? null
        : parsed.AddressFamily == AddressFamily.InterNetwork || parsed.IsIPv4MappedToIPv6 ? "IPv4"
        : "IPv6";

    private static string KeyOf(EndpointAddress address) => $"{address.Ip}|{address.TargetRef?.Uid}|{address.Hostname}";

    private static Endpoint EndpointFor(EndpointAddress address, bool isReady) => new()
    {
        Addresses = [address.Ip],
        Conditions = new EndpointConditions { Ready = isReady },
        TargetRef = address.TargetRef,
        NodeName = address.NodeName,
        Hostname = address.Hostname.Length == 0 ? null : address.Hostname,
    };

    /// <summary>Brings the one slice of a family and a set of ports up to date; others of the same go.</summary>
    private void Place(SliceKey key, SortedDictionary<string, Endpoint> wanted, EndpointSlice[] slices)
    {
        _delete.AddRange(slices.Skip(1));
        EndpointSlice slice = New(key, wanted.Values.Take(EndpointSliceMirrorPlan.LargestSubset).ToApiList());
        if (slices.Length == 0)
        {
            _create.Add(slice);
        }
        else if (!IsSame(slices[0], slice))
        {
            _update.Add(Onto(slices[0], slice));
        }
    }

    private bool IsSame(EndpointSlice stored, EndpointSlice wanted) =>
        stored.Metadata.Labels == wanted.Metadata.Labels
        && stored.Metadata.Annotations == wanted.Metadata.Annotations
        && stored.Endpoints.ToHashSet().SetEquals(wanted.Endpoints);

    /// <summary>Slices that would go are given to what would be created, so that fewer writes are seen.</summary>
    private void Recycle()
    {
        for (int i = _delete.Count - 1; i >= 0 && _create.Count > 0; i--)
        {
            int fitting = _create.FindLastIndex(one => one.AddressType == _delete[i].AddressType);
            if (fitting >= 0 && Owner.IsControlledBy(_delete[i], endpoints.Metadata.Uid))
            {
                _update.Add(Onto(_delete[i], _create[fitting]));
                _create.RemoveAt(fitting);
                _delete.RemoveAt(i);
            }
        }
    }

    private static EndpointSlice Onto(EndpointSlice stored, EndpointSlice wanted) => wanted with
    {
        Metadata = stored.Metadata with
        {
            Labels = wanted.Metadata.Labels,
            Annotations = wanted.Metadata.Annotations,
            OwnerReferences = wanted.Metadata.OwnerReferences,
        },
    };

    private EndpointSlice New(SliceKey key, ApiList<Endpoint> mirrored) => new()
    {
        Metadata = ObjectMeta.Empty with
        {
            GenerateName = endpoints.Metadata.Name + "-",
            Namespace = endpoints.Metadata.Namespace,
            Labels = endpoints.Metadata.Labels
                .With(SliceLabels.Service, endpoints.Metadata.Name)
                .With(SliceLabels.ManagedBy, EndpointSliceMirrorPlan.Controller),
            Annotations = ApiMap<string>.From(
                endpoints.Metadata.Annotations.Where(
                    static one => one.Key is not (LastChangeTriggerTime or LastApplied))),
            OwnerReferences = [Owner.ControllerReference(endpoints)],
        },
        AddressType = key.Family,
        Ports = key.Ports,
        Endpoints = mirrored,
    };

    private IEnumerable<(string Reason, string Message)> Warnings()
    {
        if (_invalid > 0)
        {
            yield return (
                "InvalidIPAddress", $"Skipped {_invalid} invalid IP addresses when mirroring to EndpointSlices");
        }

        if (_skipped > _invalid)
        {
            yield return (
                "TooManyAddressesToMirror",
                $"A max of {EndpointSliceMirrorPlan.LargestSubset} addresses can be mirrored to EndpointSlices "
                    + $"per Endpoints subset. {_skipped} addresses were skipped");
        }
    }

    /// <summary>What distinguishes the slices of a service.</summary>
    private readonly record struct SliceKey(string Family, ApiList<EndpointPort> Ports);
}
