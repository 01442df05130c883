namespace Keelson.Server.Metrics;

/// <summary>The store, the caches before it, and watches, counted and timed. Resources go by group and name.</summary>
internal sealed class StorageMetrics
{
    private readonly HistogramFamily _requestTime;
    private readonly CounterFamily _requests;
    private readonly CounterFamily _received;
    private readonly CounterFamily _cacheReceived;
    private readonly CounterFamily _dispatched;
    private readonly CounterFamily _initialEvents;
    private readonly CounterFamily _watchEvents;
    private readonly HistogramFamily _watchSizes;
    private readonly HistogramFamily _watchListTime;
    private readonly CounterFamily _lists;
    private readonly CounterFamily _fetched;
    private readonly CounterFamily _returned;
    private readonly GaugeFamily _objects;
    private readonly GaugeFamily _resourceObjects;
    private readonly GaugeFamily _resourceBytes;
    private readonly GaugeFamily _databaseBytes;
    private readonly MetricRegistry _registry;

    public StorageMetrics(MetricRegistry registry)
    {
        _registry = registry;
        string[] resource = ["group", "resource"];
        _requestTime = registry.Histogram("etcd_request_duration_seconds", MetricStability.Alpha,
            "Seconds that requests to the store took, by operation, group and resource.", Buckets.Requests,
                ["operation", .. resource]);
        _requests = registry.Counter("etcd_requests_total", MetricStability.Alpha,
            "Requests to the store, by operation, group and resource.", ["operation", .. resource]);
        _received = registry.Counter("apiserver_storage_events_received_total", MetricStability.Alpha,
            "Changes that the store told of.", resource);
        _cacheReceived = registry.Counter("apiserver_watch_cache_events_received_total", MetricStability.Alpha,
            "Changes that a cache took in.", resource);
        _dispatched = registry.Counter("apiserver_watch_cache_events_dispatched_total", MetricStability.Alpha,
            "Changes that a cache handed to its watchers.", resource);
        _initialEvents = registry.Counter("apiserver_init_events_total", MetricStability.Alpha,
            "Events that watches began with.", resource);
        _watchEvents = registry.Counter("apiserver_watch_events_total", MetricStability.Alpha,
            "Events sent to watching clients.", "group", "version", "resource");
        _watchSizes = registry.Histogram("apiserver_watch_events_sizes", MetricStability.Alpha,
            "Bytes of events sent to watching clients.", Buckets.Exponential(1024, 2, 8), "group", "version",
                "resource");
        _watchListTime = registry.Histogram("apiserver_watch_list_duration_seconds", MetricStability.Alpha,
            "Seconds until a watch that began with a list had sent that list.",
            [0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 2, 4, 6, 8, 10, 15, 20, 30, 45, 60], "group", "version", "resource",
                "scope");
        _lists = registry.Counter(
            "apiserver_cache_list_total", MetricStability.Alpha, "Lists answered from a cache.",
                [.. resource, "index"]);
        _fetched = registry.Counter("apiserver_cache_list_fetched_objects_total", MetricStability.Alpha,
            "Objects looked at for lists.", [.. resource, "index"]);
        _returned = registry.Counter(
            "apiserver_cache_list_returned_objects_total", MetricStability.Alpha, "Objects that lists returned.",
                resource);
        _objects = registry.Gauge(
            "apiserver_storage_objects", MetricStability.Stable, "Objects in the store, by resource.", "resource");
        _resourceObjects = registry.Gauge(
            "apiserver_resource_objects", MetricStability.Alpha, "Objects in the store, by group and resource.",
                resource);
        _resourceBytes = registry.Gauge("apiserver_resource_size_estimate_bytes", MetricStability.Alpha,
            "Bytes of objects in the store, by group and resource.", resource);
        _databaseBytes = registry.Gauge(
            "apiserver_storage_size_bytes", MetricStability.Stable, "Bytes of the store's files.",
                "storage_cluster_id");
    }

    /// <summary>The store was asked: get, list, create, update, delete, listWithCount, watch...</summary>
    public void StoreRequest(string operation, string group, string resource, double seconds)
    {
        _requestTime.With(operation, group, resource).Observe(seconds);
        _requests.With(operation, group, resource).Increment();
    }

    /// <summary>The store told of changes, and the cache took them in.</summary>
    public void EventsReceived(string group, string resource, int count)
    {
        _received.With(group, resource).Add(count);
        _cacheReceived.With(group, resource).Add(count);
    }

    /// <summary>The cache handed changes to its watchers.</summary>
    public void EventsDispatched(string group, string resource, int count) =>
        _dispatched.With(group, resource).Add(count);

    /// <summary>A watch began with so many events.</summary>
    public void InitialEvents(string group, string resource, int count) =>
        _initialEvents.With(group, resource).Add(count);

    /// <summary>The series of a watch's events, to be kept while it lives.</summary>
    public WatchSeries Watch(string group, string version, string resource) =>
        new(_watchEvents.With(group, version, resource), _watchSizes.With(group, version, resource));

    /// <summary>A watch has sent the list it began with; the scope is cluster, namespace or resource.</summary>
    public void WatchListSent(string group, string version, string resource, string scope, double seconds) =>
        _watchListTime.With(group, version, resource, scope).Observe(seconds);

    /// <summary>A list was answered from the cache.</summary>
    public void Listed(string group, string resource, int fetched, int returned)
    {
        _lists.With(group, resource, "").Increment();
        _fetched.With(group, resource, "").Add(fetched);
        _returned.With(group, resource).Add(returned);
    }

    /// <summary>Names where to look up how many objects there are; asked whenever metrics are.</summary>
    public void CountObjects(Func<IEnumerable<StoredObjects>> count) => _registry.OnCollect(() =>
    {
        foreach (StoredObjects stored in count())
        {
            _objects.With(stored.Group.Length == 0 ? stored.Resource : stored.Resource + "." + stored.Group)
                .Set(stored.Count);
            _resourceObjects.With(stored.Group, stored.Resource).Set(stored.Count);
            if (stored.Bytes is { } bytes)
            {
                _resourceBytes.With(stored.Group, stored.Resource).Set(bytes);
            }
        }
    });

    /// <summary>Names where to look up how large the store's files are.</summary>
    public void MeasureStore(string cluster, Func<long> bytes) =>
        _registry.OnCollect(() => _databaseBytes.With(cluster).Set(bytes()));
}

/// <summary>How many objects of a resource are stored, and their bytes where known.</summary>
internal readonly record struct StoredObjects(string Group, string Resource, long Count, long? Bytes = null);

/// <summary>The series of one resource's watches.</summary>
internal sealed record WatchSeries(Counter Events, Histogram Sizes)
{
    /// <summary>An event was sent.</summary>
    public void Sent(long bytes)
    {
        Events.Increment();
        Sizes.Observe(bytes);
    }
}
