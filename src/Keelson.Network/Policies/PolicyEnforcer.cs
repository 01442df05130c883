using System.Threading.Channels;
using Keelson.Api.Core.V1;
using Keelson.Api.Discovery.V1;
using Keelson.Api.Networking.V1;
using Keelson.Client;
using Keelson.Client.Informers;
using Keelson.Machinery.Values;
using Keelson.Network.Nft;

namespace Keelson.Network.Policies;

/// <summary>Enforces network policies for the pods of a node.</summary>
public sealed class PolicyEnforcer : IAsyncDisposable
{
    private const string DnsNamespace = "kube-system";
    private const string DnsService = "kube-dns";
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly PolicyEnforcerConfig _config;
    private readonly IInformer<Pod> _pods;
    private readonly IInformer<Namespace> _namespaces;
    private readonly IInformer<NetworkPolicy> _policies;
    private readonly IInformer<EndpointSlice> _slices;
    private readonly INftables _nftables;
    private readonly PolicyTable[] _tables;
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ITimer _resync;
    private readonly Task _running;
    private readonly Lock _gate = new();
    private readonly AssignedAddresses _assigned = new();
    private Changes _changes = new();
    private bool _replace = true;
    private volatile string? _trouble;
    private long _syncs;

    private PolicyEnforcer(IInformers informers, PolicyEnforcerConfig config)
    {
        _config = config;
        _nftables = new NftProgram(new(config.NetworkNamespace));
        _tables = [new(NftFamily.IPv4, config.TableName), new(NftFamily.IPv6, config.TableName)];
        _pods = informers.Of<Pod>();
        _namespaces = informers.Of<Namespace>();
        _policies = informers.Of<NetworkPolicy>();
        _slices = informers.Of<EndpointSlice>();
        _pods.Subscribe(OnPod);
        _namespaces.Subscribe(OnNamespace);
        _policies.Subscribe((old, now) => Mark(changes => changes.Policies.Add(ObjectKey.Of((now ?? old)!))));
        _slices.Subscribe(OnSlice);
        _resync = config.Clock.CreateTimer(
            _ => Mark(static changes => changes.Verify = true), null, config.Resync, config.Resync);
        _running = Task.Run(RunAsync);
    }

    /// <summary>Completes when the policies that were there at the start are enforced.</summary>
    public Task Ready => _first.Task;

    /// <summary>How many changes have reached the kernel.</summary>
    internal long Syncs => Interlocked.Read(ref _syncs);

    /// <summary>Starts.</summary>
    /// <param name="informers">Pods, namespaces, policies, endpoint slices.</param>
    /// <param name="config">The node.</param>
    public static PolicyEnforcer Start(IInformers informers, PolicyEnforcerConfig config) => new(informers, config);

    /// <summary>
    /// Guards a pod of this node from now on at addresses that it was given, whether its status tells them yet or not.
    /// </summary>
    /// <param name="pod">The pod.</param>
    /// <param name="addresses">Its addresses.</param>
    /// <param name="cancellationToken">Ends the wait; the pod is guarded as soon as that is possible.</param>
    /// <returns>Completes when the kernel's rules know the pod: nothing should run in it before.</returns>
    /// <exception cref="TimeoutException">That did not come to be in time; the message says why.</exception>
    public async Task GuardAsync(Pod pod, IReadOnlyList<string> addresses, CancellationToken cancellationToken)
    {
        if (pod.Spec.HostNetwork || addresses.Count == 0)
        {
            return;
        }

        Newcomer newcomer = new(pod, addresses);
        Mark(changes => changes.Newcomers.Add(newcomer));
        try
        {
            await newcomer.Guarded.Task.WaitAsync(_config.GuardPatience, _config.Clock, cancellationToken);
        }
        catch (TimeoutException)
        {
            newcomer.Guarded.TrySetCanceled(CancellationToken.None);
            throw new TimeoutException("network policies are not in force: "
                + (_trouble ?? "they are not known yet"));
        }
    }

    /// <summary>Removes everything that an enforcer leaves on its node.</summary>
    public static async Task CleanUpAsync(PolicyEnforcerConfig config, CancellationToken cancellationToken)
    {
        NftTable[] tables = [new("ip", config.TableName), new("ip6", config.TableName)];
        await new NftProgram(new(config.NetworkNamespace)).ApplyAsync(
            string.Concat(tables.Select(static one => one.Removal())), cancellationToken);
    }

