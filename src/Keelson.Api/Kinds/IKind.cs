using Keelson.Api.Meta.V1;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Wire;

namespace Keelson.Api.Kinds;

/// <summary>
/// What the server has to know about a kind beyond its fields. A kind gives its own answer by declaring a public static
/// member of the same name in one of its partial files; what it leaves out is answered here.
/// </summary>
public interface IKind<T> : IObject, IWireValue<T>
    where T : class, IKind<T>
{
    /// <summary>The kind's names; generated.</summary>
    static abstract KindInfo Info { get; }

    /// <summary>The kind's shape; generated.</summary>
    static abstract TypeSchema WireSchema { get; }

    /// <summary>The bit of a field in sets of an object's own fields, 0 for one that has none; generated.</summary>
    static abstract ulong FieldBit(string name);

    /// <summary>The object with the fields of the JSON, which replace its own; generated.</summary>
    static abstract T ReadJsonOnto(ref JsonDecoder decoder, T obj);

    /// <summary>Which of the object's own fields differ from those of another object; generated.</summary>
    ulong FieldsUnlike(T other);

    /// <summary>Writes the object as JSON with some of its fields only, kind and apiVersion first; generated.</summary>
    void WriteJson(JsonBuffer json, ulong fields);

    /// <summary>Fills in what the user left out (X.Defaults.cs). Runs on every decode from a client.</summary>
    static virtual T SetDefaults(T obj) => obj;

    /// <summary>Clears and sets what users may not set on create, e.g. empties status (X.Strategy.cs).</summary>
    static virtual T PrepareForCreate(T obj, WriteContext context) => obj;

    /// <summary>Carries over from the old object what users may not change, bumps the generation (X.Strategy.cs).</summary>
    static virtual T PrepareForUpdate(T obj, T old, WriteContext context) => obj;

    /// <summary>Validates a new object; metadata is checked by the server (X.Validation.cs).</summary>
    static virtual void Validate(T obj, FieldErrors errors)
    {
    }

    /// <summary>
    /// Validates a change; metadata is checked by the server. Upstream's order of errors counts (X.Validation.cs).
    /// </summary>
    static virtual void ValidateUpdate(T obj, T old, FieldErrors errors) => T.Validate(obj, errors);

    /// <summary>
    /// Warnings for the client on create (<paramref name="old"/> null) or update, but not of a subresource.
    /// </summary>
    static virtual IEnumerable<string> Warnings(T obj, T? old) => [];

    /// <summary>The warning that every request for the kind gets because something else has replaced it; null for none.</summary>
    static virtual string? Deprecation => null;

    /// <summary>How names are checked; <paramref name="isPrefix"/> for generateName. Errors are the texts after the value.</summary>
    static virtual IEnumerable<string> NameErrors(string name, bool isPrefix) => NameRules.DnsSubdomain(name, isPrefix);

    /// <summary>Subresources that update a part of the object: status, resize, approval… (X.Strategy.cs).</summary>
    static virtual IReadOnlyList<SubresourceStrategy<T>> Subresources => [];

    /// <summary>Fields that a write to the object itself resets, so that no manager comes to own them: <c>["status"]</c>.</summary>
    static virtual IReadOnlyList<string> ResetFields => [];

    /// <summary>Field selectors beyond metadata.name and metadata.namespace.</summary>
    static virtual IReadOnlyList<SelectableField<T>> SelectableFields => [];

    /// <summary>
    /// What a client is told that selects by another field. Kinds with fields of their own and kinds without have different
    /// words upstream.
    /// </summary>
    static virtual string FieldError(string field) => T.SelectableFields.Count > 0
        ? "field label not supported: " + field
        : $"{GoText.Quote(field)} is not a known field selector: only \"metadata.name\", \"metadata.namespace\"";

    /// <summary>What kubectl get prints (X.Columns.cs).</summary>
    static virtual IReadOnlyList<TableColumn> Columns => TableColumn.Default;

    /// <summary>One row of the table; cells are string, long, bool or null.</summary>
    static virtual object?[] Cells(T obj, TableContext context) => [obj.Metadata.Name, context.CreatedAt(obj.Metadata.CreationTimestamp)];

    /// <summary>What a row tells about its object beside the cells: that it is done, so that clients may leave it out.</summary>
    static virtual TableRowCondition? RowCondition(T obj) => null;

    /// <summary>True when PUT on a missing object creates it.</summary>
    static virtual bool AllowCreateOnUpdate => false;

    /// <summary>True when PUT may leave the resourceVersion out.</summary>
    static virtual bool AllowUnconditionalUpdate => true;

    /// <summary>
    /// The grace period of a deletion in seconds, or null when the kind is deleted at once. <paramref name="requested"/> is
    /// what the client asked for.
    /// </summary>
    static virtual long? GracePeriodSeconds(T obj, long? requested) => null;

    /// <summary>
    /// What happens to dependents when the client does not say: <c>Background</c> or <c>Orphan</c>; <c>Unsupported</c> for a
    /// kind that has none, whatever the client says.
    /// </summary>
    static virtual string DefaultPropagation => "Background";

    /// <summary>What a client is warned of that deletes without saying what happens to dependents; mostly nothing.</summary>
    static virtual string? DefaultPropagationWarning => null;
}

/// <summary>A subresource that shows the object and updates a part of it.</summary>
/// <param name="Name">The path segment: <c>status</c>.</param>
/// <param name="Prepare">(new, old, context) → the old object with the part taken from the new one.</param>
/// <param name="Validate">(new, old, errors).</param>
/// <param name="ResetFields">Fields that the subresource never owns, e.g. <c>["spec"]</c>, dotted paths.</param>
public sealed record SubresourceStrategy<T>(
    string Name,
    Func<T, T, WriteContext, T> Prepare,
    Action<T, T, FieldErrors> Validate,
    IReadOnlyList<string> ResetFields)
{
    /// <summary>What clients are warned of who write to the subresource; mostly nothing.</summary>
    public Func<T, IEnumerable<string>> Warnings { get; init; } = static _ => [];

    /// <summary>The only fields that the subresource may own, dotted paths with <c>*</c> for any item; null for
    /// all but <see cref="ResetFields"/>.</summary>
    public IReadOnlyList<string>? OwnedFields { get; init; }
}

/// <summary>A field that field selectors may name.</summary>
public sealed record SelectableField<T>(string Path, Func<T, string> Value);

/// <summary>Who writes, when.</summary>
/// <param name="Now">The request's time.</param>
/// <param name="UserName">The user.</param>
public sealed record WriteContext(Keelson.Machinery.Values.Time Now, string UserName)
{
    /// <summary>The user's uid.</summary>
    public string UserUid { get; init; } = "";

    /// <summary>The user's groups.</summary>
    public IReadOnlyList<string> UserGroups { get; init; } = [];

    /// <summary>The user's extra attributes.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> UserExtra { get; init; } =
        new Dictionary<string, IReadOnlyList<string>>();
}
