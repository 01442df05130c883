using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>
/// Points to any object, or a part of it. Other types of references are preferred in new interfaces.
/// </summary>
[ApiType("io.k8s.api.core.v1.ObjectReference", Atomic = true)]
public sealed partial record ObjectReference
{
    /// <summary>Kind of the object.</summary>
    [Field(1)]
    public partial string Kind { get; init; }

    /// <summary>Namespace of the object.</summary>
    [Field(2)]
    public partial string Namespace { get; init; }

    /// <summary>Name of the object.</summary>
    [Field(3)]
    public partial string Name { get; init; }

    /// <summary>UID of the object.</summary>
    [Field(4, GoType = "types.UID")]
    public partial string Uid { get; init; }

    /// <summary>Group and version of the object.</summary>
    [Field(5)]
    public partial string ApiVersion { get; init; }

    /// <summary>Particular version of the object that is meant, if any.</summary>
    [Field(6)]
    public partial string ResourceVersion { get; init; }

    /// <summary>Path to a part of the object, such as spec.containers{name} in events about a container.</summary>
    [Field(7)]
    public partial string FieldPath { get; init; }
}
