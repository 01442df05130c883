using System.Collections.Concurrent;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Apply;
using Keelson.Machinery.Trees;
using Keelson.Machinery.Values;
using Keelson.Machinery.Wire;
using ApplyEntry = Keelson.Machinery.Apply.ManagedFieldsEntry;
using ManagedFieldsEntry = Keelson.Api.Meta.V1.ManagedFieldsEntry;

namespace Keelson.Server.Verbs;

/// <summary>
/// Keeps metadata.managedFields for every write: connects the records of the API with the machinery's field managers,
/// of which there is one for each kind, version and subresource.
/// </summary>
internal sealed class FieldOwnership
{
    private readonly ConcurrentDictionary<(ApiKind Kind, string Subresource), FieldManager> _managers = new();
    private readonly ConcurrentDictionary<ApiKind, ObjectTree> _empty = new();

    [ThreadStatic]
    private static JsonBuffer? buffer;

    /// <summary>The object of a create, its fields owned by the caller.</summary>
    public IObject OnCreate(ApiRequest request, IObject obj)
    {
        FieldManager manager = ManagerOf(request);
        return WithEntries(obj, obj.Metadata.ManagedFields.IsAbsent
            ? manager.Create(Written(obj), request.FieldManager, request.Now)
            : manager.Update(
                new(EmptyOf(request.Kind), default), Managed(obj), request.FieldManager, request.Now));
    }

    /// <summary>The object of an update or patch, what changed owned by the caller.</summary>
    public IObject OnUpdate(ApiRequest request, IObject old, IObject obj)
    {
        // What is the same in both is nobody's gain or loss. Conversion to other versions takes the whole object.
        FieldManager manager = ManagerOf(request);
        ApiKind kind = request.Kind;
        ulong fields = manager.ConvertsVersions
            ? ulong.MaxValue
            : kind.FieldsUnlike(obj, old) | kind.FieldBit("metadata");
        return WithEntries(obj, manager.Update(
            Managed(kind, old, fields), Managed(kind, obj, fields), request.FieldManager, request.Now));
    }

    /// <summary>Applies a configuration to the stored object, or to nothing.</summary>
    public ApplyResult Apply(ApiRequest request, IObject? old, ObjectTree config)
    {
        ManagedObject live = old is null ? new(EmptyOf(request.Kind), default) : Managed(old);
        return ManagerOf(request).Apply(live, config, request.FieldManager, request.Force, request.Now);
    }

    /// <summary>The record with these managed fields.</summary>
    public static IObject WithEntries(IObject obj, ApiList<ApplyEntry> entries) =>
        obj.WithMetadata(obj.Metadata with { ManagedFields = FromMachinery(entries) });

    /// <summary>The old entries where the new ones differ in times only.</summary>
    public static ApiList<ManagedFieldsEntry> KeepTimes(
        ApiList<ManagedFieldsEntry> old, ApiList<ManagedFieldsEntry> changed)
    {
        if (old.Count != changed.Count)
        {
            return changed;
        }

        for (int i = 0; i < old.Count; i++)
        {
            if (old[i] with { Time = changed[i].Time } != changed[i])
            {
                return changed;
            }
        }

        return old;
    }

    /// <summary>The object as a tree.</summary>
    public static ObjectTree TreeOf(IObject obj) => TreeReader.ReadObject(Written(obj));

    /// <summary>The object's JSON, valid until the thread writes another.</summary>
    private static ReadOnlySpan<byte> Written(IObject obj)
    {
        JsonBuffer json = buffer ??= new(16 * 1024);
        json.Clear();
        obj.WriteJson(json);
        return json.Written;
    }

    private static ManagedObject Managed(IObject obj) =>
        new(TreeOf(WithoutManagedFields(obj)), ToMachinery(obj.Metadata.ManagedFields));

