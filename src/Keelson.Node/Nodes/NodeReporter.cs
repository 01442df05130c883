using System.Net;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Client.Events;
using Keelson.Machinery.Values;
using Keelson.Nodes.Cri;
using Keelson.Rpc;
using Proto = Keelson.Nodes.Cri.Protos;

namespace Keelson.Nodes.Nodes;

/// <summary>
/// Registers the node, reports its status when it changes and every five minutes, and renews its lease four times while
/// it holds.
/// </summary>
internal sealed class NodeReporter : IAsyncDisposable
{
    private const string ManagedAttach = "volumes.kubernetes.io/controller-managed-attach-detach";

    private static readonly TimeSpan RuntimePatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan RegisterPause = TimeSpan.FromMilliseconds(200);

    private readonly NodeContext _context;
    private readonly NodeReporterConfig _config;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _registered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _wake = new(0);
    private readonly Task _running;
    private DateTimeOffset _reportedAt;
    private Proto.StatusResponse? _runtime;
    private IReadOnlyList<Proto.Image> _images = [];
    private long? _answeredAt;
    private bool _wasSchedulable = true;
    private bool _isFirst = true;

    /// <summary>Starts to report.</summary>
    public NodeReporter(NodeContext context, NodeReporterConfig config)
    {
        _context = context;
        _config = config;
        _running = Task.WhenAll(
            Task.Run(ReportAsync),
            Task.Run(() => new NodeLease(context, config.Agent.LeaseSeconds).KeepAsync(Registered, _stop.Token)));
    }

    /// <summary>Completes when the node is registered.</summary>
    public Task Registered => _registered.Task;

