using Keelson.Api.Core.V1;
using Keelson.Machinery.Validation;

namespace Keelson.Scheduler.Config;

/// <summary>Checks the arguments of plugins, with upstream's messages.</summary>
internal static class PluginArgsValidation
{
    /// <summary>Adds what is wrong with a profile's arguments.</summary>
    public static void Validate(SchedulerProfile profile, FieldPath list, FieldErrors errors)
    {
        int i = 0;
        foreach (PluginArgs args in profile.PluginConfig.Values)
        {
            FieldPath path = list.Index(i++).Child("args");
            switch (args)
            {
                case DefaultPreemptionArgs preemption:
                    Validate(preemption, path, errors);
                    break;
                case InterPodAffinityArgs { HardPodAffinityWeight: < 0 or > 100 } affinity:
                    errors.Invalid(
                        path.Child("hardPodAffinityWeight"), affinity.HardPodAffinityWeight,
                        "not in valid range [0, 100]");
                    break;
                case NodeResourcesBalancedAllocationArgs balance:
                    Validate(balance, path.Child("resources"), errors);
                    break;
                case NodeResourcesFitArgs fit:
                    Validate(fit, path, errors);
                    break;
                case PodTopologySpreadArgs spread:
                    Validate(spread.DefaultConstraints, path.Child("defaultConstraints"), errors);
                    break;
                case VolumeBindingArgs { BindTimeout.Ticks: < 0 } volumes:
                    errors.Invalid(
                        path.Child("bindTimeoutSeconds"), (long)volumes.BindTimeout.TotalSeconds,
                        "invalid BindTimeoutSeconds, should not be a negative value");
                    break;
                case DynamicResourcesArgs devices:
                    Validate(devices, path, errors);
                    break;
            }
        }
    }

    private static void Validate(DefaultPreemptionArgs args, FieldPath path, FieldErrors errors)
    {
        FieldPath percentage = path.Child("minCandidateNodesPercentage");
        FieldPath absolute = path.Child("minCandidateNodesAbsolute");
        if (args.MinCandidateNodesPercentage is < 0 or > 100)
        {
            errors.Invalid(percentage, args.MinCandidateNodesPercentage, "not in valid range [0, 100]");
        }

        if (args.MinCandidateNodesAbsolute < 0)
        {
            errors.Invalid(absolute, args.MinCandidateNodesAbsolute, "not in valid range [0, inf)");
        }

        if (args is { MinCandidateNodesPercentage: 0, MinCandidateNodesAbsolute: 0 })
        {
            errors.Invalid(percentage, 0, "cannot be zero at the same time as minCandidateNodesAbsolute");
            errors.Invalid(absolute, 0, "cannot be zero at the same time as minCandidateNodesPercentage");
        }
    }

    private static void Validate(DynamicResourcesArgs args, FieldPath path, FieldErrors errors)
    {
        if (args.FilterTimeout < TimeSpan.Zero)
        {
            errors.InvalidRaw(
                path.Child("filterTimeout"), Machinery.Values.GoDuration.Format(args.FilterTimeout),
                "must be zero or positive");
        }

        if (args.BindingTimeout < TimeSpan.FromSeconds(1))
        {
            errors.InvalidRaw(
                path.Child("bindingTimeout"), Machinery.Values.GoDuration.Format(args.BindingTimeout),
                "must be at least 1 second");
        }
    }

