using Keelson.Machinery.Values;
using Keelson.Scheduler.Framework;
using Keelson.Scheduler.Snapshot;

namespace Keelson.Scheduler.Plugins.InterPodAffinity;

/// <summary>
/// What the cluster's pods mean for where a pod must and must not be: counts by topology value. Holds for all pods of
/// the same namespace, labels and terms.
/// </summary>
internal sealed class AffinityCounts : ICycleData
{
    private readonly PodInfo _pod;
    private readonly Func<string, ApiMap<string>> _namespaces;
    private readonly TopologyCounts _near;
    private readonly TopologyCounts _away;
    private readonly TopologyCounts _unwelcome;

    /// <summary>Counts of nothing.</summary>
    /// <param name="pod">The pod to place.</param>
    /// <param name="snapshot">The nodes.</param>
    /// <param name="namespaces">The labels of namespaces.</param>
    public AffinityCounts(PodInfo pod, NodeSnapshot snapshot, Func<string, ApiMap<string>> namespaces)
        : this(pod, namespaces, new(snapshot), new(snapshot), new(snapshot))
    {
    }

    private AffinityCounts(
        PodInfo pod, Func<string, ApiMap<string>> namespaces, TopologyCounts near, TopologyCounts away,
        TopologyCounts unwelcome)
    {
        _pod = pod;
        _namespaces = namespaces;
        _near = near;
        _away = away;
        _unwelcome = unwelcome;
    }

    /// <summary>True when there is no node that the counts speak against.</summary>
    public bool IsIndifferent =>
        _unwelcome.Used == 0 && _pod.RequiredAffinity.Length == 0 && _pod.RequiredAntiAffinity.Length == 0;

    /// <summary>Counts a pod of a node, or with -1 no longer.</summary>
    public void Count(PodInfo other, NodeInfo node, int sign)
    {
        foreach (AffinityTerm term in other.RequiredAntiAffinity)
        {
            if (term.Matches(_pod, _namespaces))
            {
                _unwelcome.Add(term.TopologyKey, node, sign);
            }
        }

        if (MatchesAll(_pod.RequiredAffinity, other, _namespaces))
        {
            foreach (AffinityTerm term in _pod.RequiredAffinity)
            {
                _near.Add(term.TopologyKey, node, sign);
            }
        }

        foreach (AffinityTerm term in _pod.RequiredAntiAffinity)
        {
            if (term.Matches(other, _namespaces))
            {
                _away.Add(term.TopologyKey, node, sign);
            }
        }
    }

    /// <summary>True when the pods it must be near to are where the node is.</summary>
    public bool HasCompany(NodeInfo node)
    {
        bool isThere = true;
        foreach (AffinityTerm term in _pod.RequiredAffinity)
        {
            if (_near.Of(term.TopologyKey, node) is not { } count)
            {
                return false;
            }

            isThere &= count > 0;
        }

        // The first of a group that wants to be together has nobody to be near to yet.
        return isThere || (_near.Used == 0 && MatchesAll(_pod.RequiredAffinity, _pod, _namespaces));
    }

    /// <summary>True when no pod it must be away from is where the node is.</summary>
    public bool IsAway(NodeInfo node) => _pod.RequiredAntiAffinity.Length == 0 || !_away.AnyOn(node);

    /// <summary>True when no pod is where the node is that must be away from it.</summary>
    public bool IsWelcome(NodeInfo node) => _unwelcome.Used == 0 || !_unwelcome.AnyOn(node);

    /// <inheritdoc/>
    public ICycleData Clone() =>
        new AffinityCounts(_pod, _namespaces, _near.Clone(), _away.Clone(), _unwelcome.Clone());

    /// <summary>True when all of at least one term are about a pod.</summary>
    public static bool MatchesAll(AffinityTerm[] terms, PodInfo pod, Func<string, ApiMap<string>> namespaces)
    {
        foreach (AffinityTerm term in terms)
        {
            if (!term.Matches(pod, namespaces))
            {
                return false;
            }
        }

        return terms.Length > 0;
    }

    /// <summary>True when any of the terms is about a pod.</summary>
    public static bool MatchesAny(AffinityTerm[] terms, PodInfo pod, Func<string, ApiMap<string>> namespaces)
    {
        foreach (AffinityTerm term in terms)
        {
            if (term.Matches(pod, namespaces))
            {
                return true;
            }
        }

        return false;
    }
}