    /// <summary>Reports soon.</summary>
    public void Wake() => _wake.Release();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
        _wake.Dispose();
    }

    private async Task ReportAsync()
    {
        try
        {
            _config.Events.Record(About(), "Normal", "Starting", "Starting kubelet.");
            MachineWarnings.Tell(_config.Events, _context.NodeName, _config.Agent.ResolverFile);
            if (_config.Agent.PodCgroups)
            {
                _config.Events.Record(
                    About(), "Normal", "NodeAllocatableEnforced", "Updated Node Allocatable limit across pods");
            }

            long begun = _context.Clock.GetTimestamp();
            while (!await TryRegisterAsync())
            {
                await Task.Delay(
                    _config.Agent.Registers ? RegisterPause : _config.Agent.StatusPeriod, _context.Clock, _stop.Token);
            }

            TimeSpan registering = _context.Clock.GetElapsedTime(begun);
            long registered = _context.Clock.GetTimestamp();
            bool wasReady = false;
            _registered.TrySetResult();
            while (true)
            {
                bool isReady = await TryReportAsync();
                if (isReady && !wasReady)
                {
                    wasReady = true;
                    _context.Metrics.Node.Started(
                        _config.SinceStart(begun), registering, _context.Clock.GetElapsedTime(registered));
                }

                await WaitAsync(isReady ? _config.Agent.StatusPeriod : TimeSpan.FromMilliseconds(250));
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            _registered.TrySetCanceled();
        }
    }

    private async Task WaitAsync(TimeSpan longest)
    {
        using CancellationTokenSource limit = new(longest, _context.Clock);
        using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _stop.Token);
        try
        {
            await _wake.WaitAsync(both.Token);
        }
        catch (OperationCanceledException) when (!_stop.IsCancellationRequested)
        {
            // Time is up.
        }
    }

    private ObjectReference About() => NodeEvents.About(_context.NodeName);

    /// <summary>Creates the node's object, or brings the labels of the one there is up to date.</summary>
    private async Task<bool> TryRegisterAsync()
    {
        if (!_config.Agent.Registers)
        {
            return (await _context.Client.GetAsync<Node>("", _context.NodeName, _stop.Token)).Error is null;
        }

        NodeStatusInput input = await InputAsync();
        Node node = new()
        {
            Metadata = ObjectMeta.Empty with
            {
                Name = _context.NodeName,
                Labels = Labels(input),
                Annotations = ApiMap<string>.From([KeyValuePair.Create(ManagedAttach, "true")]),
            },
            Spec = new NodeSpec
            {
                Taints = Taints(),
                ProviderID = _config.Agent.ProviderId,
                Unschedulable = !_config.Agent.IsSchedulable,
            },
            Status = NodeStatuses.Compute(input, new NodeStatus()),
        };
        TellOfConditions(new NodeStatus(), node.Status);
        ApiResult<Node> created = await _context.Client.CreateAsync(node, _stop.Token);
        if (created.Error is not { Code: 409 })
        {
            return Told(created.Error, "node can't be registered");
        }

        ApiResult<Node> read = await _context.Client.GetAsync<Node>("", _context.NodeName, _stop.Token);
        if (!read.TryGet(out Node? there, out Status? error))
        {
            return Told(error, "node can't be read");
        }

        ApiMap<string> labels = there.Metadata.Labels;
        foreach (KeyValuePair<string, string> one in node.Metadata.Labels)
        {
            labels = labels.With(one.Key, one.Value);
        }

        ApiMap<string> annotations = there.Metadata.Annotations.With(ManagedAttach, "true");
        if (labels == there.Metadata.Labels && annotations == there.Metadata.Annotations)
        {
            return true;
        }

        ApiResult<Node> updated = await _context.Client.UpdateAsync(
            there with { Metadata = there.Metadata with { Labels = labels, Annotations = annotations } }, _stop.Token);
        return Told(updated.Error, "node's labels can't be updated");
    }

    /// <summary>A node that nothing may be placed on yet says so by a taint too.</summary>
    private ApiList<Taint> Taints()
    {
        Taint cordon = new() { Key = "node.kubernetes.io/unschedulable", Effect = TaintEffect.NoSchedule };
        bool isTold = _config.Agent.IsSchedulable
            || _config.Agent.Taints.Any(one => one.Key == cordon.Key && one.Effect == cordon.Effect);
        return isTold ? _config.Agent.Taints.ToApiList() : [.. _config.Agent.Taints, cordon];
    }

    private ApiMap<string> Labels(NodeStatusInput input) => ApiMap<string>.From(
        new Dictionary<string, string>(_config.Agent.Labels, StringComparer.Ordinal)
        {
            ["kubernetes.io/hostname"] = _config.Agent.HostName,
            ["kubernetes.io/os"] = "linux",
            ["kubernetes.io/arch"] = input.Machine.Architecture,
            ["beta.kubernetes.io/os"] = "linux",
            ["beta.kubernetes.io/arch"] = input.Machine.Architecture,
        });

    private bool Told(Status? error, string what)
    {
        if (error is not null)
        {
            _context.Log($"{what}: {error.Message}");
        }

        return error is null;
    }

    /// <summary>Reports what changed; true when the node is ready.</summary>
    private async Task<bool> TryReportAsync()
    {
        NodeStatusInput input = await InputAsync();
        bool isReady = false;
        bool isMissing = false;
        DateTimeOffset now = _context.Steady.Now;
        ApiResult<Node> written = await _context.Client.ModifyAsync<Node>(
            "",
            _context.NodeName,
            node =>
            {
                NodeStatus status = NodeStatuses.Compute(input, node.Status);
                isReady = status.Conditions.Any(static one => one is { Type: "Ready", Status: "True" });
                TellOfConditions(node.Status, status);
                TellOfChanges(node, status);
                bool isDue = now - _reportedAt >= _config.Agent.ReportPeriod
                    || NodeStatuses.HasChanged(node.Status, status);
                return isDue ? node with { Status = status } : null;
            },
            _stop.Token,
            "status");
        if (written.Error is { } error)
        {
            isMissing = error.Code == 404;
            _context.Log($"node's status can't be reported: {error.Message}");
        }
        else
        {
            _isFirst = false;
            _reportedAt = written.Value.Status.Conditions.Count > 0
                ? written.Value.Status.Conditions[^1].LastHeartbeatTime.Instant
                : now;
        }

        if (isMissing)
        {
            await TryRegisterAsync();
        }

        return isReady;
    }

    /// <summary>Tells that the machine was started anew, or that pods may or may not be placed on it any more.
    /// </summary>
    private void TellOfChanges(Node node, NodeStatus now)
    {
        string boot = node.Status.NodeInfo.BootID;
        if (boot.Length > 0 && boot != now.NodeInfo.BootID)
        {
            _config.Events.Record(
                About(), "Warning", "Rebooted",
                $"Node {_context.NodeName} has been rebooted, boot id: {now.NodeInfo.BootID}");
        }

        if (node.Spec.Unschedulable == _wasSchedulable)
        {
            _wasSchedulable = !node.Spec.Unschedulable;
            string reason = _wasSchedulable ? "NodeSchedulable" : "NodeNotSchedulable";
            _config.Events.Record(About(), "Normal", reason, $"Node {_context.NodeName} status is now: {reason}");
        }
    }

    private void TellOfConditions(NodeStatus before, NodeStatus now)
    {
        foreach (NodeCondition one in now.Conditions)
        {
            NodeCondition? old = before.Conditions.FirstOrDefault(it => it.Type == one.Type);
            bool isTrue = one.Status == "True";
            string reason = one.Type switch
            {
                "Ready" => isTrue ? "NodeReady" : "NodeNotReady",
                "MemoryPressure" => isTrue ? "NodeHasInsufficientMemory" : "NodeHasSufficientMemory",
                "DiskPressure" => isTrue ? "NodeHasDiskPressure" : "NodeHasNoDiskPressure",
                "PIDPressure" => isTrue ? "NodeHasInsufficientPID" : "NodeHasSufficientPID",
                _ => "",
            };

            // A node that was never ready does not become unready.
            bool isNews = old?.Status != one.Status && !(old is null && reason == "NodeNotReady");
            if (isNews && reason.Length > 0)
            {
                _config.Events.Record(About(), "Normal", reason, $"Node {_context.NodeName} status is now: {reason}");
            }
        }
    }

    /// <summary>What is wrong with the runtime. One that is away for a moment is not down.</summary>
    private List<string> RuntimeErrors()
    {
        List<string> errors = [];
        if (_answeredAt is not { } answered)
        {
            errors.Add("container runtime status check may not have completed yet");
        }
        else if (_context.Clock.GetElapsedTime(answered) >= RuntimePatience)
        {
            errors.Add("container runtime is down");
        }

        if (_config.RuntimeError() is { } error)
        {
            errors.Add(error);
        }

        return errors;
    }

    private async Task<NodeStatusInput> InputAsync()
    {
        try
        {
            _runtime = await _config.Runtime.CallAsync(
                CriMethods.Status, new Proto.StatusRequest(), TimeSpan.FromSeconds(30), _stop.Token);
            _images = (await _config.Runtime.CallAsync(
                CriMethods.ListImages, new Proto.ListImagesRequest(), _stop.Token)).Images;
            _answeredAt = _context.Clock.GetTimestamp();
            _context.Network.Look(_runtime.Status);
        }
        catch (RpcException exception)
        {
            _context.Log("container runtime: " + exception.Message);
        }

        return new()
        {
            Config = _config.Agent,
            Machine = _config.Machine,
            Addresses = _config.Addresses,
            Runtime = _config.RuntimeVersion,
            RuntimeStatus = _runtime,
            RuntimeErrors = RuntimeErrors(),
            Images = _images,
            Port = _config.Port,
            Devices = _config.Devices(),
            ResetsExtended = _isFirst && _config.IsNewMachine,
            Pressure = _config.Pressure(),
            VolumesInUse = _config.VolumesInUse(),
            IsShuttingDown = _config.IsShuttingDown(),
            Now = Time.Now(_context.Clock),
        };
    }
}

