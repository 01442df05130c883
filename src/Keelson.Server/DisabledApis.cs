using Keelson.Api.Kinds;

namespace Keelson.Server;

/// <summary>What <c>--runtime-config</c> switches off: whole group versions, or resources of them.</summary>
public sealed class DisabledApis
{
    private readonly HashSet<(string Group, string Version)> _versions;
    private readonly HashSet<(string Group, string Version, string Resource)> _resources;

    /// <summary>Switches these off.</summary>
    public DisabledApis(
        IEnumerable<(string Group, string Version)> versions, IEnumerable<(string Group, string Version, string Resource)> resources)
    {
        _versions = [.. versions];
        _resources = [.. resources];
    }

    /// <summary>Everything is served.</summary>
    public static DisabledApis None { get; } = new([], []);

    /// <summary>The kinds that are served.</summary>
    public IEnumerable<ApiKind> Served => ApiKinds.All.Where(kind => !IsDisabled(kind.Info));

    private bool IsDisabled(KindInfo kind) =>
        _versions.Contains((kind.Group, kind.Version))
            || _resources.Contains((kind.Group, kind.Version, kind.Resource));
}
