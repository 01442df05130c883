using System.Diagnostics.CodeAnalysis;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Wire;

namespace Keelson.Api.Kinds;

/// <summary>
/// A kind as the server handles it: everything <see cref="IKind{T}"/> says, without the type parameter. Compiled kinds come
/// from <see cref="ApiKinds"/>; a custom resource brings its own implementation.
/// </summary>
public abstract class ApiKind(KindInfo info, TypeSchema schema)
{
    /// <summary>The kind's names.</summary>
    public KindInfo Info { get; } = info;

    /// <summary>The kind's shape.</summary>
    public TypeSchema Schema { get; } = schema;

    /// <summary>The kind that objects are stored as; mostly this one.</summary>
    public virtual ApiKind Stored => this;

    /// <summary>Reads the JSON of an object, kind and apiVersion included.</summary>
    public abstract IObject DecodeJson(ReadOnlySpan<byte> utf8, DecodeReport? report = null);

    /// <summary>
    /// The bit of a field in sets of an object's own fields (<c>metadata</c>, <c>spec</c>…); 0 for one that has none.
    /// </summary>
    public abstract ulong FieldBit(string name);

    /// <summary>Which of an object's own fields differ from those of another object of the kind.</summary>
    public abstract ulong FieldsUnlike(IObject obj, IObject other);

    /// <summary>Writes an object as JSON with some of its own fields only, kind and apiVersion first.</summary>
    public abstract void WriteJson(IObject obj, JsonBuffer json, ulong fields);

    /// <summary>The object with the fields of the JSON, which replace its own as a whole.</summary>
    public abstract IObject DecodeJsonOnto(IObject obj, ReadOnlySpan<byte> utf8, DecodeReport? report = null);

    /// <summary>Reads the object's own protobuf message.</summary>
    public abstract IObject DecodeProto(ReadOnlySpan<byte> message);

    /// <inheritdoc cref="IKind{T}.SetDefaults"/>
    public abstract IObject SetDefaults(IObject obj);

    /// <inheritdoc cref="IKind{T}.PrepareForCreate"/>
    public abstract IObject PrepareForCreate(IObject obj, WriteContext context);

    /// <inheritdoc cref="IKind{T}.PrepareForUpdate"/>
    public abstract IObject PrepareForUpdate(IObject obj, IObject old, WriteContext context);

    /// <inheritdoc cref="IKind{T}.Validate"/>
    public abstract void Validate(IObject obj, FieldErrors errors);

    /// <inheritdoc cref="IKind{T}.ValidateUpdate"/>
    public abstract void ValidateUpdate(IObject obj, IObject old, FieldErrors errors);

    /// <inheritdoc cref="IKind{T}.Warnings"/>
    public abstract IEnumerable<string> Warnings(IObject obj, IObject? old);

    /// <inheritdoc cref="IKind{T}.Deprecation"/>
    public virtual string? Deprecation => null;

    /// <inheritdoc cref="IKind{T}.NameErrors"/>
    public abstract IEnumerable<string> NameErrors(string name, bool isPrefix);

    /// <summary>The strategies of the subresources that update a part of the object.</summary>
    public abstract IReadOnlyList<ApiSubresource> Subresources { get; }

    /// <inheritdoc cref="IKind{T}.ResetFields"/>
    public abstract IReadOnlyList<string> ResetFields { get; }

    /// <summary>The names of the fields that selectors may use, metadata.name and metadata.namespace not included.</summary>
    public abstract IReadOnlyList<string> SelectableFields { get; }

    /// <summary>What a client is told that selects by a field that is not selectable.</summary>
    public virtual string FieldError(string field) => "field label not supported: " + field;

    /// <summary>The values of <see cref="SelectableFields"/> in the same order.</summary>
    public abstract string[] FieldValues(IObject obj);

    /// <inheritdoc cref="IKind{T}.Columns"/>
    public abstract IReadOnlyList<TableColumn> Columns { get; }

    /// <inheritdoc cref="IKind{T}.Cells"/>
    public abstract object?[] Cells(IObject obj, TableContext context);

    /// <inheritdoc cref="IKind{T}.RowCondition"/>
    public abstract TableRowCondition? RowCondition(IObject obj);

    /// <inheritdoc cref="IKind{T}.AllowCreateOnUpdate"/>
    public abstract bool AllowCreateOnUpdate { get; }

    /// <inheritdoc cref="IKind{T}.AllowUnconditionalUpdate"/>
    public abstract bool AllowUnconditionalUpdate { get; }

    /// <inheritdoc cref="IKind{T}.GracePeriodSeconds"/>
    public abstract long? GracePeriodSeconds(IObject obj, long? requested);

    /// <inheritdoc cref="IKind{T}.DefaultPropagation"/>
    public abstract string DefaultPropagation { get; }

    /// <inheritdoc cref="IKind{T}.DefaultPropagationWarning"/>
    public virtual string? DefaultPropagationWarning => null;

    /// <summary>Converts to <see cref="Stored"/>'s kind.</summary>
    public virtual IObject ToStored(IObject obj) => obj;

    /// <summary>Converts from <see cref="Stored"/>'s kind.</summary>
    public virtual IObject FromStored(IObject stored) => stored;
}