    private static void Validate(NodeResourcesBalancedAllocationArgs args, FieldPath path, FieldErrors errors)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        for (int i = 0; i < args.Resources.Count; i++)
        {
            if (!seen.Add(args.Resources[i].Name))
            {
                errors.Duplicate(path.Index(i).Child("name"), args.Resources[i].Name);
            }

            if (args.Resources[i].Weight != 1)
            {
                errors.Invalid(path.Index(i).Child("weight"), args.Resources[i].Weight, "must be 1");
            }
        }
    }

    private static void Validate(NodeResourcesFitArgs args, FieldPath path, FieldErrors errors)
    {
        for (int i = 0; i < args.IgnoredResources.Count; i++)
        {
            ValidateName(args.IgnoredResources[i], path.Child("ignoredResources").Index(i), errors);
        }

        for (int i = 0; i < args.IgnoredResourceGroups.Count; i++)
        {
            FieldPath at = path.Child("ignoredResourceGroups").Index(i);
            if (args.IgnoredResourceGroups[i].Contains('/', StringComparison.Ordinal))
            {
                errors.Invalid(at, args.IgnoredResourceGroups[i], "resource group name can't contain '/'");
            }

            ValidateName(args.IgnoredResourceGroups[i], at, errors);
        }

        FieldPath strategy = path.Child("scoringStrategy");
        for (int i = 0; i < args.Resources.Count; i++)
        {
            if (args.Resources[i].Weight is <= 0 or > 100)
            {
                errors.Invalid(
                    strategy.Child("resources").Index(i).Child("weight"), args.Resources[i].Weight,
                    $"resource weight of {args.Resources[i].Name} not in valid range (0, 100]");
            }
        }

        if (args.Strategy == ScoringStrategyType.RequestedToCapacityRatio)
        {
            ValidateShape(args.Shape, strategy.Child("requestedToCapacityRatio").Child("shape"), errors);
        }
    }

    private static void ValidateShape(IReadOnlyList<UtilizationShapePoint> shape, FieldPath path, FieldErrors errors)
    {
        if (shape.Count == 0)
        {
            errors.Required(path, "at least one point must be specified");
        }

        for (int i = 1; i < shape.Count; i++)
        {
            if (shape[i - 1].Utilization >= shape[i].Utilization)
            {
                errors.Invalid(
                    path.Index(i).Child("utilization"), shape[i].Utilization,
                    "values must be sorted in increasing order");
                break;
            }
        }

        for (int i = 0; i < shape.Count; i++)
        {
            if (shape[i].Utilization is < 0 or > 100)
            {
                errors.Invalid(path.Index(i).Child("utilization"), shape[i].Utilization, "not in valid range [0, 100]");
            }

            if (shape[i].Score is < 0 or > 10)
            {
                errors.Invalid(path.Index(i).Child("score"), shape[i].Score, "not in valid range [0, 10]");
            }
        }
    }

    private static void Validate(
        IReadOnlyList<TopologySpreadConstraint> constraints, FieldPath path, FieldErrors errors)
    {
        HashSet<(string, string)> seen = [];
        for (int i = 0; i < constraints.Count; i++)
        {
            TopologySpreadConstraint one = constraints[i];
            FieldPath at = path.Index(i);
            if (one.MaxSkew <= 0)
            {
                errors.Invalid(at.Child("maxSkew"), one.MaxSkew, "not in valid range (0, inf)");
            }

            if (one.TopologyKey.Length == 0)
            {
                errors.Required(at.Child("topologyKey"), "can not be empty");
            }
            else
            {
                ValidateName(one.TopologyKey, at.Child("topologyKey"), errors);
            }

            ValidateAction(one.WhenUnsatisfiable, at.Child("whenUnsatisfiable"), errors);
            if (one.LabelSelector is not null)
            {
                errors.Forbidden(
                    at.Child("labelSelector"), "constraint must not define a selector, as they deduced for each pod");
            }

            if (!seen.Add((one.TopologyKey, one.WhenUnsatisfiable)))
            {
                errors.Duplicate(at, $"{{{one.TopologyKey}, {one.WhenUnsatisfiable}}}");
            }
        }
    }

    private static void ValidateAction(string action, FieldPath path, FieldErrors errors)
    {
        if (action.Length == 0)
        {
            errors.Required(path, "can not be empty");
        }
        else if (action is not ("DoNotSchedule" or "ScheduleAnyway"))
        {
            errors.NotSupported(path, action, "DoNotSchedule", "ScheduleAnyway");
        }
    }

    private static void ValidateName(string name, FieldPath path, FieldErrors errors)
    {
        foreach (string message in ContentRules.QualifiedName(name))
        {
            errors.Invalid(path, name, message);
        }
    }
}
