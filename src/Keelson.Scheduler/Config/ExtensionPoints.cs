using Keelson.Scheduler.Framework;

namespace Keelson.Scheduler.Config;

/// <summary>The extension points as configuration files name them, and which plugins take part in each.</summary>
internal static class ExtensionPoints
{
    /// <summary>Stands for all extension points that a plugin takes part in.</summary>
    public const string MultiPoint = "multiPoint";

    /// <summary>The extension points.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "preEnqueue", "queueSort", "preFilter", "filter", "postFilter", "preScore", "score", "reserve", "permit",
        "preBind", "bind", "postBind",
    ];

    /// <summary>True when a plugin takes part in an extension point.</summary>
    public static bool TakesPart(IPlugin plugin, string point) => point switch
    {
        "preEnqueue" => plugin is IPreEnqueuePlugin,
        "queueSort" => plugin is IQueueSortPlugin,
        "preFilter" => plugin is IPreFilterPlugin,
        "filter" => plugin is IFilterPlugin,
        "postFilter" => plugin is IPostFilterPlugin,
        "preScore" => plugin is IPreScorePlugin,
        "score" => plugin is IScorePlugin,
        "reserve" => plugin is IReservePlugin,
        "permit" => plugin is IPermitPlugin,
        "preBind" => plugin is IPreBindPlugin,
        "bind" => plugin is IBindPlugin,
        "postBind" => plugin is IPostBindPlugin,
        _ => false,
    };
}
