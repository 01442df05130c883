using Keelson.Api.Kinds;

namespace Keelson.Api.ApiExtensions.V1;

/// <summary>Rule in CEL.</summary>
[ApiType("io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.ValidationRule")]
public sealed partial record ValidationRule
{
    /// <summary>
    /// CEL expression that must yield true; self is the value at this place of the schema and oldSelf the value
    /// before an update.
    /// </summary>
    [Field(1, Always = true, Required = true)]
    public partial string Rule { get; init; }

    /// <summary>Text shown when the rule fails, on a single line. Required if the rule has line breaks.</summary>
    [Field(2)]
    public partial string Message { get; init; }

    /// <summary>
    /// CEL expression for the text shown when the rule fails; takes precedence over message, which serves if it
    /// errs.
    /// </summary>
    [Field(3)]
    public partial string MessageExpression { get; init; }

    /// <summary>
    /// Machine-readable reason: FieldValueInvalid, FieldValueForbidden, FieldValueRequired or FieldValueDuplicate.
    /// Defaults to FieldValueInvalid.
    /// </summary>
    [Field(4, Enum = typeof(FieldValueErrorReason))]
    public partial string? Reason { get; init; }

    /// <summary>
    /// Relative JSON path of the field the error is reported on, such as .spec.replicas; defaults to the place of
    /// the rule.
    /// </summary>
    [Field(5)]
    public partial string FieldPath { get; init; }

    /// <summary>
    /// If true, the rule is evaluated also when there is no old value, and oldSelf is a CEL optional. Only for
    /// rules that use oldSelf.
    /// </summary>
    [Field(6)]
    public partial bool? OptionalOldSelf { get; init; }
}
