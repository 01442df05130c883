using System.Buffers;
using System.Globalization;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client.Wire;
using Keelson.Machinery.Values;
using Keelson.Machinery.Wire;

namespace Keelson.Server.Storage;

/// <summary>
/// One version of an object as the server keeps it: the JSON that was written, shared with the store, and what
/// selectors need, read off it when first asked for. Answers are made by copying the JSON with the resource version
/// spliced in.
/// </summary>
public sealed partial class StoredObject
{
    private readonly ApiKind _kind;
    private string[]? _fields;
    private ApiMap<string> _labels;
    private int _splice = -1;
    private int _metadataStart;
    private int _metadataEnd = -1;
    private int _protoLength = -1;
    private bool _labelsRead;
    private bool _isAbridged;
    private IObject? _record;

    // Null: nothing is kept, as the object is none of the cache's. Replaced as a whole, so that the budget is charged
    // once.
    private ObjectForms? _forms;

    /// <summary>A version read back from the store.</summary>
    internal StoredObject(ApiKind kind, string key, byte[] json, long revision)
    {
        _kind = kind;
        Key = key;
        Json = json;
        Revision = revision;
    }

    /// <summary>A version that this process just wrote, whose record is at hand.</summary>
    internal StoredObject(ApiKind kind, string key, byte[] json, long revision, IObject record, RecordKeeping keep)
        : this(kind, key, json, revision)
    {
        _isAbridged = keep == RecordKeeping.Abridged;
        _record = keep switch
        {
            RecordKeeping.Whole => WithRevision(record),
            RecordKeeping.Abridged => WithRevision(record, withManagedFields: false),
            _ => null,
        };

        _labels = record.Metadata.Labels;
        _labelsRead = true;
        if (kind.SelectableFields.Count > 0)
        {
            _fields = kind.FieldValues(record);
        }
    }

    /// <summary>The store's key.</summary>
    public string Key { get; }

    /// <summary>The revision that wrote this version: the object's resource version.</summary>
    public long Revision { get; }

    /// <summary>The object with kind and apiVersion, without a resource version.</summary>
    public byte[] Json { get; }

    /// <summary>The labels.</summary>
    public ApiMap<string> Labels
    {
        get
        {
            if (!_labelsRead)
            {
                _labels = StoredJson.ReadLabels(Json);
                Volatile.Write(ref _labelsRead, true);
            }

            return _labels;
        }
    }

    /// <summary>The values of the kind's selectable fields.</summary>
    public IReadOnlyList<string> FieldValues => _fields ??= _kind.FieldValues(Abridged);

    /// <summary>The namespace; empty for objects of the cluster.</summary>
    public string Namespace => NamespaceSpan.ToString();

    /// <summary>The name.</summary>
    public string Name => NameSpan.ToString();

    internal ReadOnlySpan<char> NameSpan => Key.AsSpan(Key.LastIndexOf('/') + 1);

    internal ReadOnlySpan<char> NamespaceSpan
    {
        get
        {
            if (!_kind.Info.Namespaced)
            {
                return default;
            }

            ReadOnlySpan<char> parent = Key.AsSpan(0, Key.LastIndexOf('/'));
            return parent[(parent.LastIndexOf('/') + 1)..];
        }
    }

    /// <summary>The record, decoded anew unless somebody kept it.</summary>
    public IObject Record
    {
        get
        {
            IObject? record = Volatile.Read(ref _record);
            return record is null ? WithRevision(WithManagedFields(DecodeAbridged()))
                : _isAbridged ? WithManagedFields(record)
                : record;
        }
    }

    /// <summary>
    /// The record without managed fields, kept from now on: for those in this process who read it over and over, and
    /// don't write it back.
    /// </summary>
    public IObject KeptRecord => Volatile.Read(ref _record) ?? KeepRecord();

    /// <summary>
    /// The metadata, maybe without managed fields: a fraction of the work of decoding the object. For those who only
    /// ask whose it is.
    /// </summary>
    internal ObjectMeta Metadata => Volatile.Read(ref _record) is { } record
        ? record.Metadata
        : DecodeMetadata(withManagedFields: false);

    /// <summary>The record, maybe without managed fields and resource version: half the work of decoding it.</summary>
    internal IObject Abridged => Volatile.Read(ref _record) ?? DecodeAbridged();

    /// <summary>The same object at another revision: a deletion shows the last version with the revision that deleted
    /// it.</summary>
    public StoredObject At(long revision)
    {
        StoredObject at = new(_kind, Key, Json, revision);
        if (Volatile.Read(ref _forms) is { } forms)
        {
            at.MayKeepForms(forms.Budget);
        }

        return at;
    }

    /// <summary>The object in upstream's protobuf envelope.</summary>
    public byte[] ToProto() => Forms?.Proto is { } message
        ? ProtoEnvelope.Write(_kind.Info.ApiVersion, _kind.Info.Kind, proto => proto.Raw(message))
        : ProtoEnvelope.Write(Record);

    /// <summary>The length of the object's own protobuf message.</summary>
    internal int ProtoLength(ProtoBuffer scratch) => _protoLength >= 0 ? _protoLength : Proto(scratch).Length;

    /// <summary>What is kept of the object in other forms; null when nothing may be kept.</summary>
    private ObjectForms? Forms
    {
        get
        {
            ObjectForms? forms = Volatile.Read(ref _forms);
            if (forms is not null && forms.UsedIn != forms.Budget.Round && forms.Bytes > 0)
            {
                forms.UsedIn = forms.Budget.Round;
            }

            return forms;
        }
    }

