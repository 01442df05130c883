using Keelson.Scheduler.Config;
using Keelson.Scheduler.Framework;
using Keelson.Scheduler.Plugins.TaintToleration;

namespace Keelson.Scheduler.Plugins;

/// <summary>A plugin that profiles can name.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Weight">The weight of its scores in the default profile; 0 for a plugin that is not scored.</param>
/// <param name="DefaultArgs">Its arguments when a profile gives none; null for a plugin without.</param>
/// <param name="Create">Makes it for a profile.</param>
internal sealed record PluginEntry(
    string Name, int Weight, PluginArgs? DefaultArgs, Func<PluginArgs?, PluginContext, IPlugin> Create);

/// <summary>
/// All plugins, in the order and with the weights of upstream's default profile (<c>multiPoint</c>). A new one is a folder and a
/// line here.
/// </summary>
internal static class PluginRegistry
{
    /// <summary>The plugins.</summary>
    public static IReadOnlyList<PluginEntry> All { get; } =
    [
        new(TaintTolerationPlugin.PluginName, 3, null, static (_, _) => new TaintTolerationPlugin()),
    ];
}
