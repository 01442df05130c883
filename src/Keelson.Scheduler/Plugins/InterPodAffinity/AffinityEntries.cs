using System.Runtime.InteropServices;
using Keelson.Api.Core.V1;
using Keelson.Scheduler.Snapshot;

namespace Keelson.Scheduler.Plugins.InterPodAffinity;

/// <summary>What is counted for pods of the same namespace, labels and terms.</summary>
internal sealed class AffinityEntry(PodInfo pod, int hash)
{
    private readonly PodAffinity? _near = pod.Pod.Spec.Affinity?.PodAffinity;
    private readonly PodAntiAffinity? _away = pod.Pod.Spec.Affinity?.PodAntiAffinity;

    /// <summary>One of the pods.</summary>
    public PodInfo Pod => pod;

    /// <summary>What the entry is found by.</summary>
    public int Hash => hash;

    /// <summary>The number of the last use.</summary>
    public long LastUse { get; set; }

    /// <summary>The number of the pod that the entry was last found for.</summary>
    public long FoundFor { get; set; }

    /// <summary>The counts that decide; null until somebody asks.</summary>
    public AffinityCounts? Counts { get; set; }

    /// <summary>The weights for scores; null until somebody asks.</summary>
    public AffinityWishes? Wishes { get; set; }

    /// <summary>True when it is for a pod too.</summary>
    public bool HoldsFor(PodInfo other) => other.Namespace == pod.Namespace && other.Labels == pod.Labels
        && other.Pod.Spec.Affinity?.PodAffinity == _near && other.Pod.Spec.Affinity?.PodAntiAffinity == _away;
}

/// <summary>
/// The entries used last. They are found by the labels of their pods and by those that their terms ask for, so that a
/// pod that comes or goes is counted where it matters and not for all.
/// </summary>
internal sealed class AffinityEntries(NodeSnapshot snapshot)
{
    private const int MostKept = 512;
    private const int LeastKept = 32;

    /// <summary>All counts together take some 32 MB at most, unless there are very many nodes.</summary>
    private const int MostCounts = 2 << 20;

    private readonly Dictionary<int, List<AffinityEntry>> _byHash = [];
    private readonly Dictionary<(string Key, string Value), List<AffinityEntry>> _byLabel = [];
    private readonly Dictionary<(string Key, string Value), List<AffinityEntry>> _byTerm = [];
    private readonly List<AffinityEntry> _byAnyTerm = [];
    private readonly List<AffinityEntry> _all = [];
    private readonly List<AffinityEntry> _found = [];
    private long _uses;
    private long _finds;

    /// <summary>The entry for a pod; a new one has no counts yet.</summary>
    public AffinityEntry Of(PodInfo pod)
    {
        int hash = HashCode.Combine(pod.Namespace, pod.Labels);
        List<AffinityEntry> same = CollectionsMarshal.GetValueRefOrAddDefault(_byHash, hash, out _) ??= [];
        AffinityEntry? entry = same.Find(one => one.HoldsFor(pod));
        if (entry is null)
        {
            same.Add(entry = new(pod, hash));
            Add(entry);
        }

        entry.LastUse = ++_uses;
        return entry;
    }

    /// <summary>The entries that a pod may matter to; valid until the next call.</summary>
    public IReadOnlyList<AffinityEntry> Concerning(PodInfo pod)
    {
        if (_all.Count == 0)
        {
            return _all;
        }

        _finds++;
        _found.Clear();
        Find(_byAnyTerm);
        foreach ((string key, string value) in pod.Labels)
        {
            Find(_byTerm.GetValueOrDefault((key, value)));
        }

        foreach (AffinityTerm[] terms in TermsOf(pod))
        {
            foreach (AffinityTerm term in terms)
            {
                if (term.Label is { } label)
                {
                    Find(_byLabel.GetValueOrDefault(label));
                }
                else if (!term.Selector.IsNothing)
                {
                    return _all;
                }
            }
        }

        return _found;
    }

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        _byHash.Clear();
        _byLabel.Clear();
        _byTerm.Clear();
        _byAnyTerm.Clear();
        _all.Clear();
    }

    private static AffinityTerm[][] TermsOf(PodInfo pod) => !pod.HasAffinity ? [] :
        [pod.RequiredAffinity, pod.RequiredAntiAffinity, pod.PreferredAffinity, pod.PreferredAntiAffinity];

    private static void Remove(
        Dictionary<(string, string), List<AffinityEntry>> index, (string, string) label, AffinityEntry entry)
    {
        if (index.TryGetValue(label, out List<AffinityEntry>? entries) && entries.Remove(entry) && entries.Count == 0)
        {
            index.Remove(label);
        }
    }

    private void Find(List<AffinityEntry>? entries)
    {
        if (entries is null)
        {
            return;
        }

        foreach (AffinityEntry entry in entries)
        {
            if (entry.FoundFor != _finds)
            {
                entry.FoundFor = _finds;
                _found.Add(entry);
            }
        }
    }

    private void Add(AffinityEntry entry)
    {
        int most = Math.Clamp(MostCounts / Math.Max(snapshot.IndexLimit, 1), LeastKept, MostKept);
        while (_all.Count >= most)
        {
            Forget(_all.MinBy(static one => one.LastUse)!);
        }

        _all.Add(entry);
        foreach ((string key, string value) in entry.Pod.Labels)
        {
            (CollectionsMarshal.GetValueRefOrAddDefault(_byLabel, (key, value), out _) ??= []).Add(entry);
        }

        foreach (AffinityTerm term in TermsOf(entry.Pod).SelectMany(static one => one))
        {
            if (term.Label is { } label)
            {
                (CollectionsMarshal.GetValueRefOrAddDefault(_byTerm, label, out _) ??= []).Add(entry);
            }
            else if (!term.Selector.IsNothing)
            {
                _byAnyTerm.Add(entry);
            }
        }
    }

    private void Forget(AffinityEntry entry)
    {
        _all.Remove(entry);
        _byAnyTerm.RemoveAll(one => one == entry);
        if (_byHash.TryGetValue(entry.Hash, out List<AffinityEntry>? same) && same.Remove(entry) && same.Count == 0)
        {
            _byHash.Remove(entry.Hash);
        }

        foreach ((string key, string value) in entry.Pod.Labels)
        {
            Remove(_byLabel, (key, value), entry);
        }

        foreach (AffinityTerm term in TermsOf(entry.Pod).SelectMany(static one => one))
        {
            if (term.Label is { } label)
            {
                Remove(_byTerm, label, entry);
            }
        }
    }
}