    /// <summary>
    /// The object's own protobuf message, kept if there is room; else it is written into <paramref name="scratch"/>,
    /// and valid as long as that is not used again.
    /// </summary>
    internal ReadOnlySpan<byte> Proto(ProtoBuffer scratch) => Forms?.Proto is { } kept ? kept : MakeProto(scratch);

    /// <summary>
    /// The object's row in tables, kept if there is room; null when its cells depend on the time in other ways than by
    /// ages.
    /// </summary>
    internal TableRow? Row(Func<ApiKind, IObject, TableRow?> make) => Forms?.Row ?? MakeRow(make);

    /// <summary>What forms are charged to; null when nothing may be kept of the object.</summary>
    internal FormBudget? Budget => Volatile.Read(ref _forms)?.Budget;

    /// <summary>The cache takes the object: what is made of it may be kept from now on.</summary>
    internal void MayKeepForms(FormBudget budget) => Interlocked.CompareExchange(ref _forms, budget.Nothing, null);

    /// <summary>The object has been replaced: nothing is kept any more. Who asks still gets it made anew.</summary>
    internal void ReleaseForms()
    {
        if (_isAbridged)
        {
            Volatile.Write(ref _record, null);
        }

        if (Interlocked.Exchange(ref _forms, null) is { } forms)
        {
            forms.Budget.Give(forms.Bytes);
        }
    }

    /// <summary>Drops forms that nobody used in a while.</summary>
    internal void DropColdForms()
    {
        ObjectForms? forms = Volatile.Read(ref _forms);
        if (forms is { Bytes: > 0 } && forms.UsedIn < forms.Budget.FirstWarmRound
            && Interlocked.CompareExchange(ref _forms, forms.Budget.Nothing, forms) == forms)
        {
            forms.Budget.Give(forms.Bytes);
        }
    }

    private ReadOnlySpan<byte> MakeProto(ProtoBuffer scratch)
    {
        scratch.Clear();
        Record.WriteProto(scratch);
        _protoLength = scratch.Length;
        Keep(scratch.Length, forms => forms.Proto is null ? new(forms.Budget, scratch.ToArray(), forms.Row) : null);
        return scratch.Written;
    }

    private TableRow? MakeRow(Func<ApiKind, IObject, TableRow?> make)
    {
        TableRow? row = make(_kind, Abridged);
        if (row is not null)
        {
            Keep(row.Bytes, forms => forms.Row is null ? new(forms.Budget, forms.Proto, row) : null);
        }

        return row;
    }

    private void Keep(long bytes, Func<ObjectForms, ObjectForms?> with)
    {
        ObjectForms? before = Volatile.Read(ref _forms);
        if (before is null || !before.Budget.HasRoom(bytes) || with(before) is not { } after)
        {
            return;
        }

        long more = after.Bytes - before.Bytes;
        if (after.Budget.TryTake(more) && Interlocked.CompareExchange(ref _forms, after, before) != before)
        {
            after.Budget.Give(more);
        }
    }

    private IObject DecodeAbridged()
    {
        MetadataPlace place = StoredJson.FindMetadata(Json);
        if (place.Managed < 0)
        {
            return _kind.DecodeJson(Json);
        }

        byte[] buffer = ArrayPool<byte>.Shared.Rent(Json.Length);
        try
        {
            return _kind.DecodeJson(WithoutManagedFields(buffer, 0, place, Json.Length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Decodes the metadata alone.</summary>
    internal ObjectMeta DecodeMetadata(bool withManagedFields)
    {
        MetadataPlace place = StoredJson.FindMetadata(Json);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(place.End - place.Start);
        try
        {
            ReadOnlySpan<byte> json = withManagedFields || place.Managed < 0
                ? Json.AsSpan(place.Start, place.End - place.Start)
                : WithoutManagedFields(buffer, place.Start, place, place.End);
            JsonDecoder decoder = new(json);
            return ObjectMeta.ReadJson(ref decoder) with { ResourceVersion = Revision.ToString(CultureInfo.InvariantCulture) };
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The record that is kept, with what is not kept of it.</summary>
    private IObject WithManagedFields(IObject record)
    {
        MetadataPlace place = StoredJson.FindMetadata(Json);
        if (place.Managed < 0)
        {
            return record;
        }

        return record.WithMetadata(record.Metadata with
        {
            ManagedFields = StoredManagedFields.Read(Json.AsSpan(place.ManagedValue..place.ManagedEnd)),
        });
    }

    private ReadOnlySpan<byte> WithoutManagedFields(byte[] buffer, int from, MetadataPlace place, int to)
    {
        // The comma before the name goes with it; a name always comes first.
        int before = place.Managed - 1 - from;
        Json.AsSpan(from, before).CopyTo(buffer);
        Json.AsSpan(place.ManagedEnd, to - place.ManagedEnd).CopyTo(buffer.AsSpan(before));
        return buffer.AsSpan(0, before + to - place.ManagedEnd);
    }

    private IObject KeepRecord()
    {
        IObject record = WithRevision(DecodeAbridged());
        _isAbridged = true;
        return Interlocked.CompareExchange(ref _record, record, null) ?? record;
    }

    private IObject WithRevision(IObject obj, bool withManagedFields = true) => obj.WithMetadata(obj.Metadata with
    {
        ResourceVersion = Revision.ToString(CultureInfo.InvariantCulture),
        ManagedFields = withManagedFields ? obj.Metadata.ManagedFields : default,
    });
}

/// <summary>Whether a stored object keeps the record it was made of.</summary>
internal enum RecordKeeping
{
    /// <summary>No: it is decoded when it is needed, which is seldom.</summary>
    None,

    /// <summary>Without managed fields, which only writes need: for kinds that this process follows.</summary>
    Abridged,

    /// <summary>All of it: the object is an answer, and gone soon.</summary>
    Whole,
}
