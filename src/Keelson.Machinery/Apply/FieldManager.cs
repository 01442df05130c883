using Keelson.Machinery.Schema;
using Keelson.Machinery.Trees;
using Keelson.Machinery.Values;

namespace Keelson.Machinery.Apply;

/// <summary>
/// An object as field management sees it: its tree, with or without managed fields in it, and those fields.
/// </summary>
public readonly record struct ManagedObject(ObjectTree Tree, ApiList<ManagedFieldsEntry> ManagedFields);

/// <summary>An object in one version, with that version's schema.</summary>
public sealed record VersionedTree(ObjectTree Tree, TypeSchema Schema);

/// <summary>What a <see cref="FieldManager"/> works on: one kind in one version, through one subresource.</summary>
public sealed record FieldManagerTarget
{
    /// <summary>The version of the request, <c>apps/v1</c>.</summary>
    public required string ApiVersion { get; init; }

    /// <summary>The kind.</summary>
    public required string Kind { get; init; }

    /// <summary>The kind's schema in that version.</summary>
    public required TypeSchema Schema { get; init; }

    /// <summary>The subresource written through; empty for the main resource.</summary>
    public string Subresource { get; init; } = "";

    /// <summary>Fields that a write through this (sub)resource never changes, so that nobody gains them here.</summary>
    public FieldSet ResetFields { get; init; } = FieldSet.Empty;

    /// <summary>
    /// The only fields that a write through this subresource changes, as paths in which <c>*</c> stands for any
    /// element; null for all.
    /// </summary>
    public IReadOnlyList<string[]>? OwnedFields { get; init; }

    /// <summary>True when every field may be gained here.</summary>
    internal bool OwnsEverything => OwnedFields is null && ResetFields.IsEmpty;

    /// <summary>Those of the fields that may be gained here.</summary>
    internal FieldSet Owned(FieldSet fields) => OwnedFields is null
        ? fields.ExceptRecursive(ResetFields)
        : fields.ExceptRecursive(ResetFields).Matching(OwnedFields);

    /// <summary>
    /// What the object is before it exists: for compiled kinds the JSON of an empty record (fields that Go never leaves
    /// out included, such as <c>spec</c>), for custom resources just version and kind.
    /// </summary>
    public required ObjectTree Empty { get; init; }

    /// <summary>
    /// Converts an object of <see cref="ApiVersion"/> to another version and back; null for a version that does not
    /// exist (any more). Null as a whole for kinds of one version.
    /// </summary>
    public Func<ObjectTree, string, VersionedTree?>? Convert { get; init; }
}

/// <summary>
/// Keeps track of who owns which field. <see cref="Update"/> runs on every create, update and patch,
/// <see cref="Apply"/> is server-side apply. Both are pure; the object's text, defaults and storage are the caller's.
/// </summary>
public sealed class FieldManager(FieldManagerTarget target)
{
    /// <summary>Upstream keeps so many entries of updates; older ones are merged.</summary>
    private const int MaxUpdateManagers = 10;

    private const string BeforeFirstApply = "before-first-apply";
    private const string Kubectl = "kubectl";

    /// <summary>
    /// Upstream's name for the write in progress, so that it is compared even with its own earlier writes.
    /// </summary>
    private static readonly ManagerKey CurrentOperation = new("current-operation", "", "", "");

    /// <summary>What no manager ever owns.</summary>
    private static readonly FieldSet Unowned = FieldSet.Of(
        ["apiVersion"],
        ["kind"],
        ["metadata"],
        ["metadata", "name"],
        ["metadata", "namespace"],
        ["metadata", "creationTimestamp"],
        ["metadata", "selfLink"],
        ["metadata", "uid"],
        ["metadata", "clusterName"],
        ["metadata", "generation"],
        ["metadata", "managedFields"],
        ["metadata", "resourceVersion"]);

    private readonly ManagerMerge _merge = new(target);
    private readonly bool _hasShapes = ObjectShape.KeepsValuesOf(target.Empty);

    /// <summary>
    /// True when the kind has other versions, in which managers may own fields; objects are converted as a whole then.
    /// </summary>
    public bool ConvertsVersions => target.Convert is not null;

    /// <summary>
    /// The managed fields after a create, update or patch. For a create, <paramref name="live"/> is
    /// <see cref="FieldManagerTarget.Empty"/>. Never fails: where upstream would, the live fields stay as they are.
    /// </summary>
    public ApiList<ManagedFieldsEntry> Update(ManagedObject live, ManagedObject changed, string manager, Time now)
    {
        Managers before = DecodeLiveOrNew(live, changed);
        if (before.Count == 0 && live.Tree.TextAt("metadata", "uid").Length > 0)
        {
            // Nobody tracks this object, and an update does not start to.
            return default;
        }

        try
        {
            return UpdateManagers(live.Tree, changed.Tree, before, manager, now).Encode();
        }
        catch (TypedValueException)
        {
            return live.ManagedFields;
        }
    }

