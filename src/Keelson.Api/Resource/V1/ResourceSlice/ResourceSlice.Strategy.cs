using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Resource.V1;

public sealed partial record ResourceSlice
{
    /// <inheritdoc/>
    public static string FieldError(string field) =>
        "field label not supported for resource.k8s.io/v1, Kind=ResourceSlice: " + field;

    /// <inheritdoc/>
    public static IReadOnlyList<SelectableField<ResourceSlice>> SelectableFields { get; } =
    [
        new("spec.nodeName", static one => one.Spec.NodeName ?? ""),
        new("spec.driver", static one => one.Spec.Driver),
    ];

    /// <inheritdoc/>
    public static ResourceSlice PrepareForCreate(ResourceSlice obj, WriteContext context) => obj with
    {
        Metadata = ObjectMetaStrategy.Created(obj.Metadata),
        Spec = Prepare(obj.Spec, null, context.Now),
    };

    /// <inheritdoc/>
    public static ResourceSlice PrepareForUpdate(ResourceSlice obj, ResourceSlice old, WriteContext context)
    {
        ResourceSliceSpec spec = Prepare(obj.Spec, old.Spec, context.Now);
        return obj with { Metadata = ObjectMetaStrategy.Updated(obj.Metadata, old.Metadata, spec != old.Spec), Spec = spec };
    }

    /// <inheritdoc/>
    public static IEnumerable<string> Warnings(ResourceSlice obj, ResourceSlice? old)
    {
        string driver = obj.Spec.Driver;
        if (driver.Any(char.IsUpper))
        {
            yield return $"spec.driver: driver names should be lowercase; {GoText.Quote(driver)} contains uppercase characters";
        }
    }

    /// <summary>Stamps new taints and drops what upstream has behind gates that are off by default, unless it is in use.</summary>
    private static ResourceSliceSpec Prepare(ResourceSliceSpec spec, ResourceSliceSpec? old, Time now)
    {
        bool lists = old?.Devices.Any(static device => device.Attributes.Any(static one => HasList(one.Value))) ?? false;
        bool mappings = old?.Devices.Any(static device => device.NodeAllocatableResourceMappings.Count > 0) ?? false;
        ApiList<Device> devices = spec.Devices.Map(device => device with
        {
            Taints = device.Taints.Map(taint => taint.TimeAdded is null ? taint with { TimeAdded = now } : taint),
            Attributes = lists || !device.Attributes.Any(static one => HasList(one.Value))
                ? device.Attributes
                : ApiMap<DeviceAttribute>.From(device.Attributes.Select(static one => KeyValuePair.Create(one.Key, WithoutLists(one.Value)))),
            NodeAllocatableResourceMappings = mappings ? device.NodeAllocatableResourceMappings : default,
        });
        return spec with { Devices = devices };
    }

    private static bool HasList(DeviceAttribute one) =>
        !one.Ints.IsAbsent || !one.Bools.IsAbsent || !one.Strings.IsAbsent || !one.Versions.IsAbsent;

    private static DeviceAttribute WithoutLists(DeviceAttribute one) =>
        one with { Ints = default, Bools = default, Strings = default, Versions = default };
}
