using Keelson.Api.Kinds;

namespace Keelson.Server.Discovery;

/// <summary>
/// The picture of what is offered: the built-in groups, and those that come and go at run time (custom resources,
/// aggregated servers). Readers take <see cref="Current"/> once and work on it.
/// </summary>
/// <param name="kinds">The built-in kinds that are served; null for all but those of metrics.k8s.io.</param>
internal sealed class DiscoveryRegistry(IEnumerable<ApiKind>? kinds = null)
{
    private readonly Lock _lock = new();
    private readonly Lazy<IReadOnlyList<DiscoveryGroup>> _builtIn = new(
        () => BuiltInGroups.Read(
            kinds ?? ApiKinds.All.Where(static one => one.Info.Group != ResourceMetrics.MeasuredObjects.Group)));
    private readonly Dictionary<string, IReadOnlyList<DiscoveryGroup>> _sources = new(StringComparer.Ordinal);
    private volatile DiscoverySnapshot? _current;

    /// <summary>Raised after the picture was replaced.</summary>
    public event Action? Changed;

    /// <summary>The picture of now.</summary>
    public DiscoverySnapshot Current
    {
        get
        {
            if (_current is { } current)
            {
                return current;
            }

            lock (_lock)
            {
                return _current ??= new DiscoverySnapshot(Merge());
            }
        }
    }

    /// <summary>
    /// Replaces what one source offers ("customresources", "aggregation"). Versions that it adds to a group which
    /// exists already are put behind the group's own.
    /// </summary>
    public void Replace(string source, IReadOnlyList<DiscoveryGroup> groups)
    {
        lock (_lock)
        {
            _sources[source] = groups;
            _current = null;
        }

        Changed?.Invoke();
    }

    private IEnumerable<DiscoveryGroup> Merge() => _builtIn.Value
        .Concat(_sources.OrderBy(one => one.Key, StringComparer.Ordinal).SelectMany(one => one.Value))
        .GroupBy(one => one.Name)
        .Select(same => same.Aggregate((first, next) => first with
        {
            Versions =
            [
                .. first.Versions,
                .. next.Versions.Where(one => first.Versions.All(own => own.Version != one.Version)),
            ],
        }));
}