    /// <summary>
    /// The managed fields after the create of an object that came without any, of its JSON. What objects of the same
    /// shape turned out to have is looked up.
    /// </summary>
    public ApiList<ManagedFieldsEntry> Create(ReadOnlySpan<byte> json, string manager, Time now)
    {
        using ShapedObject shaped = new(target, json, _hasShapes);
        if (shaped.Fields is { } known)
        {
            ManagerKey key = ManagerKey.For(manager, ManagedFieldsEntry.Update, target.ApiVersion, target.Subresource);
            return new([Managers.EntryOf(key, new(FieldSet.Empty, target.ApiVersion, false, now), known)]);
        }

        ApiList<ManagedFieldsEntry> entries = Update(
            new(target.Empty, default), new(TreeReader.ReadObject(json), default), manager, now);
        shaped.Keep(entries);
        return entries;
    }

    /// <summary>Applies a configuration.</summary>
    /// <param name="live">The stored object in the request's version; <see cref="FieldManagerTarget.Empty"/> to create
    /// it.</param>
    /// <param name="config">What the client sent.</param>
    /// <param name="manager">The field manager.</param>
    /// <param name="force">True to take fields over from others.</param>
    /// <param name="now">The time that goes into the entry.</param>
    public ApplyResult Apply(ManagedObject live, ObjectTree config, string manager, bool force, Time now)
    {
        if (!Managers.TryDecode(live.ManagedFields, out Managers before, out string? error))
        {
            return new ApplyResult.Refused(false, "failed to decode managed fields: " + error);
        }

        if (CheckConfig(config, live.Tree) is { } refused)
        {
            return refused;
        }

        try
        {
            if (before.Count == 0)
            {
                before = UpdateManagers(target.Empty, live.Tree, before, BeforeFirstApply, now);
            }

            ApplyResult result = ApplyOnce(live.Tree, config, before, manager, force, now);
            return manager == Kubectl ? FollowLastApplied(result, live.Tree, config, before, now) : result;
        }
        catch (TypedValueException failure)
        {
            return new ApplyResult.Refused(false, failure.Message);
        }
    }

    /// <summary>
    /// The text of the first malformed entry, null when all can be used. Upstream's validation puts it at
    /// <c>metadata.managedFields</c>.
    /// </summary>
    public static string? CheckEntries(ApiList<ManagedFieldsEntry> entries) =>
        Managers.TryDecode(entries, out _, out string? error) ? null : error;

    /// <summary>
    /// The old entries when the new ones differ from them in nothing but times, else the new ones. For writes that
    /// leave the rest of the object as it was, so that they stay without effect.
    /// </summary>
    public static ApiList<ManagedFieldsEntry> KeepTimes(ApiList<ManagedFieldsEntry> old,
        ApiList<ManagedFieldsEntry> changed)
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

    /// <summary>True for a list that asks to forget all managers: empty, or one entry that says nothing.</summary>
    private static bool IsReset(ApiList<ManagedFieldsEntry> entries) => entries.Count switch
    {
        0 => !entries.IsAbsent,
        1 => entries[0] == new ManagedFieldsEntry(),
        _ => false,
    };

    /// <summary>
    /// A client may set managed fields outright through the main resource; one that knows nothing of them sends none,
    /// which must not delete them.
    /// </summary>
    private Managers DecodeLiveOrNew(ManagedObject live, ManagedObject changed)
    {
        if (target.Subresource.Length == 0)
        {
            if (IsReset(changed.ManagedFields))
            {
                return new();
            }

            if (Managers.TryDecode(changed.ManagedFields, out Managers sent, out _) && sent.Count > 0)
            {
                return sent;
            }
        }

        return Managers.DecodeOrNone(live.ManagedFields);
    }

    private Managers UpdateManagers(ObjectTree live, ObjectTree changed, Managers before, string manager, Time now)
    {
        Managers after = _merge.Update(live, changed, before, CurrentOperation);
        if (!after.TryGet(CurrentOperation, out ManagerFields mine))
        {
            return CapUpdates(after);
        }

        after.Remove(CurrentOperation);
        FieldSet set = mine.Set.Except(Unowned);
        if (!set.IsEmpty)
        {
            ManagerKey key = ManagerKey.For(manager, ManagedFieldsEntry.Update, target.ApiVersion, target.Subresource);
            FieldSet all = after.TryGet(key, out ManagerFields previous) ? set.Union(previous.Set) : set;
            after[key] = new(all, target.ApiVersion, false, now);
        }

        return CapUpdates(after);
    }

