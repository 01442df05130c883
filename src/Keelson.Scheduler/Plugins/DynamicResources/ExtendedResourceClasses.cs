using System.Collections.Frozen;
using Keelson.Api.Core.V1;
using Keelson.Api.Resource.V1;
using Keelson.Client.Informers;

namespace Keelson.Scheduler.Plugins.DynamicResources;

/// <summary>Which extended resources stand for devices of a class.</summary>
internal sealed class ExtendedResourceClasses
{
    /// <summary>Before a class's name, this is a resource that needs no mention in the class.</summary>
    public const string ImplicitPrefix = "deviceclass.resource.kubernetes.io/";

    private readonly IInformer<DeviceClass> _classes;
    private volatile Mapping _mapping = new(-1, FrozenDictionary<string, DeviceClass>.Empty);
    private int _changes;

    public ExtendedResourceClasses(IInformer<DeviceClass> classes)
    {
        _classes = classes;
        classes.Subscribe((_, _) => Interlocked.Increment(ref _changes));
    }

    /// <summary>The class behind a resource; null for none. Filters of several nodes ask at once.</summary>
    public DeviceClass? ClassOf(string resource)
    {
        if (resource.StartsWith(ImplicitPrefix, StringComparison.Ordinal))
        {
            return _classes.Find("", resource[ImplicitPrefix.Length..]);
        }

        return _classes.Count > 0 && ResourceRules.IsExtended(resource)
            ? Current().GetValueOrDefault(resource)
            : null;
    }

    private FrozenDictionary<string, DeviceClass> Current()
    {
        int changes = Volatile.Read(ref _changes);
        if (_mapping.Changes != changes)
        {
            _mapping = new(changes, Map());
        }

        return _mapping.ByResource;
    }

    /// <summary>Of several classes for a resource the youngest counts, then the first by name.</summary>
    private FrozenDictionary<string, DeviceClass> Map() => _classes.List()
        .Where(static one => one.Spec.ExtendedResourceName is not null)
        .GroupBy(static one => one.Spec.ExtendedResourceName!, StringComparer.Ordinal)
        .ToFrozenDictionary(
            static same => same.Key,
            static same => same
                .OrderByDescending(static one => one.Metadata.CreationTimestamp.Instant)
                .ThenBy(static one => one.Metadata.Name, StringComparer.Ordinal)
                .First(),
            StringComparer.Ordinal);

    private sealed record Mapping(int Changes, FrozenDictionary<string, DeviceClass> ByResource);
}