    private static ManagedObject Managed(ApiKind kind, IObject obj, ulong fields)
    {
        JsonBuffer json = buffer ??= new(16 * 1024);
        json.Clear();
        kind.WriteJson(WithoutManagedFields(obj), json, fields);
        return new(TreeReader.ReadObject(json.Written), ToMachinery(obj.Metadata.ManagedFields));
    }

    private static IObject WithoutManagedFields(IObject obj) => obj.Metadata.ManagedFields.Count == 0
        ? obj
        : obj.WithMetadata(obj.Metadata with { ManagedFields = default });

    /// <summary>Entries as the machinery has them.</summary>
    public static ApiList<ApplyEntry> ToMachinery(ApiList<ManagedFieldsEntry> entries) =>
        Converted(entries, ToMachinery);

    /// <summary>Entries as the API has them.</summary>
    public static ApiList<ManagedFieldsEntry> FromMachinery(ApiList<ApplyEntry> entries) =>
        Converted(entries, FromMachinery);

    private static ApiList<TTo> Converted<TFrom, TTo>(ApiList<TFrom> entries, Func<TFrom, TTo> convert)
    {
        if (entries.IsAbsent)
        {
            return default;
        }

        TTo[] converted = new TTo[entries.Count];
        for (int i = 0; i < converted.Length; i++)
        {
            converted[i] = convert(entries[i]);
        }

        return new(converted);
    }

    private static ApplyEntry ToMachinery(ManagedFieldsEntry entry) => new()
    {
        Manager = entry.Manager,
        Operation = entry.Operation,
        ApiVersion = entry.ApiVersion,
        Time = entry.Time,
        FieldsType = entry.FieldsType,
        FieldsV1 = entry.FieldsV1,
        Subresource = entry.Subresource,
    };

    private static ManagedFieldsEntry FromMachinery(ApplyEntry entry) => new()
    {
        Manager = entry.Manager,
        Operation = entry.Operation,
        ApiVersion = entry.ApiVersion,
        Time = entry.Time,
        FieldsType = entry.FieldsType,
        FieldsV1 = entry.FieldsV1,
        Subresource = entry.Subresource,
    };

    private ObjectTree EmptyOf(ApiKind kind) => _empty.GetOrAdd(kind, static one => TreeOf(one.DecodeJson("{}"u8)));

    private FieldManager ManagerOf(ApiRequest request) =>
        _managers.GetOrAdd(
            (request.Kind, request.Subresource), static (key, self) => self.Create(key.Kind, key.Subresource), this);

    private FieldManager Create(ApiKind kind, string subresource)
    {
        ApiSubresource? part = kind.Subresources.FirstOrDefault(one => one.Name == subresource);
        IReadOnlyList<string> reset = part?.ResetFields ?? kind.ResetFields;
        return new(new FieldManagerTarget
        {
            ApiVersion = kind.Info.ApiVersion,
            Kind = kind.Info.Kind,
            Schema = kind.Schema,
            Subresource = subresource,
            ResetFields = FieldSet.Of([.. reset.Select(path => path.Split('.'))]),
            OwnedFields = part?.OwnedFields is { } owned ? [.. owned.Select(path => path.Split('.'))] : null,
            Empty = EmptyOf(kind),
            Convert = Versions(kind).Count > 1 ? (tree, version) => Convert(kind, tree, version) : null,
        });
    }

    private static List<ApiKind> Versions(ApiKind kind) => [.. ApiKinds.All.Where(one => one.Stored == kind.Stored)];

    private static VersionedTree? Convert(ApiKind kind, ObjectTree tree, string apiVersion)
    {
        ApiKind? source = Versions(kind).Find(one => one.Info.ApiVersion == tree.TextAt("apiVersion"));
        ApiKind? target = Versions(kind).Find(one => one.Info.ApiVersion == apiVersion);
        if (source is null || target is null)
        {
            return null;
        }

        return source == target
            ? new(tree, target.Schema)
            : new(TreeOf(target.FromStored(source.ToStored(source.DecodeJson(tree.ToJson())))), target.Schema);
    }
}