    private ApplyResult ApplyOnce(ObjectTree live, ObjectTree config, Managers before, string manager, bool force,
        Time now)
    {
        ManagerKey key = ManagerKey.For(manager, ManagedFieldsEntry.Apply, target.ApiVersion, target.Subresource);
        ApplyOutcome outcome = _merge.Apply(live, config, before, key, force);
        if (outcome.Conflicts.Count > 0)
        {
            return new ApplyResult.Conflicted(outcome.Conflicts.ConvertAll(
                static conflict => new FieldConflict(conflict.Manager.ToString(), conflict.Field)));
        }

        Managers after = outcome.Managers;
        if (after.TryGet(key, out ManagerFields mine))
        {
            FieldSet set = mine.Set.Except(Unowned);
            if (set.IsEmpty)
            {
                after.Remove(key);
            }
            else
            {
                Time? time = outcome.Merged is not null ? now : before.TryGet(key, out ManagerFields previous)
                    ? previous.Time : null;
                after[key] = mine with { Set = set, Time = time };
            }
        }

        ObjectTree result = outcome.Merged ?? live;
        return new ApplyResult.Applied(WithoutManagedFields(result), after.Encode(), outcome.Merged is not null);
    }

    private ApplyResult.Refused? CheckConfig(ObjectTree config, ObjectTree live)
    {
        string apiVersion = config.TextAt("apiVersion");
        string kind = config.TextAt("kind");
        if (apiVersion != target.ApiVersion || kind != target.Kind)
        {
            return new(true, $"invalid object type: {GroupVersionKind(apiVersion, kind)}");
        }

        if ((config["metadata"] as ObjectTree)?["managedFields"] is { } managed and not NullTree)
        {
            return new(true, "metadata.managedFields must be nil");
        }

        if (TreeValidation.Validate(target.Schema, config, allowDuplicates: false) is { } error)
        {
            return new(false, $"failed to create typed patch object ({Identify(config)}): {error}");
        }

        return TreeValidation.Validate(target.Schema, live, allowDuplicates: true) is { } liveError
            ? new(false, $"failed to create typed live object ({Identify(live)}): {liveError}")
            : null;
    }

    /// <summary>What is said of a configuration whose values fit the schema, but not the types behind it.</summary>
    /// <param name="config">What was applied.</param>
    /// <param name="problem">What is wrong with a value.</param>
    public static string Inconvertible(ObjectTree config, string problem) =>
        $"failed to convert new object ({Identify(config)}) to proper version: unable to convert unstructured object "
        + $"to {GroupVersionKind(config.TextAt("apiVersion"), config.TextAt("kind"))}: {problem}";

    private static string Identify(ObjectTree tree) =>
        $"{tree.TextAt("metadata", "namespace")}/{tree.TextAt("metadata", "name")}; "
        + GroupVersionKind(tree.TextAt("apiVersion"), tree.TextAt("kind"));

    private static string GroupVersionKind(string apiVersion, string kind) =>
        (apiVersion.Contains('/', StringComparison.Ordinal) ? apiVersion : "/" + apiVersion) + ", Kind=" + kind;

    /// <summary>
    /// Two courtesies for kubectl. Conflicts about fields that its client-side apply set and nobody changed since are
    /// its own, so they are forced. And the annotation of client-side apply follows, so that one can go back.
    /// </summary>
    private ApplyResult FollowLastApplied(ApplyResult result, ObjectTree live, ObjectTree config, Managers before,
        Time now)
    {
        if (result is ApplyResult.Conflicted conflicted)
        {
            FieldSet? allowed = LastApplied.OwnedBy(live, target);
            if (allowed is null)
            {
                return result;
            }

            ManagerKey key = ManagerKey.For(Kubectl, ManagedFieldsEntry.Apply, target.ApiVersion, target.Subresource);
            List<ManagerConflict> conflicts = _merge.Apply(live, config, before, key, force: false).Conflicts;
            List<ManagerConflict> foreign = conflicts.FindAll(conflict => !allowed.Contains([.. conflict.Path]));
            if (foreign.Count > 0)
            {
                return new ApplyResult.Conflicted(foreign.ConvertAll(
                    static conflict => new FieldConflict(conflict.Manager.ToString(), conflict.Field)));
            }

            result = ApplyOnce(live, config, before, Kubectl, force: true, now);
        }

        if (result is not ApplyResult.Applied applied || !LastApplied.IsSet(applied.Object))
        {
            return result;
        }

        ObjectTree synced = LastApplied.Set(applied.Object, config);
        return applied with { Object = synced, IsChanged = applied.IsChanged || !synced.DeepEquals(applied.Object) };
    }

    /// <summary>
    /// Merges the oldest entries of updates, one bucket a version, until no more than the maximum are left.
    /// </summary>
    private static Managers CapUpdates(Managers managers)
    {
        List<ManagerKey> updaters = [];
        foreach ((ManagerKey key, ManagerFields fields) in managers.All)
        {
            if (!fields.IsApplied)
            {
                updaters.Add(key);
            }
        }

        if (updaters.Count <= MaxUpdateManagers)
        {
            return managers;
        }

        return AncientChanges.Merge(managers, updaters, MaxUpdateManagers);
    }

    private static ObjectTree WithoutManagedFields(ObjectTree tree)
    {
        if (tree["metadata"] is not ObjectTree metadata || !metadata.Contains("managedFields"))
        {
            return tree;
        }

        ObjectTree copy = tree.ShallowClone();
        ObjectTree bare = metadata.ShallowClone();
        bare.Remove("managedFields");
        copy["metadata"] = bare;
        return copy;
    }
}
