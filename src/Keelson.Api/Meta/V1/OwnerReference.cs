using Keelson.Api.Kinds;

namespace Keelson.Api.Meta.V1;

/// <summary>
/// Points to an object that owns the present one. It has to be in the same namespace or not namespaced.
/// </summary>
[ApiType("io.k8s.apimachinery.pkg.apis.meta.v1.OwnerReference", Atomic = true)]
public sealed partial record OwnerReference
{
    /// <summary>Group and version of the owner.</summary>
    [Field(5, Always = true, Required = true)]
    public partial string ApiVersion { get; init; }

    /// <summary>Kind of the owner.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string Kind { get; init; }

    /// <summary>Name of the owner.</summary>
    [Field(3, Always = true, Required = true)]
    public partial string Name { get; init; }

    /// <summary>UID of the owner.</summary>
    [Field(4, Always = true, Required = true, GoType = "types.UID")]
    public partial string Uid { get; init; }

    /// <summary>Whether this owner is the managing controller. At most one reference may have true.</summary>
    [Field(6)]
    public partial bool? Controller { get; init; }

    /// <summary>
    /// If true and the owner is deleted in the foreground, it does not disappear before this object. Setting it
    /// requires permission to update the finalizers of the owner. Defaults to false.
    /// </summary>
    [Field(7)]
    public partial bool? BlockOwnerDeletion { get; init; }
}
