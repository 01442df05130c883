using System.Threading.Channels;
using Keelson.Api.Core.V1;
using Keelson.Api.Discovery.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Api.Networking.V1;
using Keelson.Client;
using Keelson.Client.Events;
using Keelson.Client.Informers;
using Keelson.Machinery.Values;
using ApiIngress = Keelson.Api.Networking.V1.Ingress;

namespace Keelson.Network.Ingress;

/// <summary>
/// Serves ingresses on a node by HAProxy. Rules, certificates and endpoints become files of HAProxy's; every change is
/// taken over without a dropped connection.
/// </summary>
public sealed class IngressController : IAsyncDisposable
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LookAfter = TimeSpan.FromSeconds(2);

    private readonly IngressControllerConfig _config;
    private readonly IApiClient _client;
    private readonly IInformer<ApiIngress> _ingresses;
    private readonly IInformer<IngressClass> _classes;
    private readonly IInformer<Service> _services;
    private readonly IInformer<EndpointSlice> _slices;
    private readonly IInformer<Secret> _secrets;
    private readonly IInformer<Node> _nodes;
    private readonly IInformerIndex<EndpointSlice> _slicesByService;
    private readonly Haproxy _haproxy;
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ITimer _look;
    private readonly Task _running;
    private readonly EventRecorder _events;
    private volatile HashSet<string> _used = [];
    private HashSet<string> _told = [];
    private HashSet<string> _served = [];

    private IngressController(IApiClient client, IInformers informers, IngressControllerConfig config)
    {
        _config = config;
        _client = client;
        _haproxy = new(config);
        _events = new(client, "keelson-ingress-controller", "", config.Clock);
        _ingresses = informers.Of<ApiIngress>();
        _classes = informers.Of<IngressClass>();
        _services = informers.Of<Service>();
        _slices = informers.Of<EndpointSlice>();
        _secrets = informers.Of<Secret>();
        _nodes = informers.Of<Node>();
        _slicesByService = _slices.Index(
            "serviceName",
            static one => one.Metadata.Labels.TryGetValue("kubernetes.io/service-name", out string? name)
                ? [one.Metadata.Namespace + "/" + name]
                : []);
        _ingresses.Subscribe((_, _) => Wake());
        _classes.Subscribe((_, _) => Wake());
        _services.Subscribe((old, now) => WakeFor("service", (now ?? old)!.Metadata));
        _slices.Subscribe(OnSlice);
        _secrets.Subscribe((old, now) => WakeFor("secret", (now ?? old)!.Metadata));
        _nodes.Subscribe(OnNode);
        _look = config.Clock.CreateTimer(_ => LookAfterHaproxy(), null, LookAfter, LookAfter);
        _running = Task.Run(RunAsync);
    }

    /// <summary>Completes when HAProxy serves the rules that were there at the start.</summary>
    public Task Ready => _first.Task;

    /// <summary>Starts.</summary>
    /// <param name="client">Makes the class and writes statuses.</param>
    /// <param name="informers">Ingresses, classes, services, endpoint slices, secrets, nodes.</param>
    /// <param name="config">Ports and directories.</param>
    public static IngressController Start(IApiClient client, IInformers informers, IngressControllerConfig config) =>
        new(client, informers, config);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
        {
            return;
        }

        await _stop.CancelAsync();
        await _running;
        await _look.DisposeAsync();
        await _haproxy.DisposeAsync();
        await _events.DisposeAsync();
        _stop.Dispose();
    }

    private void Wake() => _wake.Writer.TryWrite(true);

    /// <summary>Most services and secrets of a cluster are no ingress' business.</summary>
    private void WakeFor(string kind, ObjectMeta metadata)
    {
        if (_used.Contains($"{kind}/{metadata.Namespace}/{metadata.Name}"))
        {
            Wake();
        }
    }

    private void OnSlice(EndpointSlice? old, EndpointSlice? now)
    {
        EndpointSlice slice = (now ?? old)!;
        if (slice.Metadata.Labels.TryGetValue("kubernetes.io/service-name", out string? name))
        {
            WakeFor("service", slice.Metadata with { Name = name });
        }
    }

    private void OnNode(Node? old, Node? now)
    {
        if (old is null || now is null || !old.Status.Addresses.Equals(now.Status.Addresses)
            || IsReady(old) != IsReady(now))
        {
            Wake();
        }
    }

    private void LookAfterHaproxy()
    {
        if (_first.Task.IsCompleted && !_haproxy.IsRunning)
        {
            _config.Log("ingress: haproxy has ended and is started again");
            Wake();
        }
    }

    private async Task RunAsync()
    {
        try
        {
            await Task.WhenAll(
                _ingresses.Synced, _classes.Synced, _services.Synced, _slices.Synced, _secrets.Synced, _nodes.Synced)
                .WaitAsync(_stop.Token);
            if (_config.WritesStatus)
            {
                await EnsureClassAsync();
            }

            Wake();
            while (await _wake.Reader.WaitToReadAsync(_stop.Token))
            {
                _wake.Reader.TryRead(out _);
                await SyncAsync();

                // Several changes that come together need one reload.
                await Task.Delay(_config.ReloadInterval, _config.Clock, _stop.Token);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Asked to end.
        }
    }

    private async Task SyncAsync()
    {
        IngressSnapshot snapshot = new()
        {
            Ingresses = [.. _ingresses.List()],
            Classes = [.. _classes.List()],
            Services = _services.Find,
            Slices = (@namespace, name) => _slicesByService.Find(@namespace + "/" + name),
            Secrets = _secrets.Find,
        };
        _used = Used(snapshot);
        IngressRoutes routes;
        try
        {
            routes = IngressRoutes.Compute(snapshot, _config);
            await _haproxy.ApplyAsync(HaproxyFiles.Compose(routes, _config), _stop.Token);
            _first.TrySetResult();
        }
        catch (Exception exception) when (exception is HaproxyException or IOException or UnauthorizedAccessException
            or System.ComponentModel.Win32Exception)
        {
            _config.Log($"ingress: {exception.Message}");
            await Task.Delay(RetryAfter, _config.Clock, _stop.Token);
            Wake();
            return;
        }

        if (_config.WritesStatus)
        {
            Tell(routes.Complaints);
            await WriteStatusesAsync(snapshot);
        }
    }

    /// <summary>Says on ingresses what they do not get, once until it changes.</summary>
    private void Tell(IReadOnlyList<IngressComplaint> complaints)
    {
        HashSet<string> told = new(StringComparer.Ordinal);
        foreach (IngressComplaint one in complaints)
        {
            string what = $"{one.Ingress.Metadata.Uid} {one.Ingress.Metadata.Generation} {one.Message}";
            if (told.Add(what) && !_told.Contains(what))
            {
                _events.Warning(one.Ingress, one.Reason, one.Message);
            }
        }

        _told = told;
    }

    /// <summary>The services and secrets that ingresses name.</summary>
    private HashSet<string> Used(IngressSnapshot snapshot)
    {
        HashSet<string> used = new(StringComparer.Ordinal);
        foreach (ApiIngress ingress in snapshot.Served(_config))
        {
            foreach (IngressBackend one in IngressRoutes.BackendsOf(ingress))
            {
                used.Add($"service/{ingress.Metadata.Namespace}/{one.Service?.Name}");
            }

            foreach (IngressTLS tls in ingress.Spec.Tls)
            {
                used.Add($"secret/{ingress.Metadata.Namespace}/{tls.SecretName}");
            }

            if (IngressGuards.SecretOf(ingress) is { } passwords)
            {
                used.Add($"secret/{ingress.Metadata.Namespace}/{passwords}");
            }
        }

        return used;
    }

    private async Task EnsureClassAsync()
    {
        if (_classes.Find("", _config.ClassName) is not null)
        {
            return;
        }

        IngressClass made = new()
        {
            Metadata = ObjectMeta.Empty with
            {
                Name = _config.ClassName,
                Annotations = ApiMap<string>.From(
                    [KeyValuePair.Create("ingressclass.kubernetes.io/is-default-class", "true")]),
            },
            Spec = new() { Controller = _config.ControllerName },
        };
        ApiResult<IngressClass> created = await _client.CreateAsync(made, _stop.Token);
        if (created.Error is { Code: not 409 } error)
        {
            _config.Log($"ingress: class {_config.ClassName}: {error.Message}");
        }
    }

    private async Task WriteStatusesAsync(IngressSnapshot snapshot)
    {
        ApiList<IngressLoadBalancerIngress> wanted = _nodes.List().Where(IsReady)
            .Select(AddressOf)
            .Where(static one => one.Length > 0)
            .Select(static one => new IngressLoadBalancerIngress { Ip = one })
            .ToApiList();
        ApiIngress[] served = [.. snapshot.Served(_config)];
        HashSet<string> before = _served;
        _served = [.. served.Select(static one => one.Metadata.Uid)];
        foreach (ApiIngress ingress in served)
        {
            await WriteStatusAsync(ingress, wanted);
        }

        // Another controller's now, or nobody's: where it was served it is no more.
        foreach (ApiIngress ingress in snapshot.Ingresses)
        {
            if (before.Contains(ingress.Metadata.Uid) && !_served.Contains(ingress.Metadata.Uid)
                && ingress.Status.LoadBalancer.Ingress.Equals(wanted))
            {
                await WriteStatusAsync(ingress, default);
            }
        }
    }

    private async Task WriteStatusAsync(ApiIngress ingress, ApiList<IngressLoadBalancerIngress> wanted)
    {
        if (ingress.Status.LoadBalancer.Ingress.Equals(wanted) || ingress.Metadata.DeletionTimestamp is not null)
        {
            return;
        }

        ApiResult<ApiIngress> written = await _client.ModifyAsync<ApiIngress>(
            ingress.Metadata.Namespace,
            ingress.Metadata.Name,
            now => now.Status.LoadBalancer.Ingress.Equals(wanted)
                ? null
                : now with { Status = new() { LoadBalancer = new() { Ingress = wanted } } },
            _stop.Token,
            "status");
        if (written.Error is { Code: not (404 or 409) } error)
        {
            _config.Log($"ingress: status of {ObjectKey.Of(ingress)}: {error.Message}");
        }
    }

    private static bool IsReady(Node node) =>
        node.Status.Conditions.Any(static one => one is { Type: "Ready", Status: "True" });

    private static string AddressOf(Node node) =>
        node.Status.Addresses.FirstOrDefault(static one => one.Type == "ExternalIP")?.Address
        ?? node.Status.Addresses.FirstOrDefault(static one => one.Type == "InternalIP")?.Address
        ?? "";
}
