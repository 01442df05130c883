using System.Diagnostics.CodeAnalysis;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Trees;

namespace Keelson.Machinery.Apply;

/// <summary>One field that another manager owns and the configuration changes.</summary>
internal sealed record ManagerConflict(ManagerKey Manager, IReadOnlyList<PathElement> Path)
{
    public string Field => string.Concat(Path.Select(static element => element.ToString()));
}

/// <summary>
/// What applying came to. <see cref="Merged"/> is null when it left the live object as it was; with conflicts nothing
/// else counts.
/// </summary>
internal sealed record ApplyOutcome(ObjectTree? Merged, Managers Managers, List<ManagerConflict> Conflicts);

/// <summary>What a manager loses: fields that others changed or added, fields that went.</summary>
internal readonly record struct ManagerLoss(ManagerKey Manager, FieldSet Taken, FieldSet Removed);

/// <summary>The merge of objects and owners: the algorithm of structured-merge-diff.</summary>
internal sealed class ManagerMerge(FieldManagerTarget target)
{
    private readonly MergeShape _shape = new(target.Schema);

    /// <summary>
    /// The managers after an update by <paramref name="self"/>: it gains what changed, others lose what changed or
    /// went.
    /// </summary>
    public Managers Update(ObjectTree live, ObjectTree changed, Managers before, ManagerKey self)
    {
        Managers managers = Reconcile(live, before);
        TreeChanges changes = Compare(live, changed);
        if (changes.IsNone && !before.All.Any(pair => pair.Value.ApiVersion != target.ApiVersion))
        {
            managers.RemoveAll(static fields => fields.Set.IsEmpty);
            return managers;
        }

        Commit(managers, LossesOf(live, changed, changes, managers, self));
        managers.TryGet(self, out ManagerFields mine);
        FieldSet set = target.Owned(
            (mine.Set ?? FieldSet.Empty).Except(changes.Removed).Union(changes.Modified).Union(changes.Added));
        if (set.IsEmpty)
        {
            managers.Remove(self);
        }
        else
        {
            managers[self] = new(set, target.ApiVersion, false, mine.Time);
        }

        return managers;
    }

    public ApplyOutcome Apply(ObjectTree live, ObjectTree config, Managers before, ManagerKey self, bool force)
    {
        Managers managers = Reconcile(live, before);
        ObjectTree merged = Named("failed to merge config", () => TreeMerge.Merge(_shape, live, config)) as ObjectTree
            ?? new();
        bool hasLast = managers.TryGet(self, out ManagerFields last);
        FieldSet set = target.Owned(Named("failed to get field set", () => TreeFields.Of(_shape, config)));
        managers[self] = new(set, target.ApiVersion, true, last.Time);
        if (hasLast && !last.Set.IsEmpty)
        {
            merged = Named("failed to prune fields", () => Prune(merged, managers, last));
        }

        TreeChanges changes = Compare(live, merged);
        List<ManagerLoss> losses = LossesOf(live, merged, changes, managers, self);
        if (!force && ConflictsOf(losses) is { Count: > 0 } conflicts)
        {
            return new(null, managers, conflicts);
        }

        Commit(managers, losses);
        return new(live.DeepEquals(merged) ? null : merged, managers, []);
    }

    /// <summary>Runs a step, prefixing what it can't do with the step's name.</summary>
    private static T Named<T>(string step, Func<T> run)
    {
        try
        {
            return run();
        }
        catch (TypedValueException failure)
        {
            throw new TypedValueException($"{step}: {failure.Message}");
        }
    }

    private TreeChanges Compare(ObjectTree live, ObjectTree changed) =>
        Named("failed to compare objects", () => TreeComparison.Compare(_shape, live, changed))
            .Within(target);

    /// <summary>
    /// What each of the other managers loses to a change. Managers of versions that are gone are forgotten on the way.
    /// </summary>
    private List<ManagerLoss> LossesOf(
        ObjectTree live, ObjectTree changed, TreeChanges changes, Managers managers, ManagerKey self)
    {
        Dictionary<string, TreeChanges?>? versions = null;
        List<ManagerLoss> losses = [];
        List<ManagerKey> obsolete = [];
        foreach ((ManagerKey key, ManagerFields fields) in managers.All)
        {
            if (key == self)
            {
                continue;
            }

            TreeChanges? theirs = changes;
            if (fields.ApiVersion != target.ApiVersion)
            {
                versions ??= [];
                if (!versions.TryGetValue(fields.ApiVersion, out theirs))
                {
                    versions[fields.ApiVersion] = theirs = CompareIn(fields.ApiVersion, live, changed);
                }
            }

            if (theirs is null)
            {
                obsolete.Add(key);
                continue;
            }

            FieldSet taken = fields.Set.Intersect(theirs.Modified).Union(fields.Set.Intersect(theirs.Added));
            if (!taken.IsEmpty || !theirs.Removed.IsEmpty)
            {
                losses.Add(new(key, taken, theirs.Removed));
            }
        }

        obsolete.ForEach(managers.Remove);
        return losses;
    }

    private static void Commit(Managers managers, List<ManagerLoss> losses)
    {
        foreach (ManagerLoss loss in losses)
        {
            managers.TryGet(loss.Manager, out ManagerFields fields);
            managers[loss.Manager] = fields with { Set = fields.Set.Except(loss.Taken).Except(loss.Removed) };
        }

        managers.RemoveAll(static fields => fields.Set.IsEmpty);
    }

