using Keelson.Api.Resource.V1;
using Keelson.Scheduler.Framework;
using Claim = Keelson.Api.Resource.V1.ResourceClaim;

namespace Keelson.Scheduler.Plugins.DynamicResources;

/// <summary>Reads claims that are to be allocated.</summary>
internal sealed class ClaimNeeds(ClaimLedger ledger)
{
    /// <summary>What a claim asks for; otherwise why there is nothing to look for.</summary>
    public PluginStatus? Of(Claim claim, out ClaimNeed? need)
    {
        need = null;
        if (ledger.IsPending(claim))
        {
            return DynamicResourcesPlugin.Refused($"resource claim {claim.Metadata.Namespace}/{claim.Metadata.Name} "
                + "is in the process of being allocated");
        }

        List<DeviceNeed[]> requests = [];
        foreach (DeviceRequest request in claim.Spec.Devices.Requests)
        {
            IEnumerable<(string Class, string Name)> classes = request.Exactly is { } exactly
                ? [(exactly.DeviceClassName, request.Name)]
                : request.FirstAvailable.Select(one => (one.DeviceClassName, $"{request.Name}/{one.Name}"));
            foreach ((string @class, string name) in classes)
            {
                if (@class.Length > 0 && ledger.Class(@class) is null)
                {
                    return DynamicResourcesPlugin.Refused($"request {name}: device class {@class} does not exist");
                }
            }

            if (DeviceNeed.Of(claim, request, ledger.Class, out string? problem) is not { } needs)
            {
                return PluginStatus.Error(DynamicResourcesPlugin.PluginName, problem!);
            }

            if (needs.Length == 0)
            {
                return PluginStatus.Error(DynamicResourcesPlugin.PluginName,
                    $"request {request.Name}: unsupported request type");
            }

            requests.Add(needs);
        }

        need = new(claim, [.. requests]);
        return null;
    }
}