    /// <summary>Stops. Policies stay in force.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
        {
            return;
        }

        await _stop.CancelAsync();
        await _running;
        await _resync.DisposeAsync();
        _stop.Dispose();
    }

    private void OnPod(Pod? old, Pod? now)
    {
        Pod pod = (now ?? old)!;

        // Most changes of pods are none to policies.
        if (old is not null && now is not null
            && old.Metadata.Labels.Equals(now.Metadata.Labels)
            && old.Status.PodIPs.Equals(now.Status.PodIPs)
            && old.Status.Phase == now.Status.Phase
            && old.Spec.NodeName == now.Spec.NodeName
            && old.Metadata.Uid == now.Metadata.Uid)
        {
            return;
        }

        Mark(changes => changes.Pods.Add(ObjectKey.Of(pod)));
    }

    private void OnNamespace(Namespace? old, Namespace? now)
    {
        if (old is null || now is null || !old.Metadata.Labels.Equals(now.Metadata.Labels))
        {
            Mark(changes => changes.Namespaces.Add((now ?? old)!.Metadata.Name));
        }
    }

    private void OnSlice(EndpointSlice? old, EndpointSlice? now)
    {
        if (IsDns((now ?? old)!))
        {
            Mark(changes => changes.DnsSlices.Add(ObjectKey.Of((now ?? old)!)));
        }
    }

    private static bool IsDns(EndpointSlice slice) =>
        slice.Metadata.Namespace == DnsNamespace
        && slice.Metadata.Labels.GetValueOrDefault("kubernetes.io/service-name") == DnsService;

    private void Mark(Action<Changes> mark)
    {
        lock (_gate)
        {
            mark(_changes);
        }

        _wake.Writer.TryWrite(true);
    }

    private async Task RunAsync()
    {
        try
        {
            await Task.WhenAll(_pods.Synced, _namespaces.Synced, _policies.Synced,
                _slices.Synced).WaitAsync(_stop.Token);
            _wake.Writer.TryWrite(true);
            while (await _wake.Reader.WaitToReadAsync(_stop.Token))
            {
                _wake.Reader.TryRead(out _);
                await SyncAsync();
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Asked to end.
        }
    }

    private async Task SyncAsync()
    {
        Changes changes;
        lock (_gate)
        {
            (changes, _changes) = (_changes, new());
        }

        Look(changes);
        try
        {
            await ApplyAsync(changes.Verify);
        }
        catch (Exception exception)
            when (exception is NftException or IOException or System.ComponentModel.Win32Exception)
        {
            _trouble = "nftables: " + exception.Message;
            _config.Log($"network policy: {_trouble}");
            _replace = true;
            WaitOn(changes.Newcomers);
            await Task.Delay(RetryAfter, _config.Clock, _stop.Token);
            _wake.Writer.TryWrite(true);
            return;
        }

        _trouble = null;
        Interlocked.Increment(ref _syncs);
        _first.TrySetResult();
        foreach (Newcomer one in changes.Newcomers)
        {
            one.Guarded.TrySetResult();
        }
    }

    /// <summary>Lets those in that no policy guards; the others wait on.</summary>
    private void WaitOn(IReadOnlyList<Newcomer> newcomers)
    {
        foreach (Newcomer one in newcomers)
        {
            if (!_tables.Any(table => table.Guards(ObjectKey.Of(one.Pod))))
            {
                one.Guarded.TrySetResult();
            }
        }

        lock (_gate)
        {
            _changes.Newcomers.AddRange(newcomers.Where(static one => !one.Guarded.Task.IsCompleted));
        }
    }

    private void Look(Changes changes)
    {
        List<(ObjectKey Key, NetworkPolicy? Policy)> policies =
            [.. changes.Policies.Select(one => (one, _policies.Find(one.Namespace, one.Name)))];
        HashSet<ObjectKey> pods = changes.Pods;
        HashSet<ObjectKey> slices = changes.DnsSlices;
        foreach (Newcomer one in changes.Newcomers)
        {
            pods.Add(ObjectKey.Of(one.Pod));
            pods.UnionWith(_assigned.Put(one.Pod, one.Addresses));
        }

        if (policies.Count > 0)
        {
            pods.UnionWith(_pods.List().Select(static one => ObjectKey.Of(one)));
            pods.UnionWith(_assigned.Pods);
        }

        foreach (string @namespace in changes.Namespaces)
        {
            pods.UnionWith(_pods.List(@namespace).Select(static one => ObjectKey.Of(one)));
            pods.UnionWith(_assigned.Pods.Where(one => one.Namespace == @namespace));
        }

        if (policies.Count > 0 || changes.Namespaces.Contains(DnsNamespace))
        {
            slices.UnionWith(_slices.List(DnsNamespace).Where(IsDns).Select(static one => ObjectKey.Of(one)));
        }

        Dictionary<ObjectKey, PolicyPod?> seen = pods.ToDictionary(
            static key => key,
            key => _assigned.Resolve(key, _pods.Find(key.Namespace, key.Name), _config.NodeName));
        foreach (PolicyTable table in _tables)
        {
            table.Set(policies);
            foreach ((ObjectKey key, PolicyPod? pod) in seen)
            {
                table.Set(key, pod, LabelsOf(key.Namespace));
            }

            foreach (ObjectKey key in slices)
            {
                // No pod has a slash in its name.
                ObjectKey server = new(key.Namespace, "dns/" + key.Name);
                table.Set(server, DnsServer(_slices.Find(key.Namespace, key.Name)), LabelsOf(key.Namespace));
            }
        }
    }

    /// <summary>
    /// The cluster's DNS servers run on nodes, yet policies let pods of <c>kube-system</c> be asked at port 53: to
    /// them a
    /// server is such a pod.
    /// </summary>
    private static PolicyPod? DnsServer(EndpointSlice? slice)
    {
        if (slice is null)
        {
            return null;
        }

        return new(DnsNamespace, DnsService)
        {
            Labels = ApiMap<string>.From([KeyValuePair.Create("k8s-app", "kube-dns")]),
            Addresses = [.. slice.Endpoints
                .Where(static one => one.TargetRef is null).SelectMany(static one => one.Addresses)],
            NamedPorts = [.. slice.Ports.Select(static one => (one.Name ?? "", one.Protocol ?? "TCP", one.Port ?? 0))],
            OtherPorts = [.. slice.Ports.Select(static one => (53, one.Protocol ?? "TCP", one.Port ?? 0))],
        };
    }

    private ApiMap<string> LabelsOf(string @namespace) => _namespaces.Find("", @namespace)?.Metadata.Labels ?? default;

    private async Task ApplyAsync(bool verify)
    {
        foreach (PolicyTable table in _replace || !verify ? [] : _tables)
        {
            string? listing = await _nftables.ListAsync(table.Table.Family, table.Table.Name, _stop.Token);
            if (!table.Table.HasChanges && (listing is null || !NftListing.Parse(listing).Shows(table.Table)))
            {
                _config.Log($"network policy: table {table.Table.Family} {table.Table.Name} was changed "
                    + "by somebody else and is replaced");
                _replace = true;
            }
        }

        string transaction = _replace
            ? string.Concat(_tables.Select(static one => one.Table.Everything()))
            : string.Concat(_tables.Where(static one => one.Table.HasChanges)
                .Select(static one => one.Table.Changes()));
        if (transaction.Length > 0)
        {
            await _nftables.ApplyAsync(transaction, _stop.Token);
        }

        _replace = false;
        foreach (PolicyTable table in _tables)
        {
            table.Table.Applied();
        }
    }

    /// <summary>A pod whose containers wait until it is guarded.</summary>
    private sealed record Newcomer(Pod Pod, IReadOnlyList<string> Addresses)
    {
        public TaskCompletionSource Guarded { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>What has to be looked at.</summary>
    private sealed class Changes
    {
        public HashSet<ObjectKey> Pods { get; } = [];

        public HashSet<string> Namespaces { get; } = [];

        public HashSet<ObjectKey> Policies { get; } = [];

        public HashSet<ObjectKey> DnsSlices { get; } = [];

        public List<Newcomer> Newcomers { get; } = [];

        public bool Verify { get; set; }
    }
}
