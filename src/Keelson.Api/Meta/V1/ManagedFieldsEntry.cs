using Keelson.Api.Kinds;
using Keelson.Machinery.Values;

namespace Keelson.Api.Meta.V1;

/// <summary>The fields that one manager has set.</summary>
[ApiType("io.k8s.apimachinery.pkg.apis.meta.v1.ManagedFieldsEntry")]
public sealed partial record ManagedFieldsEntry
{
    /// <summary>Name of the manager.</summary>
    [Field(1)]
    public partial string Manager { get; init; }

    /// <summary>How they were set: Apply or Update.</summary>
    [Field(2, GoType = "v1.ManagedFieldsOperationType")]
    public partial string Operation { get; init; }

    /// <summary>Version of the object in which the field names are written.</summary>
    [Field(3)]
    public partial string ApiVersion { get; init; }

    /// <summary>
    /// When the entry was last changed by adding or altering fields; removing some does not count.
    /// </summary>
    [Field(4)]
    public partial Time? Time { get; init; }

    /// <summary>Format of the field set. Only FieldsV1 exists.</summary>
    [Field(6)]
    public partial string FieldsType { get; init; }

    /// <summary>The fields, in the FieldsV1 format.</summary>
    [Field(7)]
    public partial RawJson FieldsV1 { get; init; }

    /// <summary>Subresource through which they were set; empty for the main resource.</summary>
    [Field(8)]
    public partial string Subresource { get; init; }
}
