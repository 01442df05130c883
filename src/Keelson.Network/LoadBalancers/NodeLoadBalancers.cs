using Keelson.Api.Core.V1;
using Keelson.Api.Discovery.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Client.Events;
using Keelson.Client.Informers;
using Keelson.Client.Queues;
using Keelson.Machinery.Values;

namespace Keelson.Network.LoadBalancers;

/// <summary>Where services of the type LoadBalancer get their addresses from.</summary>
public sealed record NodeLoadBalancersConfig
{
    /// <summary>The class of services that are seen to, beside those without one.</summary>
    public string Class { get; init; } = "keelson.dev/node";

    /// <summary>Ranges of addresses that are led to the nodes; empty for the nodes' own addresses.</summary>
    public IReadOnlyList<string> Pool { get; init; } = [];

    /// <summary>TCP ports of the nodes' own addresses that no service gets: those of the ingress controller.</summary>
    public IReadOnlySet<int> ReservedPorts { get; init; } = new HashSet<int>();

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Where refusals are told.</summary>
    public Action<string> Log { get; init; } = static _ => { };
}

/// <summary>Gives services of the type LoadBalancer the addresses of nodes, or of a pool. One of a cluster's control
/// planes runs it.</summary>
public sealed class NodeLoadBalancers : IAsyncDisposable
{
    private readonly NodeLoadBalancersConfig _config;
    private readonly IInformer<Service> _services;
    private readonly IInformer<Node> _nodes;
    private readonly IInformerIndex<EndpointSlice> _slices;
    private readonly EventRecorder _events;
    private readonly ReconcileLoop _loop;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    private NodeLoadBalancers(IApiClients clients, IInformers informers, NodeLoadBalancersConfig config)
    {
        _config = config;
        _services = informers.Of<Service>();
        _nodes = informers.Of<Node>();
        IApiClient client = clients.ForController("service-controller");
        _events = new(client, "service-controller", "", config.Clock);
        IInformer<EndpointSlice> slices = informers.Of<EndpointSlice>();
        _slices = slices.Index(
            "serviceName",
            static one => one.Metadata.Labels.TryGetValue("kubernetes.io/service-name", out string? name)
                ? [one.Metadata.Namespace + "/" + name]
                : []);

        // One worker: whether a port is free depends on what others were given.
        _loop = new(
            new() { Name = "service-lb", Workers = 1, Clock = config.Clock, Log = config.Log }, client, ReconcileAsync);
        _loop.On(_services, Concerned).On(_nodes, OnNode).On(slices, OnSlice);
        _running = _loop.RunAsync(_stop.Token);
    }

