using Keelson.Api.Core.V1;
using Keelson.Api.Resource.V1;
using Keelson.Machinery.Values;

namespace Keelson.Scheduler.Plugins.DynamicResources;

/// <summary>Chosen devices as claims have them in their status.</summary>
internal static class AllocationResults
{
    private const string FromClass = "FromClass";
    private const string FromClaim = "FromClaim";

    /// <summary>The allocation of a claim. Shares have no identity yet.</summary>
    public static AllocationResult Of(ClaimNeed claim, IReadOnlyList<ChosenDevice> chosen, string nodeName) => new()
    {
        Devices = new()
        {
            Results = [.. chosen.Select(ResultOf)],
            Config = [.. ClassConfigs(claim, chosen), .. ClaimConfigs(claim, chosen)],
        },
        NodeSelector = SelectorOf(chosen, nodeName),
    };

    /// <summary>An allocation whose shares have identities.</summary>
    public static AllocationResult Identified(AllocationResult allocation, Func<string> identity)
    {
        ApiList<DeviceRequestAllocationResult> results = allocation.Devices.Results.Map(one =>
            one.ShareID is { Length: 0 } ? one with { ShareID = identity() } : one);
        return allocation with { Devices = allocation.Devices with { Results = results } };
    }

    private static DeviceRequestAllocationResult ResultOf(ChosenDevice chosen) => new()
    {
        Request = chosen.Need.FullName,
        Driver = chosen.Device.Id.Driver,
        Pool = chosen.Device.Id.Pool,
        Device = chosen.Device.Id.Name,
        AdminAccess = chosen.Need.AdminAccess == true ? true : null,
        Tolerations = chosen.Need.Tolerations,
        BindingConditions = chosen.Device.Device.BindingConditions,
        BindingFailureConditions = chosen.Device.Device.BindingFailureConditions,
        ShareID = chosen.Share is null ? null : "",
        ConsumedCapacity = chosen.Share is null ? default : ApiMap<Quantity>.From(chosen.Share),
    };

    /// <summary>Each class's configuration once, for all requests that came to that class.</summary>
    private static IEnumerable<DeviceAllocationConfiguration> ClassConfigs(
        ClaimNeed claim, IReadOnlyList<ChosenDevice> chosen) =>
        Selected(claim, chosen)
            .GroupBy(static need => need.Class.Metadata.Name, StringComparer.Ordinal)
            .SelectMany(static same => same.First().Class.Spec.Config.AsEnumerable().Select(
                config => new DeviceAllocationConfiguration
                {
                    Source = FromClass,
                    Requests = [.. same.Select(static need => need.FullName)],
                    DeviceConfiguration = config.DeviceConfiguration,
                }));

    private static IEnumerable<DeviceAllocationConfiguration> ClaimConfigs(
        ClaimNeed claim, IReadOnlyList<ChosenDevice> chosen)
    {
        DeviceNeed[] selected = [.. Selected(claim, chosen)];
        foreach (DeviceClaimConfiguration config in claim.Claim.Spec.Devices.Config.AsEnumerable())
        {
            int times = config.Requests.Count == 0 ? 1 : selected.Count(
                need => config.Requests.Contains(need.Request) || config.Requests.Contains(need.FullName));
            for (int i = 0; i < times; i++)
            {
                yield return new()
                {
                    Source = FromClaim, Requests = config.Requests, DeviceConfiguration = config.DeviceConfiguration,
                };
            }
        }
    }

    /// <summary>The alternative of each request that was taken.</summary>
    private static IEnumerable<DeviceNeed> Selected(ClaimNeed claim, IReadOnlyList<ChosenDevice> chosen) =>
        claim.Requests.Select(alternatives =>
            chosen.FirstOrDefault(one => alternatives.Contains(one.Need))?.Need ?? alternatives[0]);

    /// <summary>Where all of the devices can be used; null for everywhere.</summary>
    private static NodeSelector? SelectorOf(IReadOnlyList<ChosenDevice> chosen, string nodeName)
    {
        List<NodeSelectorRequirement> fields = [];
        List<NodeSelectorRequirement> expressions = [];
        foreach (ChosenDevice one in chosen)
        {
            (string? name, NodeSelector? selector) = one.Device.Place();
            name = one.Device.Device.BindsToNode == true ? nodeName : name;
            if (name is { Length: > 0 })
            {
                return new() { NodeSelectorTerms = [new() { MatchFields = [NameIs(name)] }] };
            }

            if (selector is { NodeSelectorTerms.Count: 1 })
            {
                AddNew(fields, selector.NodeSelectorTerms[0].MatchFields);
                AddNew(expressions, selector.NodeSelectorTerms[0].MatchExpressions);
            }
        }

        return fields.Count + expressions.Count == 0 ? null : new()
        {
            NodeSelectorTerms = [new() { MatchFields = [.. fields], MatchExpressions = [.. expressions] }],
        };
    }

    private static NodeSelectorRequirement NameIs(string name) =>
        new() { Key = "metadata.name", Operator = NodeSelectorOperator.In, Values = [name] };

    private static void AddNew(List<NodeSelectorRequirement> all, ApiList<NodeSelectorRequirement> added)
    {
        foreach (NodeSelectorRequirement one in added)
        {
            if (!all.Exists(there => there.Key == one.Key && there.Operator == one.Operator
                && there.Values.ToHashSet(StringComparer.Ordinal).SetEquals(one.Values)))
            {
                all.Add(one);
            }
        }
    }
}