/// <summary>What the reporter reports of.</summary>
internal sealed record NodeReporterConfig
{
    /// <summary>The agent's settings.</summary>
    public required NodeAgentConfig Agent { get; init; }

    /// <summary>The runtime.</summary>
    public required CriClient Runtime { get; init; }

    /// <summary>The runtime and its version.</summary>
    public required string RuntimeVersion { get; init; }

    /// <summary>Why the runtime is not well; null when it is.</summary>
    public required Func<string?> RuntimeError { get; init; }

    /// <summary>The machine.</summary>
    public required MachineFacts Machine { get; init; }

    /// <summary>The node's addresses.</summary>
    public required IReadOnlyList<IPAddress> Addresses { get; init; }

    /// <summary>Where the kubelet's server listens.</summary>
    public required int Port { get; init; }

    /// <summary>Events.</summary>
    public required EventRecorder Events { get; init; }

    /// <summary>For each resource of devices how many there are, and how many of them can be used.</summary>
    public Func<IReadOnlyDictionary<string, (int Capacity, int Allocatable)>> Devices { get; init; } =
        static () => new Dictionary<string, (int, int)>();

    /// <summary>True when no agent before left word of devices.</summary>
    public bool IsNewMachine { get; init; }

    /// <summary>The attached volumes that pods use; null when nobody knows yet.</summary>
    public Func<IReadOnlyList<string>?> VolumesInUse { get; init; } = static () => null;

    /// <summary>What the node is short of.</summary>
    public Func<NodePressure> Pressure { get; init; } = static () => NodePressure.None;

    /// <summary>True while the node shuts down.</summary>
    public Func<bool> IsShuttingDown { get; init; } = static () => false;

    /// <summary>How long the agent had run at a time of its clock.</summary>
    public Func<long, TimeSpan> SinceStart { get; init; } = static _ => TimeSpan.Zero;
}