    /// <summary>Starts.</summary>
    /// <param name="clients">Identities: <c>service-controller</c>.</param>
    /// <param name="informers">Services, nodes, endpoint slices.</param>
    /// <param name="config">Where addresses come from.</param>
    public static NodeLoadBalancers Start(
        IApiClients clients, IInformers informers, NodeLoadBalancersConfig config) => new(clients, informers, config);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _loop.Dispose();
        await _events.DisposeAsync();
        _stop.Dispose();
    }

    /// <summary>A service that goes, or changes its ports, may make room for another.</summary>
    private IEnumerable<ObjectKey> Concerned(Service? old, Service? now)
    {
        ObjectKey key = ObjectKey.Of((now ?? old)!);
        if (old is not null && now is not null && !now.Spec.Equals(old.Spec))
        {
            TellChanges(old, now);
        }

        bool givesUp = old is not null && LoadBalancerPlan.IsOurs(old, _config)
            && (now is null || !now.Spec.Equals(old.Spec));
        return givesUp ? [key, .. Balanced()] : [key];
    }

    private IEnumerable<ObjectKey> OnNode(Node? old, Node? now)
    {
        bool isSame = old is not null && now is not null
            && old.Status.Addresses.Equals(now.Status.Addresses)
            && old.Metadata.Labels.Equals(now.Metadata.Labels)
            && old.Spec.Taints.Equals(now.Spec.Taints)
            && IsReady(old) == IsReady(now);
        return isSame ? [] : Balanced();
    }

    private IEnumerable<ObjectKey> OnSlice(EndpointSlice? old, EndpointSlice? now)
    {
        EndpointSlice slice = (now ?? old)!;
        return slice.Metadata.Labels.TryGetValue("kubernetes.io/service-name", out string? name)
            && _services.Find(slice.Metadata.Namespace, name) is { Spec.ExternalTrafficPolicy: "Local" } service
            ? [ObjectKey.Of(service)]
            : [];
    }

    private static bool IsReady(Node node) =>
        node.Status.Conditions.Any(static one => one is { Type: "Ready", Status: "True" });

    private IEnumerable<ObjectKey> Balanced() =>
        [.. _services.List().Where(one => LoadBalancerPlan.IsOurs(one, _config))
            .Select(static one => ObjectKey.Of(one))];

    /// <summary>Tells what of a balanced service has changed, as upstream's service controller does.</summary>
    private void TellChanges(Service old, Service now)
    {
        bool was = LoadBalancerPlan.IsOurs(old, _config);
        bool isOurs = LoadBalancerPlan.IsOurs(now, _config);
        if (was != isOurs && old.Spec.LoadBalancerClass == now.Spec.LoadBalancerClass)
        {
            _events.Normal(now, "Type", $"{old.Spec.Type} -> {now.Spec.Type}");
        }

        if (!was || !isOurs)
        {
            return;
        }

        TellChange(now, "LoadBalancerSourceRanges", Listed(old.Spec.LoadBalancerSourceRanges),
            Listed(now.Spec.LoadBalancerSourceRanges));
        TellChange(now, "LoadbalancerIP", old.Spec.LoadBalancerIP, now.Spec.LoadBalancerIP);
        TellChange(now, "ExternalTrafficPolicy", old.Spec.ExternalTrafficPolicy ?? "",
            now.Spec.ExternalTrafficPolicy ?? "");
    }

    private void TellChange(Service service, string reason, string old, string now)
    {
        if (old != now)
        {
            _events.Normal(service, reason, $"{old} -> {now}");
        }
    }

    private static string Listed(IEnumerable<string> texts) => "[" + string.Join(' ', texts) + "]";

    private async Task<Reconciled> ReconcileAsync(ObjectKey key, IApiClient client, CancellationToken cancellationToken)
    {
        if (_services.Find(key.Namespace, key.Name) is not { } service)
        {
            return Reconciled.Done;
        }

        LoadBalancerSnapshot snapshot =
            new(service, [.. _services.List()], [.. _nodes.List()], _slices.Find(key.ToString()));
        LoadBalancerDecision decision = LoadBalancerPlan.Compute(snapshot, _config);
        if (decision.Reason.Length > 0)
        {
            _events.Warning(service, "UnAvailableLoadBalancer", decision.Reason);
        }

        if (decision.Wanted is not { } addresses || decision.IsDone(service))
        {
            return Reconciled.Done;
        }

        (string reason, string message) before = decision.IsHeld
            ? ("EnsuringLoadBalancer", "Ensuring load balancer")
            : ("DeletingLoadBalancer", "Deleting load balancer");
        bool hadAddresses = service.Status.LoadBalancer.Ingress.Count > 0;
        if (!decision.IsHeld || !hadAddresses)
        {
            _events.Normal(service, before.reason, before.message);
        }

        ApiResult<Service> written = await client.UpdateStatusAsync(
            service with
            {
                Metadata = service.Metadata with { Finalizers = decision.Finalizers(service.Metadata) },
                Status = service.Status with
                {
                    LoadBalancer = service.Status.LoadBalancer with { Ingress = addresses },
                },
            },
            cancellationToken);
        if (written.Error is null)
        {
            TellResult(service, decision, hadAddresses);
        }

        return written.Error is { Code: 404 } ? Reconciled.Done : Reconciled.Of(written.Error);
    }

    private void TellResult(Service service, LoadBalancerDecision decision, bool hadAddresses)
    {
        if (!decision.IsHeld)
        {
            _events.Normal(service, "DeletedLoadBalancer", "Deleted load balancer");
        }
        else if (decision.Wanted is { Count: > 0 } && hadAddresses)
        {
            _events.Normal(service, "UpdatedLoadBalancer", "Updated load balancer with new hosts");
        }
        else if (decision.Wanted is { Count: > 0 })
        {
            _events.Normal(service, "EnsuredLoadBalancer", "Ensured load balancer");
        }
    }
}
