using Keelson.Scheduler.Config;
using Keelson.Scheduler.Extenders;
using Keelson.Scheduler.Framework;
using Keelson.Scheduler.Plugins.DefaultBinder;
using Keelson.Scheduler.Plugins.DefaultPreemption;
using Keelson.Scheduler.Plugins.DynamicResources;
using Keelson.Scheduler.Plugins.ImageLocality;
using Keelson.Scheduler.Plugins.InterPodAffinity;
using Keelson.Scheduler.Plugins.NodeAffinity;
using Keelson.Scheduler.Plugins.NodeDeclaredFeatures;
using Keelson.Scheduler.Plugins.NodeName;
using Keelson.Scheduler.Plugins.NodePorts;
using Keelson.Scheduler.Plugins.NodeResourcesBalancedAllocation;
using Keelson.Scheduler.Plugins.NodeResourcesFit;
using Keelson.Scheduler.Plugins.NodeUnschedulable;
using Keelson.Scheduler.Plugins.NodeVolumeLimits;
using Keelson.Scheduler.Plugins.PodTopologySpread;
using Keelson.Scheduler.Plugins.PrioritySort;
using Keelson.Scheduler.Plugins.SchedulingGates;
using Keelson.Scheduler.Plugins.TaintToleration;
using Keelson.Scheduler.Plugins.VolumeBinding;
using Keelson.Scheduler.Plugins.VolumeRestrictions;
using Keelson.Scheduler.Plugins.VolumeZone;

namespace Keelson.Scheduler.Plugins;

/// <summary>A plugin that profiles can name.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Weight">The weight of its scores in the default profile; 0 for a plugin that is not scored.</param>
/// <param name="DefaultArgs">Its arguments when a profile gives none; null for a plugin without.</param>
/// <param name="Create">Makes it for a profile.</param>
internal sealed record PluginEntry(
    string Name, int Weight, PluginArgs? DefaultArgs, Func<PluginArgs?, PluginContext, IPlugin> Create);

/// <summary>
/// All plugins, in the order and with the weights of upstream's default profile (<c>multiPoint</c>). A new one is a
/// folder and a line here.
/// </summary>
internal static class PluginRegistry
{
    /// <summary>The plugins.</summary>
    public static IReadOnlyList<PluginEntry> All { get; } =
    [
        new(SchedulingGatesPlugin.PluginName, 0, null, static (_, _) => new SchedulingGatesPlugin()),
        new(PrioritySortPlugin.PluginName, 0, null, static (_, _) => new PrioritySortPlugin()),
        new(NodeUnschedulablePlugin.PluginName, 0, null, static (_, _) => new NodeUnschedulablePlugin()),
        new(NodeNamePlugin.PluginName, 0, null, static (_, _) => new NodeNamePlugin()),
        new(TaintTolerationPlugin.PluginName, 3, null, static (_, _) => new TaintTolerationPlugin()),
        new(
            NodeAffinityPlugin.PluginName,
            2,
            new NodeAffinityArgs(),
            static (args, _) => new NodeAffinityPlugin((NodeAffinityArgs)args!)),
        new(NodePortsPlugin.PluginName, 0, null, static (_, _) => new NodePortsPlugin()),
        new(NodeResourcesFitPlugin.PluginName, 1, new NodeResourcesFitArgs(), static (args, context) =>
            new NodeResourcesFitPlugin(
                (NodeResourcesFitArgs)args!,
                context.Extenders.SelectMany(static one => one.IgnoredResources),
                context.Devices.Extended)),
        new(VolumeRestrictionsPlugin.PluginName, 0, null, static (_, context) => new VolumeRestrictionsPlugin(context)),
        new(NodeVolumeLimitsPlugin.PluginName, 0, null, static (_, context) =>
            new NodeVolumeLimitsPlugin(context.Informers)),
        new(VolumeBindingPlugin.PluginName, 0, new VolumeBindingArgs(), static (args, context) =>
            new VolumeBindingPlugin((VolumeBindingArgs)args!, context)),
        new(VolumeZonePlugin.PluginName, 0, null, static (_, context) => new VolumeZonePlugin(context.Informers)),
        new(PodTopologySpreadPlugin.PluginName, 2, new PodTopologySpreadArgs(), static (args, context) =>
            new PodTopologySpreadPlugin((PodTopologySpreadArgs)args!, context)),
        new(InterPodAffinityPlugin.PluginName, 2, new InterPodAffinityArgs(), static (args, context) =>
            new InterPodAffinityPlugin((InterPodAffinityArgs)args!, context)),

        // Before preemption: rather let go of devices that nobody uses than of a pod that does work.
        new(DynamicResourcesPlugin.PluginName, 2, new DynamicResourcesArgs(), static (args, context) =>
            new DynamicResourcesPlugin((DynamicResourcesArgs)args!, context)),
        new(DefaultPreemptionPlugin.PluginName, 0, new DefaultPreemptionArgs(), static (args, context) =>
            new DefaultPreemptionPlugin((DefaultPreemptionArgs)args!, context)),
        new(
            NodeResourcesBalancedAllocationPlugin.PluginName, 1, new NodeResourcesBalancedAllocationArgs(),
            static (args, _) => new NodeResourcesBalancedAllocationPlugin((NodeResourcesBalancedAllocationArgs)args!)),
        new(ImageLocalityPlugin.PluginName, 1, null, static (_, context) => new ImageLocalityPlugin(context.Snapshot)),
        new(DefaultBinderPlugin.PluginName, 0, null, static (_, context) => new DefaultBinderPlugin(context.Client)),
        new(NodeDeclaredFeaturesPlugin.PluginName, 0, null, static (_, _) => new NodeDeclaredFeaturesPlugin()),
    ];
}
