using Keelson.Machinery.Trees;

namespace Keelson.Machinery.Apply;

/// <summary>
/// Merges an applied configuration into a live object: the configuration wins leaf by leaf, nothing is removed, and the
/// order of list elements follows the configuration where it says something. Results share unchanged subtrees.
/// </summary>
internal static class TreeMerge
{
    /// <summary>The merged value; null when both sides are absent.</summary>
    public static Tree? Merge(MergeShape shape, Tree? live, Tree? config)
    {
        if (config is null || ReferenceEquals(live, config))
        {
            return live;
        }

        if (live is null)
        {
            return Walk(shape, shape.KindFor(config), null, config);
        }

        // Where the kinds differ (an open place), the configuration's kind decides.
        return Walk(shape, shape.KindFor(config), live, config);
    }

    private static Tree? Walk(MergeShape shape, MergeKind kind, Tree? live, Tree config)
    {
        if (kind == MergeKind.Map && !shape.IsAtomic(kind))
        {
            ObjectTree? left = live as ObjectTree;
            ObjectTree? right = config as ObjectTree;
            return (left?.Count ?? 0) == 0 && (right?.Count ?? 0) == 0 ? config : MergeFields(shape, left, right);
        }

        if (kind == MergeKind.List && !shape.IsAtomic(kind))
        {
            ListTree? left = live as ListTree;
            ListTree? right = config as ListTree;
            return (left?.Items.Count ?? 0) == 0 && (right?.Items.Count ?? 0) == 0
                ? config
                : MergeItems(shape, left?.Items ?? [], right?.Items ?? []);
        }

        return config;
    }

    private static ObjectTree? MergeFields(MergeShape shape, ObjectTree? live, ObjectTree? config)
    {
        ObjectTree merged = new((live?.Count ?? 0) + (config?.Count ?? 0));
        if (live is not null)
        {
            foreach (KeyValuePair<string, Tree> field in live.AsSpan())
            {
                shape.TryChild(field.Key, out MergeShape child, out _);
                if (Merge(child, field.Value, config?[field.Key]) is { } value)
                {
                    merged.Append(field.Key, value);
                }
            }
        }

        if (config is not null)
        {
            foreach (KeyValuePair<string, Tree> field in config.AsSpan())
            {
                if (live?.Contains(field.Key) == true)
                {
                    continue;
                }

                shape.TryChild(field.Key, out MergeShape child, out _);
                if (Merge(child, null, field.Value) is { } value)
                {
                    merged.Append(field.Key, value);
                }
            }
        }

        return merged.Count > 0 ? merged : null;
    }

    private static ListTree? MergeItems(MergeShape shape, List<Tree> live, List<Tree> config)
    {
        ListMerge merge = new(shape, live, config);
        return merge.Run();
    }

    /// <summary>
    /// Two lists told apart by element. Elements in both come in the configuration's order; those only in the live list
    /// keep their place relative to the ones before them.
    /// </summary>
    private sealed class ListMerge(MergeShape shape, List<Tree> live, List<Tree> config)
    {
        private readonly ElementIndex _lefts = ElementIndex.Of(shape, live);
        private readonly ElementIndex _rights = ElementIndex.Of(shape, config);
        private readonly List<Tree> _merged = new(Math.Max(live.Count, config.Count));
        private readonly HashSet<PathElement> _taken = [];
        private readonly Queue<PathElement> _shared = new();

        public ListTree? Run()
        {
            foreach (PathElement element in _rights.Elements)
            {
                if (_lefts.GroupOf(element, 0).Length > 0)
                {
                    _shared.Enqueue(element);
                }
            }

            int left = 0;
            int right = 0;
            while (left < live.Count || right < config.Count)
            {
                Step(ref left, ref right);
            }

            return _merged.Count > 0 ? new(_merged) : null;
        }

        private void Step(ref int left, ref int right)
        {
            if (left < live.Count && right < config.Count)
            {
                PathElement mine = _lefts.Elements[left];
                if (mine == _rights.Elements[right])
                {
                    TakeConfig(right);
                    left++;
                    right++;
                    return;
                }

                if (_rights.GroupOf(mine, left).Length > 0 && _shared.TryPeek(out PathElement next) && next != mine)
                {
                    // In both lists, but not the one that is due.
                    left++;
                    return;
                }
            }

            if (left < live.Count)
            {
                PathElement mine = _lefts.Elements[left];
                if (_rights.GroupOf(mine, left).Length == 0)
                {
                    Add(Merge(shape.Element, live[left], null));
                    left++;
                    return;
                }

                if (_taken.Contains(mine))
                {
                    left++;
                }
            }

            if (right < config.Count)
            {
                TakeConfig(right);
                right++;
            }
        }

        private void TakeConfig(int right)
        {
            PathElement element = _rights.Elements[right];
            _taken.Add(element);
            if (_shared.TryPeek(out PathElement next) && next == element)
            {
                _shared.Dequeue();
            }

            // Duplicates in the live list are not merged with, they give way.
            ReadOnlySpan<int> places = _lefts.GroupOf(element, right);
            Add(Merge(shape.Element, places.Length == 1 ? live[places[0]] : null, config[right]));
        }

        private void Add(Tree? item)
        {
            if (item is not null)
            {
                _merged.Add(item);
            }
        }
    }
}
