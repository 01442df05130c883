using Keelson.Api.Core.V1;
using Keelson.Api.Resource.V1;
using Keelson.Client.Nodes;
using Keelson.Machinery.Cel;

namespace Keelson.Scheduler.Plugins.DynamicResources;

/// <summary>Which device is meant; unique in the cluster.</summary>
/// <param name="Driver">Its driver.</param>
/// <param name="Pool">Its pool.</param>
/// <param name="Name">Its name in the pool.</param>
internal readonly record struct DeviceId(string Driver, string Pool, string Name)
{
    /// <summary>As upstream's messages have it.</summary>
    public override string ToString() => $"{Driver}/{Pool}/{Name}";
}

/// <summary>A device with the slice that shows it. What selectors see of it is made once.</summary>
internal sealed class PooledDevice
{
    private (IReadOnlyDictionary<string, CelValue>? Variables, string? Problem) _selected;

    public PooledDevice(ResourceSlice slice, Device device)
    {
        Slice = slice;
        Device = device;
        Id = new(slice.Spec.Driver, slice.Spec.Pool.Name, device.Name);
    }

    public DeviceId Id { get; }

    public Device Device { get; }

    public ResourceSlice Slice { get; }

    /// <summary>True when many may have a share of it.</summary>
    public bool IsShared => Device.AllowMultipleAllocations == true;

    /// <summary>True when it can be used on a node.</summary>
    public bool IsOn(Node node)
    {
        ResourceSliceSpec spec = Slice.Spec;
        return spec.PerDeviceNodeSelection == true
            ? IsOn(node, Device.NodeName, Device.AllNodes, Device.NodeSelector)
            : IsOn(node, spec.NodeName, spec.AllNodes, spec.NodeSelector);
    }

    /// <summary>
    /// Where it is: on a node of this name, or on those that a selector finds; both null for anywhere.
    /// </summary>
    public (string? NodeName, NodeSelector? Selector) Place() => Slice.Spec.PerDeviceNodeSelection == true
        ? (Device.NodeName, Device.NodeSelector)
        : (Slice.Spec.NodeName, Slice.Spec.NodeSelector);

    /// <summary>The variables that selectors see; null with a problem when its attributes can't be read.</summary>
    public IReadOnlyDictionary<string, CelValue>? Variables(out string? problem)
    {
        if (_selected.Variables is null && _selected.Problem is null)
        {
            IReadOnlyDictionary<string, CelValue>? made = DeviceVariables.Of(Device, Id.Driver, out string? error);
            _selected = (made, error);
        }

        problem = _selected.Problem;
        return _selected.Variables;
    }

    /// <summary>An attribute by its full name; those of the driver's own domain may be listed without it.</summary>
    public DeviceAttribute? Attribute(string fullName)
    {
        if (Device.Attributes.TryGetValue(fullName, out DeviceAttribute? attribute))
        {
            return attribute;
        }

        int slash = fullName.IndexOf('/', StringComparison.Ordinal);
        return slash >= 0 && fullName.AsSpan(0, slash).SequenceEqual(Id.Driver)
            ? Device.Attributes.GetValueOrDefault(fullName[(slash + 1)..])
            : null;
    }

    private static bool IsOn(Node node, string? name, bool? all, NodeSelector? selector) =>
        name is { Length: > 0 } ? node.Metadata.Name == name
        : all == true || (selector is not null && NodeMatching.MeetsAny(selector.NodeSelectorTerms, node));
}
