using System.Globalization;

namespace Keelson.Machinery.Validation;

/// <summary>Upstream's reasons of a field error; the names are the <c>reason</c> of a status cause.</summary>
public enum FieldErrorReason
{
    /// <summary>"Not found".</summary>
    FieldValueNotFound,

    /// <summary>"Required value".</summary>
    FieldValueRequired,

    /// <summary>"Duplicate value".</summary>
    FieldValueDuplicate,

    /// <summary>"Invalid value".</summary>
    FieldValueInvalid,

    /// <summary>"Unsupported value".</summary>
    FieldValueNotSupported,

    /// <summary>"Forbidden".</summary>
    FieldValueForbidden,

    /// <summary>"Too long".</summary>
    FieldValueTooLong,

    /// <summary>"Too many".</summary>
    FieldValueTooMany,

    /// <summary>"Internal error".</summary>
    InternalError,

    /// <summary>"Invalid value" of a wrong type.</summary>
    FieldValueTypeInvalid,
}

/// <summary>One error: the field, why, and the text after the field in upstream's words.</summary>
public sealed record FieldError(FieldErrorReason Reason, string Field, string Body)
{
    /// <summary>The whole line, <c>spec.replicas: Invalid value: -1: must be greater than or equal to 0</c>.</summary>
    public override string ToString() => $"{Field}: {Body}";
}

/// <summary>
/// Collects the errors of an object. Every validation adds here and goes on, so that a user sees all errors at once.
/// The methods render bodies as upstream's <c>field.Error</c> does.
/// </summary>
public sealed class FieldErrors
{
    private readonly List<FieldError> _errors = [];

    /// <summary>The errors so far.</summary>
    public IReadOnlyList<FieldError> All => _errors;

    /// <summary>How many errors so far.</summary>
    public int Count => _errors.Count;

    /// <summary>Adds an error made elsewhere.</summary>
    public void Add(FieldError error) => _errors.Add(error);

    /// <summary><c>Required value: detail</c></summary>
    public void Required(FieldPath? path, string detail) =>
        Add(FieldErrorReason.FieldValueRequired, path, detail.Length == 0 ? "Required value" : "Required value: " + detail);

    /// <summary><c>Invalid value: "text": detail</c></summary>
    public void Invalid(FieldPath? path, string? value, string detail) => InvalidRaw(path, Quote(value), detail);

    /// <summary><c>Invalid value: 7: detail</c></summary>
    public void Invalid(FieldPath? path, long value, string detail) =>
        InvalidRaw(path, value.ToString(CultureInfo.InvariantCulture), detail);

    /// <summary><c>Invalid value: true: detail</c></summary>
    public void Invalid(FieldPath? path, bool value, string detail) => InvalidRaw(path, value ? "true" : "false", detail);

    /// <summary>
    /// <c>Invalid value: rendered: detail</c>, for values that upstream prints in a form of their own (objects as JSON).
    /// </summary>
    public void InvalidRaw(FieldPath? path, string rendered, string detail) =>
        Add(FieldErrorReason.FieldValueInvalid, path, detail.Length == 0 ? "Invalid value: " + rendered : $"Invalid value: {rendered}: {detail}");

    /// <summary><c>Invalid value: detail</c>, where upstream leaves the value out.</summary>
    public void InvalidWithoutValue(FieldPath? path, string detail) =>
        Add(FieldErrorReason.FieldValueInvalid, path, "Invalid value: " + detail);

    /// <summary><c>Invalid value: rendered: detail</c> with the reason of a wrong type.</summary>
    public void TypeInvalidRaw(FieldPath? path, string rendered, string detail) =>
        Add(FieldErrorReason.FieldValueTypeInvalid, path, $"Invalid value: {rendered}: {detail}");

    /// <summary><c>Duplicate value: "text"</c></summary>
    public void Duplicate(FieldPath? path, string value) => DuplicateRaw(path, Quote(value));

    /// <summary><c>Duplicate value: rendered</c></summary>
    public void DuplicateRaw(FieldPath? path, string rendered) =>
        Add(FieldErrorReason.FieldValueDuplicate, path, "Duplicate value: " + rendered);

    /// <summary><c>Not found: "text"</c></summary>
    public void NotFound(FieldPath? path, string value) =>
        Add(FieldErrorReason.FieldValueNotFound, path, "Not found: " + Quote(value));

    /// <summary><c>Unsupported value: "text": supported values: "A", "B"</c>; the values are printed in the order given.</summary>
    public void NotSupported(FieldPath? path, string? value, params ReadOnlySpan<string> supported) =>
        NotSupportedRaw(path, Quote(value), supported);

    /// <summary><c>Unsupported value: rendered: supported values: "A", "B"</c>, for values that are no texts.</summary>
    public void NotSupportedRaw(FieldPath? path, string rendered, params ReadOnlySpan<string> supported)
    {
        List<string> quoted = [];
        foreach (string one in supported)
        {
            quoted.Add(Quote(one));
        }

        string tail = quoted.Count == 0 ? "" : ": supported values: " + string.Join(", ", quoted);
        Add(FieldErrorReason.FieldValueNotSupported, path, "Unsupported value: " + rendered + tail);
    }

    /// <summary><c>Forbidden: detail</c></summary>
    public void Forbidden(FieldPath? path, string detail) => Add(FieldErrorReason.FieldValueForbidden, path, "Forbidden: " + detail);

    /// <summary><c>Too long: may not be more than N bytes</c></summary>
    public void TooLong(FieldPath? path, int maxLength) =>
        Add(FieldErrorReason.FieldValueTooLong, path, $"Too long: may not be more than {maxLength} bytes");

    /// <summary><c>Too many: N: must have at most M items</c></summary>
    public void TooMany(FieldPath? path, int actual, int maximum) =>
        Add(FieldErrorReason.FieldValueTooMany, path, $"Too many: {actual}: must have at most {maximum} items");

    /// <summary><c>Internal error: detail</c></summary>
    public void Internal(FieldPath? path, string detail) => Add(FieldErrorReason.InternalError, path, "Internal error: " + detail);

    /// <summary>A text as Go's <c>%q</c> prints it.</summary>
    public static string Quote(string? value) => GoText.Quote(value ?? "");

    private void Add(FieldErrorReason reason, FieldPath? path, string body) =>
        _errors.Add(new(reason, path?.ToString() ?? "<nil>", body));
}