    /// <summary>What an apply may not take without force, by manager.</summary>
    private static List<ManagerConflict> ConflictsOf(List<ManagerLoss> losses) =>
    [
        .. losses
            .OrderBy(static loss => loss.Manager.Identifier, StringComparer.Ordinal)
            .SelectMany(static loss => loss.Taken.Paths().Select(path => new ManagerConflict(loss.Manager, path))),
    ];

    private TreeChanges? CompareIn(string apiVersion, ObjectTree live, ObjectTree changed)
    {
        if (!TryConvert(live, apiVersion, out VersionedTree? old)
            || !TryConvert(changed, apiVersion, out VersionedTree? @new))
        {
            return null;
        }

        return TreeComparison.Compare(new(old.Schema), old.Tree, @new.Tree).Within(target);
    }

    /// <summary>
    /// Brings stored sets in line with today's schemas and forgets managers of versions that are gone.
    /// </summary>
    private Managers Reconcile(ObjectTree live, Managers before)
    {
        Managers managers = before.Clone();
        List<ManagerKey> obsolete = [];
        for (int i = 0; i < managers.Count; i++)
        {
            (ManagerKey key, ManagerFields fields) = managers.All[i];
            TypeSchema? schema = fields.ApiVersion == target.ApiVersion
                ? target.Schema
                : TryConvert(live, fields.ApiVersion, out VersionedTree? versioned) ? versioned.Schema : null;
            if (schema is null)
            {
                obsolete.Add(key);
                continue;
            }

            FieldSet set = SchemaReconciliation.Reconcile(fields.Set, schema);
            if (!ReferenceEquals(set, fields.Set))
            {
                managers.Replace(i, fields with { Set = set });
            }
        }

        obsolete.ForEach(managers.Remove);
        return managers;
    }

    /// <summary>
    /// Takes away what the manager applied last time, does not apply now, and nobody else owns. As upstream does it:
    /// take all of it away, add back what anyone owns, then add back what the manager never owned.
    /// </summary>
    private ObjectTree Prune(ObjectTree merged, Managers managers, ManagerFields last)
    {
        if (!TryConvert(merged, last.ApiVersion, out VersionedTree? all))
        {
            return merged;
        }

        MergeShape shape = new(all.Schema);
        FieldSet lastNamed = TreePrune.WithNamedFields(shape, last.Set);
        VersionedTree pruned = all with { Tree = AsObject(TreePrune.Remove(shape, all.Tree, lastNamed)) };
        pruned = AddBackOwned(all, pruned, last.ApiVersion, managers);
        if (!TryConvert(pruned, last.ApiVersion, out VersionedTree? back))
        {
            return merged;
        }

        FieldSet kept = TreePrune.WithNamedFields(shape, TreeFields.Of(shape, back.Tree));
        FieldSet everything = TreePrune.WithNamedFields(shape, TreeFields.Of(shape, all.Tree));
        ObjectTree rest = AsObject(TreePrune.Remove(shape, all.Tree, everything.Except(kept).Intersect(lastNamed)));
        return TryConvert(all with { Tree = rest }, target.ApiVersion, out VersionedTree? result) ? result.Tree
            : merged;
    }

    private VersionedTree AddBackOwned(VersionedTree all, VersionedTree pruned, string prunedVersion, Managers managers)
    {
        // The version pruned in goes first: converting an object that lacks required fields might fail.
        IEnumerable<IGrouping<string, ManagerFields>> owners = managers.All
            .Select(static pair => pair.Value)
            .GroupBy(static fields => fields.ApiVersion)
            .OrderByDescending(group => group.Key == prunedVersion);
        foreach (IGrouping<string, ManagerFields> version in owners)
        {
            if (!TryConvert(all, version.Key, out VersionedTree? theirs)
                || !TryConvert(pruned, version.Key, out VersionedTree? left))
            {
                continue;
            }

            MergeShape shape = new(theirs.Schema);
            FieldSet owned = version.Aggregate(FieldSet.Empty, static (set, fields) => set.Union(fields.Set));
            FieldSet everything = TreePrune.WithNamedFields(shape, TreeFields.Of(shape, theirs.Tree));
            FieldSet kept = TreePrune.WithNamedFields(shape, TreeFields.Of(shape, left.Tree))
                .Union(TreePrune.WithNamedFields(shape, owned));
            all = theirs;
            pruned = theirs with { Tree = AsObject(TreePrune.Remove(shape, theirs.Tree, everything.Except(kept))) };
        }

        return pruned;
    }

    private static ObjectTree AsObject(Tree tree) => tree as ObjectTree ?? new();

    private bool TryConvert(VersionedTree from, string apiVersion, [NotNullWhen(true)] out VersionedTree? versioned) =>
        TryConvert(from.Tree, apiVersion, out versioned);

    private bool TryConvert(ObjectTree from, string apiVersion, [NotNullWhen(true)] out VersionedTree? versioned)
    {
        versioned = apiVersion == target.ApiVersion
            && (from.TextAt("apiVersion") == apiVersion || target.Convert is null)
            ? new(from, target.Schema)
            : target.Convert?.Invoke(from, apiVersion);
        return versioned is not null;
    }
}
