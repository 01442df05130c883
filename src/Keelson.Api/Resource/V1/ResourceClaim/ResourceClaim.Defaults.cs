using Keelson.Machinery.Values;

namespace Keelson.Api.Resource.V1;

public sealed partial record ResourceClaim
{
    /// <inheritdoc/>
    public static ResourceClaim SetDefaults(ResourceClaim obj)
    {
        ResourceClaimSpec spec = ResourceClaimDefaults.SetDefaults(obj.Spec);
        ResourceClaimStatus status = obj.Status;
        if (status.Allocation is { } allocation)
        {
            var results = allocation.Devices.Results.Map(static one =>
                ResourceClaimDefaults.SetDefaults(one.Tolerations) is var tolerations && tolerations == one.Tolerations
                    ? one
                    : one with { Tolerations = tolerations });
            status = results == allocation.Devices.Results
                ? status
                : status with { Allocation = allocation with { Devices = allocation.Devices with { Results = results } } };
        }

        return ReferenceEquals(spec, obj.Spec) && ReferenceEquals(status, obj.Status)
            ? obj
            : obj with { Spec = spec, Status = status };
    }
}

/// <summary>The defaults of a claim's spec, which templates hold too.</summary>
internal static class ResourceClaimDefaults
{
    private const string ExactCount = "ExactCount";

    public static ResourceClaimSpec SetDefaults(ResourceClaimSpec spec)
    {
        ApiList<DeviceRequest> requests = spec.Devices.Requests.Map(static one => SetDefaults(one));
        return requests == spec.Devices.Requests ? spec : spec with { Devices = spec.Devices with { Requests = requests } };
    }

    public static ApiList<DeviceToleration> SetDefaults(ApiList<DeviceToleration> tolerations) => tolerations.Map(static one =>
        one.Operator.Length == 0 ? one with { Operator = DeviceTolerationOperator.Equal } : one);

    private static DeviceRequest SetDefaults(DeviceRequest request) => request with
    {
        Exactly = request.Exactly is not { } exactly ? null : exactly with
        {
            AllocationMode = Mode(exactly.AllocationMode),
            Count = Count(exactly.AllocationMode, exactly.Count),
            Tolerations = SetDefaults(exactly.Tolerations),
        },
        FirstAvailable = request.FirstAvailable.Map(static one => one with
        {
            AllocationMode = Mode(one.AllocationMode),
            Count = Count(one.AllocationMode, one.Count),
            Tolerations = SetDefaults(one.Tolerations),
        }),
    };

    private static string Mode(string mode) => mode.Length == 0 ? ExactCount : mode;

    private static long Count(string mode, long count) => Mode(mode) == ExactCount && count == 0 ? 1 : count;
}
