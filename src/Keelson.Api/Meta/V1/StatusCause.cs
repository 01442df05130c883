using Keelson.Api.Kinds;

namespace Keelson.Api.Meta.V1;

/// <summary>A single error within a failure.</summary>
[ApiType("io.k8s.apimachinery.pkg.apis.meta.v1.StatusCause")]
public sealed partial record StatusCause
{
    /// <summary>Kind of the error, such as FieldValueInvalid or FieldValueRequired.</summary>
    [Field(1, GoType = "v1.CauseType")]
    public partial string Reason { get; init; }

    /// <summary>Readable description of the error.</summary>
    [Field(2)]
    public partial string Message { get; init; }

    /// <summary>Path of the field that is wrong, such as spec.containers[0].name.</summary>
    [Field(3)]
    public partial string Field { get; init; }
}
