using Keelson.Api.Resource.V1;
using Keelson.Machinery.Values;
using Claim = Keelson.Api.Resource.V1.ResourceClaim;

namespace Keelson.Scheduler.Plugins.DynamicResources;

/// <summary>What a request, or one of its alternatives, asks for.</summary>
internal sealed class DeviceNeed
{
    private const string All = "All";
    private const string ExactCount = "ExactCount";

    private DeviceNeed()
    {
    }

    /// <summary>The request's name.</summary>
    public required string Request { get; init; }

    /// <summary>The alternative's name; empty where there is just one.</summary>
    public required string Alternative { get; init; }

    /// <summary>The class.</summary>
    public required DeviceClass Class { get; init; }

    /// <summary>Conditions besides those of the class.</summary>
    public required ApiList<DeviceSelector> Selectors { get; init; }

    /// <summary>True when every device is wanted that meets the conditions.</summary>
    public required bool WantsAll { get; init; }

    /// <summary>How many are wanted otherwise.</summary>
    public required long Count { get; init; }

    /// <summary>True to look at devices that others use; null when that is not said.</summary>
    public required bool? AdminAccess { get; init; }

    /// <summary>The taints that don't matter.</summary>
    public required ApiList<DeviceToleration> Tolerations { get; init; }

    /// <summary>How much of each device is wanted.</summary>
    public required CapacityRequirements? Capacity { get; init; }

    /// <summary>The name that results carry: <c>request</c> or <c>request/alternative</c>.</summary>
    public string FullName => Alternative.Length == 0 ? Request : $"{Request}/{Alternative}";

    /// <summary>The name in messages.</summary>
    public string OwnName => Alternative.Length == 0 ? Request : Alternative;

    /// <summary>The alternatives of a request, the best one first; otherwise what is wrong with it.</summary>
    /// <param name="claim">The claim.</param>
    /// <param name="request">Its request.</param>
    /// <param name="classes">A class by name.</param>
    /// <param name="problem">What is wrong.</param>
    public static DeviceNeed[]? Of(
        Claim claim, DeviceRequest request, Func<string, DeviceClass?> classes, out string? problem)
    {
        if (request.Exactly is { } exactly)
        {
            ApiList<DeviceSubRequest> one =
            [
                new DeviceSubRequest
                {
                    DeviceClassName = exactly.DeviceClassName, Selectors = exactly.Selectors, Count = exactly.Count,
                    AllocationMode = exactly.AllocationMode, Tolerations = exactly.Tolerations,
                    Capacity = exactly.Capacity,
                },
            ];
            return Of(claim, request.Name, one, exactly.AdminAccess, classes, out problem);
        }

        return Of(claim, request.Name, request.FirstAvailable, null, classes, out problem);
    }

    private static DeviceNeed[]? Of(
        Claim claim, string name, ApiList<DeviceSubRequest> alternatives, bool? adminAccess,
        Func<string, DeviceClass?> classes, out string? problem)
    {
        List<DeviceNeed> needs = [];
        foreach (DeviceSubRequest one in alternatives)
        {
            string shown = one.Name.Length == 0 ? name : one.Name;
            string where = $"claim {claim.Metadata.Namespace}/{claim.Metadata.Name}, request {shown}";
            DeviceClass? @class = classes(one.DeviceClassName);
            int empty = one.Selectors.ToList().FindIndex(static selector => selector.Cel is null);
            problem = empty >= 0
                    ? $"{where}, selector #{empty}: CEL expression empty (unsupported selector type?)"
                : one.DeviceClassName.Length == 0
                    ? $"{where}: missing device class name (unsupported request type?)"
                : @class is null
                    ? $"{where}: could not retrieve device class {one.DeviceClassName}: "
                        + $"deviceclass.resource.k8s.io \"{one.DeviceClassName}\" not found"
                : one.AllocationMode is not (All or ExactCount)
                    ? $"{where}: unsupported count mode {one.AllocationMode}"
                : null;
            if (problem is not null)
            {
                return null;
            }

            needs.Add(new()
            {
                Request = name,
                Alternative = one.Name,
                Class = @class!,
                Selectors = one.Selectors,
                WantsAll = one.AllocationMode == All,
                Count = one.Count,
                AdminAccess = adminAccess,
                Tolerations = one.Tolerations,
                Capacity = one.Capacity,
            });
        }

        problem = null;
        return [.. needs];
    }
}

/// <summary>A claim that is to be allocated.</summary>
/// <param name="Claim">The claim.</param>
/// <param name="Requests">The alternatives of each of its requests.</param>
internal sealed record ClaimNeed(Claim Claim, DeviceNeed[][] Requests);
