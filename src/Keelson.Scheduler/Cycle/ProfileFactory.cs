using Keelson.Scheduler.Config;
using Keelson.Scheduler.Framework;
using Keelson.Scheduler.Plugins;

namespace Keelson.Scheduler.Cycle;

/// <summary>
/// Makes a profile's plugins. What is enabled everywhere (<c>multiPoint</c>, by default all of the registry) takes part
/// in each extension point that the plugin has; what is enabled or disabled at a single one counts for more there.
/// </summary>
internal static class ProfileFactory
{
    private static readonly PluginSet Nothing = new([], []);

    /// <summary>A profile.</summary>
    /// <param name="config">Its settings, valid.</param>
    /// <param name="context">What its plugins work with.</param>
    public static Profile Create(SchedulerProfile config, PluginContext context)
    {
        IReadOnlyList<PluginChoice> everywhere = Everywhere(SetOf(config, ExtensionPoints.MultiPoint));
        Dictionary<string, IPlugin> plugins = new(StringComparer.Ordinal);
        IEnumerable<string> needed = everywhere.Select(static one => one.Name)
            .Concat(
                ExtensionPoints.Names.SelectMany(point => SetOf(config, point).Enabled.Select(static one => one.Name)));
        foreach (string name in needed)
        {
            if (!plugins.ContainsKey(name))
            {
                PluginEntry entry = PluginRegistry.All.First(one => one.Name == name);
                plugins.Add(
                    name, entry.Create(config.PluginConfig.GetValueOrDefault(name) ?? entry.DefaultArgs, context));
            }
        }

        List<(IPlugin Plugin, int Weight)> At(string point) =>
            [.. Resolve(everywhere, SetOf(config, point), name => ExtensionPoints.TakesPart(plugins[name], point))
                .Select(one => (plugins[one.Name], one.Weight))];
        T[] Of<T>(string point)
            where T : IPlugin => [.. At(point).Select(static one => one.Plugin).Cast<T>()];

        ProfilePlugins resolved = new()
        {
            PreEnqueue = Of<IPreEnqueuePlugin>("preEnqueue"),
            QueueSort = Of<IQueueSortPlugin>("queueSort")[0],
            PreFilter = Of<IPreFilterPlugin>("preFilter"),
            Filter = Of<IFilterPlugin>("filter"),
            PostFilter = Of<IPostFilterPlugin>("postFilter"),
            PreScore = Of<IPreScorePlugin>("preScore"),
            Score = [.. At("score").Select(static one => ((IScorePlugin)one.Plugin, Math.Max(1, one.Weight)))],
            Reserve = Of<IReservePlugin>("reserve"),
            Permit = Of<IPermitPlugin>("permit"),
            PreBind = Of<IPreBindPlugin>("preBind"),
            Bind = Of<IBindPlugin>("bind"),
            PostBind = Of<IPostBindPlugin>("postBind"),
            All = [.. plugins.Values],
        };
        Profile profile = new(config.SchedulerName, config.PercentageOfNodesToScore, resolved, context.Nominations);
        context.Filters = profile;
        foreach (ISnapshotObserver observer in plugins.Values.OfType<ISnapshotObserver>())
        {
            context.Snapshot.Observe(observer);
        }

        return profile;
    }

    /// <summary>
    /// The plugins of an extension point: those given there that are enabled everywhere too, in the order given; the
    /// rest of those enabled everywhere; the rest of those given there.
    /// </summary>
    internal static IReadOnlyList<PluginChoice> Resolve(
        IReadOnlyList<PluginChoice> everywhere, PluginSet here, Func<string, bool> takesPart)
    {
        HashSet<string> all = [.. everywhere.Select(static one => one.Name)];
        HashSet<string> own = [.. here.Enabled.Select(static one => one.Name)];
        bool noDefaults = here.Disabled.Contains("*");
        return
        [
            .. here.Enabled.Where(one => all.Contains(one.Name)),
            .. everywhere.Where(
                one =>
                    !noDefaults && !own.Contains(one.Name) && !here.Disabled.Contains(one.Name) && takesPart(one.Name)),
            .. here.Enabled.Where(one => !all.Contains(one.Name)),
        ];
    }

    /// <summary>
    /// The default plugins with a profile's changes: replaced in place where it names them again, others behind them.
    /// </summary>
    internal static IReadOnlyList<PluginChoice> Everywhere(PluginSet changes)
    {
        Dictionary<string, PluginChoice> given =
            changes.Enabled.ToDictionary(static one => one.Name, StringComparer.Ordinal);
        List<PluginChoice> result = [];
        if (!changes.Disabled.Contains("*"))
        {
            foreach (PluginEntry entry in PluginRegistry.All)
            {
                if (changes.Disabled.Contains(entry.Name))
                {
                    continue;
                }

                result.Add(given.Remove(entry.Name, out PluginChoice? own) ? own : new(entry.Name, entry.Weight));
            }
        }

        result.AddRange(changes.Enabled.Where(one => given.ContainsKey(one.Name)));
        return result;
    }

    private static PluginSet SetOf(SchedulerProfile config, string point) =>
        config.Plugins.GetValueOrDefault(point) ?? Nothing;
}
