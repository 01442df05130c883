using System.Collections.Concurrent;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Client;
using Keelson.Client.Informers;
using Keelson.Scheduler.Config;
using Keelson.Scheduler.Cycle;
using Keelson.Scheduler.Framework;
using Keelson.Scheduler.Snapshot;

namespace Keelson.Scheduler.Tests;

/// <summary>The default profile over a snapshot, without an API: nodes and pods in, decisions out.</summary>
internal sealed class TestProfile
{
    private readonly NodeFinder _finder;
    private readonly NodeRanking _ranking;

    public TestProfile(SchedulerProfile? config = null, int seed = 1, IApiClient? client = null)
    {
        Informers = new();
        Nominations = new(Snapshot);
        Random random = new(seed);
        Context = new PluginContext
        {
            Client = client!,
            Informers = Informers,
            Snapshot = Snapshot,
            Clock = new ManualClock(),
            Random = random,
            Log = static _ => { },
            Post = Posted.Enqueue,
            Activate = Activated.Add,
            Nominations = Nominations,
            Events = new NoEvents(),
        };
        Profile = ProfileFactory.Create(config ?? new(), Context);
        _finder = new(Snapshot, new(Snapshot, Nominations), 0, 1);
        _ranking = new(random);
    }

    public NodeSnapshot Snapshot { get; } = new();

    public Nominations Nominations { get; }

    public PluginContext Context { get; }

    public EmptyInformers Informers { get; }

    public Profile Profile { get; }

    /// <summary>What waits for the scheduling loop.</summary>
    public ConcurrentQueue<Action> Posted { get; } = new();

    /// <summary>The pods that were to be tried at once.</summary>
    public List<string> Activated { get; } = [];

    public TestProfile With(params Node[] nodes)
    {
        foreach (Node node in nodes)
        {
            Snapshot.SetNode(node);
        }

        return this;
    }

    public TestProfile With(params Pod[] pods)
    {
        foreach (Pod pod in pods)
        {
            Snapshot.AddPod(pod.Info());
        }

        return this;
    }

    /// <summary>Looks at all nodes for a pod, as an attempt does.</summary>
    public (CycleState State, NodeStatuses Statuses) Look(PodInfo pod)
    {
        CycleState state = new();
        NodeStatuses statuses = new(Snapshot);
        Assert.Null(Profile.PreFilter(state, pod, out _, out _));
        _finder.Find(Profile, state, pod, statuses);
        return (state, statuses);
    }

    /// <summary>The node that is chosen, or the message.</summary>
    public string Place(Pod pod, bool preempt = false)
    {
        CycleState state = new();
        PodInfo info = pod.Info();
        NodeStatuses statuses = new(Snapshot);
        PluginStatus? refused = Profile.PreFilter(state, info, out NodeRestriction? restriction, out _);
        ReadOnlySpan<NodeInfo> feasible = refused is not null ? []
            : restriction is null ? _finder.Find(Profile, state, info, statuses)
            : _finder.FindAmong(
                Profile, state, info, statuses, [.. restriction.NodeNames.Select(Snapshot.Find).OfType<NodeInfo>()]);
        if (feasible.Length == 0)
        {
            statuses.Absent = refused;
            string after = preempt ? Profile.PostFilter(state, info, statuses, out _)?.Message ?? "" : "";
            return FitFailure.Message(statuses, refused?.Message ?? "", after);
        }

        PluginStatus? failed = _ranking.Rank(Profile, state, info, feasible, out Span<long> totals);
        return failed?.Message ?? feasible[_ranking.Pick(totals)].Name;
    }

    private sealed class NoEvents : IEventSink
    {
        public void Record(IObject regarding, IObject? related, string type, string reason, string action, string note)
        {
        }
    }
}

/// <summary>Informers of a cluster to which a test adds what it needs.</summary>
internal sealed class EmptyInformers : IInformers
{
    private readonly Dictionary<ApiKind, object> _informers = [];

    public IInformer<T> Of<T>()
        where T : class, IKind<T>
    {
        ApiKind kind = Client.KindOf<T>.Kind;
        if (!_informers.TryGetValue(kind, out object? informer))
        {
            _informers.Add(kind, informer = new ListInformer<T>());
        }

        return (IInformer<T>)informer;
    }

    public IMetadataFeed MetadataOf(ApiKind kind) => throw new NotSupportedException();

    public void Add<T>(T obj)
        where T : class, IKind<T> => ((ListInformer<T>)Of<T>()).Add(obj);

    private sealed class ListInformer<T> : IInformer<T>
        where T : class, IKind<T>
    {
        private readonly List<Action<T?, T?>> _subscribers = [];

        public List<T> Objects { get; } = [];

        public Task Synced => Task.CompletedTask;

        public int Count => Objects.Count;

        public T? Find(string @namespace, string name) =>
            Objects.Find(one => one.Metadata.Namespace == @namespace && one.Metadata.Name == name);

        public IEnumerable<T> List(string @namespace = "") =>
            Objects.Where(one => @namespace.Length == 0 || one.Metadata.Namespace == @namespace);

        public IInformerIndex<T> Index(string name, Func<T, IEnumerable<string>> keys) => new ListIndex(this, keys);

        public void Add(T obj)
        {
            Objects.Add(obj);
            _subscribers.ForEach(one => one(null, obj));
        }

        public void Subscribe(Action<T?, T?> changed)
        {
            Objects.ForEach(one => changed(null, one));
            _subscribers.Add(changed);
        }

        public ValueTask ReachedAsync(long resourceVersion, CancellationToken cancellationToken) =>
            ValueTask.CompletedTask;

        private sealed class ListIndex(ListInformer<T> informer, Func<T, IEnumerable<string>> keys) : IInformerIndex<T>
        {
            public IReadOnlyList<T> Find(string key) => [.. informer.Objects.Where(one => keys(one).Contains(key))];
        }
    }
}
