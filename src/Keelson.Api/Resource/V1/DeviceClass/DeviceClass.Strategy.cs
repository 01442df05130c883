using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.Resource.V1;

public sealed partial record DeviceClass
{
    /// <inheritdoc/>
    public static DeviceClass PrepareForCreate(DeviceClass obj, WriteContext context) =>
        obj with { Metadata = ObjectMetaStrategy.Created(obj.Metadata) };

    /// <inheritdoc/>
    public static DeviceClass PrepareForUpdate(DeviceClass obj, DeviceClass old, WriteContext context) =>
        obj with { Metadata = ObjectMetaStrategy.Updated(obj.Metadata, old.Metadata, obj.Spec != old.Spec) };
}