/// <summary><see cref="SubresourceStrategy{T}"/> without the type parameter.</summary>
public sealed record ApiSubresource(
    string Name,
    Func<IObject, IObject, WriteContext, IObject> Prepare,
    Action<IObject, IObject, FieldErrors> Validate,
    Func<IObject, IEnumerable<string>> Warnings,
    IReadOnlyList<string> ResetFields)
{
    /// <inheritdoc cref="SubresourceStrategy{T}.OwnedFields"/>
    public IReadOnlyList<string>? OwnedFields { get; init; }
}

/// <summary>The compiled kinds' <see cref="ApiKind"/>.</summary>
internal class ApiKind<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.None)] T>() : ApiKind(T.Info, T.WireSchema)
    where T : class, IKind<T>
{
    private readonly IReadOnlyList<ApiSubresource> _subresources =
    [
        .. T.Subresources.Select(one => new ApiSubresource(
            one.Name,
            (obj, old, context) => one.Prepare((T)obj, (T)old, context),
            (obj, old, errors) => one.Validate((T)obj, (T)old, errors),
            obj => one.Warnings((T)obj),
            one.ResetFields)
        {
            OwnedFields = one.OwnedFields,
        }),
    ];

    private readonly SelectableField<T>[] _fields = [.. T.SelectableFields];

    public override IReadOnlyList<ApiSubresource> Subresources => _subresources;

    public override IReadOnlyList<string> ResetFields => T.ResetFields;

    public override string FieldError(string field) => T.FieldError(field);

    public override IReadOnlyList<string> SelectableFields => field ??= [.. _fields.Select(one => one.Path)];

    public override IReadOnlyList<TableColumn> Columns => T.Columns;

    public override bool AllowCreateOnUpdate => T.AllowCreateOnUpdate;

    public override bool AllowUnconditionalUpdate => T.AllowUnconditionalUpdate;

    public override string DefaultPropagation => T.DefaultPropagation;

    public override string? DefaultPropagationWarning => T.DefaultPropagationWarning;

    public override IObject DecodeJson(ReadOnlySpan<byte> utf8, DecodeReport? report = null)
    {
        JsonDecoder decoder = new(utf8, report);
        T obj = T.ReadJson(ref decoder);
        decoder.End();
        return obj;
    }

    public override ulong FieldBit(string name) => T.FieldBit(name);

    public override ulong FieldsUnlike(IObject obj, IObject other) => ((T)obj).FieldsUnlike((T)other);

    public override void WriteJson(IObject obj, JsonBuffer json, ulong fields) => ((T)obj).WriteJson(json, fields);

    public override IObject DecodeJsonOnto(IObject obj, ReadOnlySpan<byte> utf8, DecodeReport? report = null)
    {
        JsonDecoder decoder = new(utf8, report);
        T changed = T.ReadJsonOnto(ref decoder, (T)obj);
        decoder.End();
        return changed;
    }

    public override IObject DecodeProto(ReadOnlySpan<byte> message)
    {
        ProtoReader reader = new(message);
        return T.ReadProto(ref reader);
    }

    public override IObject SetDefaults(IObject obj) => T.SetDefaults((T)obj);

    public override IObject PrepareForCreate(IObject obj, WriteContext context) => T.PrepareForCreate((T)obj, context);

    public override IObject PrepareForUpdate(IObject obj, IObject old, WriteContext context) =>
        T.PrepareForUpdate((T)obj, (T)old, context);

    public override void Validate(IObject obj, FieldErrors errors) => T.Validate((T)obj, errors);

    public override void ValidateUpdate(IObject obj, IObject old, FieldErrors errors) => T.ValidateUpdate((T)obj, (T)old, errors);

    public override IEnumerable<string> Warnings(IObject obj, IObject? old) => T.Warnings((T)obj, (T?)old);

    public override string? Deprecation => T.Deprecation;

    public override IEnumerable<string> NameErrors(string name, bool isPrefix) => T.NameErrors(name, isPrefix);

    public override string[] FieldValues(IObject obj) => Array.ConvertAll(_fields, one => one.Value((T)obj));

    public override object?[] Cells(IObject obj, TableContext context) => T.Cells((T)obj, context);

    public override TableRowCondition? RowCondition(IObject obj) => T.RowCondition((T)obj);

    public override long? GracePeriodSeconds(IObject obj, long? requested) => T.GracePeriodSeconds((T)obj, requested);
}

/// <summary>A kind that is another version of the one its objects are stored as.</summary>
internal sealed class ConvertedApiKind<T, TStored>(ApiKind stored) : ApiKind<T>
    where T : class, IKind<T>, IConvertedKind<T, TStored>
    where TStored : class, IKind<TStored>
{
    public override ApiKind Stored => stored;

    public override IObject ToStored(IObject obj) => T.ToStored((T)obj);

    public override IObject FromStored(IObject obj) => T.FromStored((TStored)obj);
}

/// <summary>Conversion between a version and the one it is stored as; nothing may be lost on the way there and back.</summary>
public interface IConvertedKind<T, TStored>
{
    /// <summary>To the stored version.</summary>
    static abstract TStored ToStored(T obj);

    /// <summary>From the stored version.</summary>
    static abstract T FromStored(TStored stored);
}
