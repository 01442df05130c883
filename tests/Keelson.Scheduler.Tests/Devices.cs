using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Api.Resource.V1;
using Keelson.Machinery.Values;
using Claim = Keelson.Api.Resource.V1.ResourceClaim;

namespace Keelson.Scheduler.Tests;

/// <summary>Devices, their classes and claims in a line.</summary>
internal static class Devices
{
    public const string Driver = "gpu.test";

    public static Pod Using(this Pod pod, params string[] claims) => pod with
    {
        Spec = pod.Spec with
        {
            ResourceClaims = [.. claims.Select(one => new PodResourceClaim { Name = one, ResourceClaimName = one })],
        },
    };

    public static DeviceClass Class(string name, params string[] selectors) => new()
    {
        Metadata = ObjectMeta.Empty with { Name = name },
        Spec = new() { Selectors = Selectors(selectors) },
    };

    /// <summary>A claim; each request is <c>name class count|All|Admin selector</c>.</summary>
    public static Claim Claim(string name, params string[] requests) => Claim(name, [.. requests.Select(Request)]);

    public static Claim Claim(string name, params DeviceRequest[] requests) => new()
    {
        Metadata = ObjectMeta.Empty with { Namespace = "default", Name = name, Uid = "claim-" + name },
        Spec = new() { Devices = new() { Requests = [.. requests] } },
    };

    public static DeviceRequest Request(string text)
    {
        string[] parts = text.Split(' ', 4);
        string count = parts.ElementAtOrDefault(2) ?? "1";
        return new()
        {
            Name = parts[0],
            Exactly = new()
            {
                DeviceClassName = parts[1],
                AllocationMode = count == "All" ? "All" : "ExactCount",
                Count = count == "All" ? 0 : count == "Admin" ? 1 : long.Parse(count),
                AdminAccess = count == "Admin" ? true : null,
                Selectors = Selectors(parts.Length > 3 ? [parts[3]] : []),
            },
        };
    }

    public static DeviceRequest FirstOf(string name, params string[] alternatives) => new()
    {
        Name = name,
        FirstAvailable = [.. alternatives.Select(one =>
        {
            ExactDeviceRequest exact = Request(one).Exactly!;
            return new DeviceSubRequest
            {
                Name = one.Split(' ')[0],
                DeviceClassName = exact.DeviceClassName,
                AllocationMode = exact.AllocationMode,
                Count = exact.Count,
                Selectors = exact.Selectors,
            };
        })],
    };

    public static Claim With(this Claim claim, DeviceConstraint constraint) => claim with
    {
        Spec = claim.Spec with { Devices = claim.Spec.Devices with { Constraints = [constraint] } },
    };

    /// <summary>A slice with the devices of a node; the pool has the node's name.</summary>
    public static ResourceSlice Slice(string node, params Device[] devices) => new()
    {
        Metadata = ObjectMeta.Empty with { Name = "slice-" + node },
        Spec = new()
        {
            Driver = Driver,
            NodeName = node,
            Pool = new() { Name = node, Generation = 1, ResourceSliceCount = 1 },
            Devices = [.. devices],
        },
    };

    /// <summary>A device with attributes such as <c>model=a100,numa=1</c>.</summary>
    public static Device Device(string name, string attributes = "", string capacity = "") => new()
    {
        Name = name,
        Attributes = ApiMap<DeviceAttribute>.From(Objects.Labels(attributes).AsEnumerable().Select(static one =>
            KeyValuePair.Create(one.Key, long.TryParse(one.Value, out long number)
                ? new DeviceAttribute { Int = number } : new DeviceAttribute { String = one.Value }))),
        Capacity = ApiMap<DeviceCapacity>.From(Objects.Amounts(capacity).AsEnumerable().Select(static one =>
            KeyValuePair.Create(one.Key, new DeviceCapacity { Value = one.Value }))),
    };

    private static ApiList<DeviceSelector> Selectors(params string[] expressions) =>
        [.. expressions.Select(static one => new DeviceSelector { Cel = new() { Expression = one } })];
}
