using Keelson.Api.Kinds;
using Keelson.Api.Resource.V1;
using Keelson.Machinery.Values;
using Claim = Keelson.Api.Resource.V1.ResourceClaim;

namespace Keelson.Client.Quotas;

/// <summary>Claims of devices: their count, and the devices they ask for by class.</summary>
internal sealed class DeviceClaimQuotaEvaluator(KindInfo kind) : QuotaEvaluator(kind)
{
    private const string ClassSuffix = ".deviceclass.resource.k8s.io/devices";

    /// <summary>A claim of all devices can't get more than an allocation holds.</summary>
    private const long MostDevices = 32;

    public override bool Measures(string name) =>
        name.EndsWith(ClassSuffix, StringComparison.Ordinal) || base.Measures(name);

    public override QuotaAmounts Usage(IObject obj)
    {
        QuotaAmounts usage = base.Usage(obj);
        foreach (DeviceRequest request in ((Claim)obj).Spec.Devices.Requests)
        {
            if (request.Exactly is { } exactly)
            {
                Add(usage, exactly.DeviceClassName, Count(exactly.AllocationMode, exactly.Count));
            }

            // Of alternatives one is taken; which one is not known before, so the largest of each class counts.
            foreach (IGrouping<string, DeviceSubRequest> one in request.FirstAvailable.GroupBy(sub => sub.DeviceClassName))
            {
                Add(usage, one.Key, one.Max(sub => Count(sub.AllocationMode, sub.Count)));
            }
        }

        return usage;
    }

    private static long Count(string mode, long count) => mode == "ExactCount" ? count : MostDevices;

    private static void Add(QuotaAmounts usage, string deviceClass, long devices) =>
        usage.Add(deviceClass + ClassSuffix, Quantity.FromValue(devices));
}
