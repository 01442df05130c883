using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.Networking.V1;

public sealed partial record IngressClass
{
    /// <inheritdoc/>
    public static IngressClass PrepareForCreate(IngressClass obj, WriteContext context) =>
        obj with { Metadata = ObjectMetaStrategy.Created(obj.Metadata) };

    /// <inheritdoc/>
    public static IngressClass PrepareForUpdate(IngressClass obj, IngressClass old, WriteContext context) =>
        obj with { Metadata = ObjectMetaStrategy.Updated(obj.Metadata, old.Metadata, obj.Spec != old.Spec) };
}
