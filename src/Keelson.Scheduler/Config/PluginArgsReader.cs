using Keelson.Api.Core.V1;
using Keelson.Machinery.Wire;

namespace Keelson.Scheduler.Config;

/// <summary>Reads the arguments of plugins.</summary>
internal static class PluginArgsReader
{
    private const string Version = "kubescheduler.config.k8s.io/v1";

    /// <summary>A plugin's arguments; null when there is no such plugin, or it takes none.</summary>
    public static PluginArgs? Read(string plugin, ConfigNode node)
    {
        PluginArgs? args = plugin switch
        {
            "DefaultPreemption" => Preemption(node),
            "DynamicResources" => Devices(node),
            "InterPodAffinity" => PodAffinity(node),
            "NodeAffinity" => NodeAffinity(node),
            "NodeResourcesBalancedAllocation" => Balance(node),
            "NodeResourcesFit" => Fit(node),
            "PodTopologySpread" => Spread(node),
            "VolumeBinding" => Volumes(node),
            _ => null,
        };
        if (args is null)
        {
            node.Errors.NotFound(node.Path, plugin);
            return null;
        }

        string kind = plugin + "Args";
        if (node["kind"] is { IsThere: true } own && own.Text() != kind)
        {
            node.Errors.Invalid(own.Path, own.Text(), "has to match plugin args");
        }

        if (node["apiVersion"] is { IsThere: true } version && version.Text() != Version)
        {
            node.Errors.NotSupported(version.Path, version.Text(), Version);
        }

        return args;
    }

    private static void Known(ConfigNode node, params ReadOnlySpan<string> fields) =>
        node.Known(["apiVersion", "kind", .. fields]);

    private static DefaultPreemptionArgs Preemption(ConfigNode node)
    {
        Known(node, "minCandidateNodesPercentage", "minCandidateNodesAbsolute");
        return new()
        {
            MinCandidateNodesPercentage = node["minCandidateNodesPercentage"].Int32(10),
            MinCandidateNodesAbsolute = node["minCandidateNodesAbsolute"].Int32(100),
        };
    }

    private static DynamicResourcesArgs Devices(ConfigNode node)
    {
        Known(node, "filterTimeout", "bindingTimeout");
        DynamicResourcesArgs defaults = new();
        return new()
        {
            FilterTimeout = node["filterTimeout"].Duration(defaults.FilterTimeout),
            BindingTimeout = node["bindingTimeout"].Duration(defaults.BindingTimeout),
        };
    }

    private static InterPodAffinityArgs PodAffinity(ConfigNode node)
    {
        Known(node, "hardPodAffinityWeight", "ignorePreferredTermsOfExistingPods");
        return new()
        {
            HardPodAffinityWeight = node["hardPodAffinityWeight"].Int32(1),
            IgnorePreferredTermsOfExistingPods = node["ignorePreferredTermsOfExistingPods"].Truth(),
        };
    }

    private static NodeAffinityArgs NodeAffinity(ConfigNode node)
    {
        Known(node, "addedAffinity");
        return new()
        {
            AddedAffinity = node["addedAffinity"].Object(static json =>
            {
                JsonDecoder decoder = new(json, null);
                return Api.Core.V1.NodeAffinity.ReadJson(ref decoder);
            }),
        };
    }

    private static NodeResourcesBalancedAllocationArgs Balance(ConfigNode node)
    {
        Known(node, "resources");
        NodeResourcesBalancedAllocationArgs defaults = new();
        return node["resources"].Items() is { Count: > 0 } resources ? new() { Resources = Resources(resources) }
            : defaults;
    }

    private static NodeResourcesFitArgs Fit(ConfigNode node)
    {
        Known(node, "ignoredResources", "ignoredResourceGroups", "scoringStrategy");
        ConfigNode strategy = node["scoringStrategy"];
        strategy.Known("type", "resources", "requestedToCapacityRatio");
        NodeResourcesFitArgs args = new()
        {
            IgnoredResources = node["ignoredResources"].Texts(),
            IgnoredResourceGroups = node["ignoredResourceGroups"].Texts(),
        };
        if (!strategy.IsThere)
        {
            return args;
        }

        string type = strategy["type"].Text(nameof(ScoringStrategyType.LeastAllocated));
        if (!Enum.TryParse(type, out ScoringStrategyType parsed) || parsed.ToString() != type)
        {
            node.Errors.NotSupported(
                strategy["type"].Path, type, "LeastAllocated", "MostAllocated", "RequestedToCapacityRatio");
        }

        ConfigNode ratio = strategy["requestedToCapacityRatio"];
        if (parsed == ScoringStrategyType.RequestedToCapacityRatio && !ratio.IsThere)
        {
            node.Errors.Required(ratio.Path, "must be specified when type is RequestedToCapacityRatio");
        }
        else if (parsed != ScoringStrategyType.RequestedToCapacityRatio && ratio.IsThere)
        {
            node.Errors.Forbidden(ratio.Path, "must be nil when type is not RequestedToCapacityRatio");
        }

        ratio.Known("shape");
        return args with
        {
            Strategy = parsed,
            Resources = strategy["resources"].Items() is { Count: > 0 } resources ? Resources(resources)
                : args.Resources,
            Shape = Shape(ratio["shape"]),
        };
    }

    private static PodTopologySpreadArgs Spread(ConfigNode node)
    {
        Known(node, "defaultConstraints", "defaultingType");
        string type = node["defaultingType"].Text("System");
        IReadOnlyList<ConfigNode> constraints = node["defaultConstraints"].Items();
        if (type is not ("System" or "List"))
        {
            node.Errors.NotSupported(node["defaultingType"].Path, type, "System", "List");
        }
        else if (type == "System" && constraints.Count > 0)
        {
            node.Errors.Invalid(node["defaultingType"].Path, type, "when .defaultConstraints are not empty");
        }

        return new()
        {
            UsesSystemDefaults = type == "System",
            DefaultConstraints = [.. constraints.Select(static one => one.Object(static json =>
            {
                JsonDecoder decoder = new(json, null);
                return TopologySpreadConstraint.ReadJson(ref decoder);
            })).OfType<TopologySpreadConstraint>()],
        };
    }

    private static VolumeBindingArgs Volumes(ConfigNode node)
    {
        Known(node, "bindTimeoutSeconds", "shape");
        if (node["shape"].IsThere)
        {
            node.Errors.InvalidRaw(
                node["shape"].Path, node["shape"].Value.GetRawText(),
                "unexpected field `shape`, remove it or turn on the feature gate StorageCapacityScoring");
        }

        return new() { BindTimeout = TimeSpan.FromSeconds(node["bindTimeoutSeconds"].Int32(600)) };
    }

    private static ResourceSpec[] Resources(IReadOnlyList<ConfigNode> nodes) => [.. nodes.Select(static one =>
    {
        one.Known("name", "weight");
        long weight = one["weight"].Integer(0);
        return new ResourceSpec(one["name"].Text(), weight == 0 ? 1 : weight);
    })];

    private static UtilizationShapePoint[] Shape(ConfigNode node) => [.. node.Items().Select(static one =>
    {
        one.Known("utilization", "score");
        return new UtilizationShapePoint(one["utilization"].Int32(0), one["score"].Int32(0));
    })];
}
