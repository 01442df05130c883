using Keelson.Api.Kinds;

namespace Keelson.Api.AdmissionRegistration.V1;

/// <summary>One check on a request.</summary>
[ApiType("io.k8s.api.admissionregistration.v1.Validation")]
public sealed partial record Validation
{
    /// <summary>
    /// CEL expression that must yield true. It sees object, oldObject, request, params, namespaceObject, variables
    /// and authorizer.
    /// </summary>
    [Field(1, Always = true, Required = true)]
    public partial string Expression { get; init; }

    /// <summary>
    /// Text shown when the check fails, on a single line. Required if the expression has line breaks.
    /// </summary>
    [Field(2)]
    public partial string Message { get; init; }

    /// <summary>
    /// Status reason returned when the check fails: Unauthorized, Forbidden, Invalid or RequestEntityTooLarge.
    /// Defaults to Invalid.
    /// </summary>
    [Field(3, GoType = "v1.StatusReason")]
    public partial string? Reason { get; init; }

    /// <summary>
    /// CEL expression for the text shown when the check fails; takes precedence over message, which serves if it
    /// errs or yields nothing usable.
    /// </summary>
    [Field(4)]
    public partial string MessageExpression { get; init; }
}
