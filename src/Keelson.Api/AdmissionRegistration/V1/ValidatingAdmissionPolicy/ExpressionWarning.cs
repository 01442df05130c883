using Keelson.Api.Kinds;

namespace Keelson.Api.AdmissionRegistration.V1;

/// <summary>Type error found in an expression of a policy.</summary>
[ApiType("io.k8s.api.admissionregistration.v1.ExpressionWarning")]
public sealed partial record ExpressionWarning
{
    /// <summary>Path of the field that holds the expression, such as spec.validations[0].expression.</summary>
    [Field(2, Always = true, Required = true)]
    public partial string FieldRef { get; init; }

    /// <summary>Description of the error for people.</summary>
    [Field(3, Always = true, Required = true)]
    public partial string Warning { get; init; }
}
