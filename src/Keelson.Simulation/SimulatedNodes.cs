using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Keelson.Api.Coordination.V1;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Client.Events;
using Keelson.Client.Informers;
using Keelson.Client.Queues;
using Keelson.Machinery.Values;
using Keelson.Nodes.Server.Backends;
using Keelson.Simulation.Kubelet;

namespace Keelson.Simulation;

using Node = Keelson.Api.Core.V1.Node;

/// <summary>
/// Nodes without containers: they register, renew their leases, and take their pods through the life that the pods'
/// specs ask for. A node object's annotation (<see cref="SimulatedNode.StateAnnotation"/>) stops or partitions it.
/// </summary>
public sealed class SimulatedNodes : IAsyncDisposable
{
    private const int PodWorkers = 16;
    private const int NodeWorkers = 8;

    private readonly SimulatedNodesConfig _config;
    private readonly IApiClients _clients;
    private readonly int _kubeletPort;
    private readonly IInformer<Pod> _pods;
    private readonly IInformer<Node> _nodes;
    private readonly IInformerIndex<Pod> _podsByNode;
    private readonly Dictionary<string, SimulatedMember> _members;
    private readonly SimulatedPod _simulation;
    private readonly EventRecorder _events;
    private readonly WorkQueue<ObjectKey> _podQueue;
    private readonly WorkQueue<string> _nodeQueue;
    private readonly ConcurrentDictionary<ObjectKey, SimulatedPodState> _states = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    private SimulatedNodes(IApiClients clients, IInformers informers, SimulatedNodesConfig config, int kubeletPort)
    {
        _config = config;
        _clients = clients;
        _kubeletPort = kubeletPort;
        _simulation = new(config);
        _podQueue = new("simulated-pods", config.Clock);
        _nodeQueue = new("simulated-nodes", config.Clock);
        _pods = informers.Of<Pod>();
        _nodes = informers.Of<Node>();
        _podsByNode = _pods.Index("nodeName", static pod => [pod.Spec.NodeName]);
        _members = Members(config).ToDictionary(static one => one.Node.Name, StringComparer.Ordinal);
        _events = new(_clients.ForNode(config.NamePrefix + "0"), "kubelet", "", config.Clock);
        _pods.Subscribe(OnPod);
        _nodes.Subscribe(OnNode);
        TimeSpan spread = config.LeaseRenewal / Math.Max(1, _members.Count);
        foreach (SimulatedMember one in _members.Values)
        {
            _nodeQueue.Add(one.Node.Name);
            one.RenewalOffset = spread * one.Node.Index;
        }

        _running = Task.WhenAll(
        [
            .. Enumerable.Range(0, PodWorkers).Select(_ => Task.Run(() => WorkAsync(_podQueue, StepAsync))),
            .. Enumerable.Range(0, NodeWorkers).Select(_ => Task.Run(() => WorkAsync(_nodeQueue, BeatAsync))),
        ]);
    }

    /// <summary>Starts the nodes.</summary>
    /// <param name="clients">Identities of nodes.</param>
    /// <param name="informers">The objects as this process knows them.</param>
    /// <param name="config">How many, and how they behave.</param>
    /// <param name="kubeletPort">Where the nodes' kubelets answer; 0 for nowhere.</param>
    public static SimulatedNodes Start(
        IApiClients clients, IInformers informers, SimulatedNodesConfig config, int kubeletPort = 0) =>
        new(clients, informers, config, kubeletPort);

    /// <summary>
    /// The kubelet of the node that has an address; null where none answers: no node, or one that is off or cut off.
    /// </summary>
    public KubeletBackend? KubeletAt(IPAddress address) =>
        SimulatedNode.IndexAt(address) is { } index
            ? KubeletOf(_config.NamePrefix + index.ToString(CultureInfo.InvariantCulture))
            : null;

    /// <summary>The kubelet of a node; null where none answers.</summary>
    public KubeletBackend? KubeletOf(string nodeName) =>
        _members.TryGetValue(nodeName, out SimulatedMember? member)
            && SimulatedNode.ConditionOf(_nodes.Find("", nodeName)) == SimulatedNodeCondition.Running
            ? member.Kubelet.Backend
            : null;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _podQueue.Dispose();
        _nodeQueue.Dispose();
        await _events.DisposeAsync();
        _stop.Dispose();
    }

    private IEnumerable<SimulatedMember> Members(SimulatedNodesConfig config)
    {
        SimulatedNodeShape[] turn =
            [.. config.Shapes.SelectMany(static one => Enumerable.Repeat(one, Math.Max(1, one.Weight)))];
        UsageCurves curves = new(config, _pods);
        for (int i = 0; i < config.Count; i++)
        {
            string name = config.NamePrefix + i.ToString(CultureInfo.InvariantCulture);
            SimulatedNode node = new(i, name, turn[i % turn.Length]);
            SimulatedKubelet kubelet = new(node, _pods, _podsByNode, curves, config.Clock);
            yield return new(node, _clients.ForNode(name), new(node.PodRange), kubelet);
        }
    }

    private void OnPod(Pod? old, Pod? now)
    {
        Pod pod = (now ?? old)!;
        if (_members.ContainsKey(pod.Spec.NodeName))
        {
            _podQueue.Add(ObjectKey.Of(pod));
        }
    }

    /// <summary>A node that was deleted registers anew; one that runs again looks at its pods.</summary>
    private void OnNode(Node? old, Node? now)
    {
        string name = (now ?? old)!.Metadata.Name;
        if (!_members.ContainsKey(name))
        {
            return;
        }

        if (now is null)
        {
            _nodeQueue.AddAfter(name, TimeSpan.FromSeconds(1));
        }
        else if (old is null || SimulatedNode.ConditionOf(old) != SimulatedNode.ConditionOf(now))
        {
            // One that comes back under its name may have pods that waited meanwhile.
            if (old is not null)
            {
                _nodeQueue.Add(name);
            }

            foreach (Pod pod in _podsByNode.Find(name))
            {
                _podQueue.Add(ObjectKey.Of(pod));
            }
        }
    }

    private async Task WorkAsync<TKey>(WorkQueue<TKey> queue, Func<TKey, Task<TimeSpan?>> work)
        where TKey : notnull
    {
        try
        {
            while (true)
            {
                TKey key = await queue.TakeAsync(_stop.Token);
                long started = _config.Clock.GetTimestamp();
                try
                {
                    if (await work(key) is { } after)
                    {
                        queue.AddAfter(key, after);
                    }

                    queue.Forget(key);
                }
                catch (SimulationException exception)
                {
                    _config.Log($"simulated nodes: {key}: {exception.Message}");
                    queue.AddFailed(key);
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    _config.Log($"simulated nodes: {key}: {exception}");
                    queue.AddFailed(key);
                }
                finally
                {
                    queue.Done(key, _config.Clock.GetElapsedTime(started));
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Asked to end.
        }
    }

    /// <summary>A node's turn: register, report, renew the lease.</summary>
    private async Task<TimeSpan?> BeatAsync(string name)
    {
        SimulatedMember member = _members[name];
        Node? node = _nodes.Find("", name);
        if (SimulatedNode.ConditionOf(node) != SimulatedNodeCondition.Running)
        {
            return null;
        }

        DateTimeOffset now = _config.Clock.GetUtcNow();
        if (node is null)
        {
            ApiResult<Node> created = await member.Client.CreateAsync(
                member.Node.Register(_kubeletPort, Time.Now(_config.Clock)), _stop.Token);
            Check(created.Error, 409);
            if (created.Error is not null)
            {
                created = await member.Client.GetAsync<Node>("", name, _stop.Token);
                Check(created.Error);
            }

            node = created.Value;
            member.ReportedAt = now;
        }
        else if (now - member.ReportedAt >= _config.StatusReport || IsNotReady(node))
        {
            NodeStatus status = member.Node.Report(node.Status, _kubeletPort, Time.Now(_config.Clock));
            Check((await member.Client.UpdateStatusAsync(node with { Status = status }, _stop.Token)).Error, 409, 404);
            member.ReportedAt = now;
        }

        await RenewAsync(member, node, now);
        TimeSpan next = _config.LeaseRenewal + member.RenewalOffset;
        member.RenewalOffset = TimeSpan.Zero;
        return next;
    }

    private static bool IsNotReady(Node node)
    {
        foreach (NodeCondition one in node.Status.Conditions)
        {
            if (one.Type == "Ready")
            {
                return one.Status != "True";
            }
        }

        return true;
    }

    private async Task RenewAsync(SimulatedMember member, Node node, DateTimeOffset now)
    {
        Lease wanted = member.Node.Lease(node, now);
        if (member.Lease is { } held)
        {
            Lease renewed = held with { Spec = held.Spec with { RenewTime = wanted.Spec.RenewTime } };
            ApiResult<Lease> updated = await member.Client.UpdateAsync(renewed, _stop.Token);
            member.Lease = updated.Error is null ? updated.Value : null;
            Check(updated.Error, 404, 409);
        }

        if (member.Lease is null)
        {
            ApiResult<Lease> created = await member.Client.CreateAsync(wanted, _stop.Token);
            if (created.Error is { Code: 409 })
            {
                created = await member.Client.GetAsync<Lease>(
                    wanted.Metadata.Namespace, wanted.Metadata.Name, _stop.Token);
            }

            Check(created.Error, 404);
            member.Lease = created.Error is null ? created.Value : null;
        }
    }

    /// <summary>A pod's turn.</summary>
    private async Task<TimeSpan?> StepAsync(ObjectKey key)
    {
        Pod? pod = _pods.Find(key.Namespace, key.Name);
        if (pod is null || !_members.TryGetValue(pod.Spec.NodeName, out SimulatedMember? member))
        {
            Forget(key);
            return null;
        }

        // A node that is off or cut off does nothing that anybody sees. What a cut off node did shows when it is back.
        if (SimulatedNode.ConditionOf(_nodes.Find("", member.Node.Name)) != SimulatedNodeCondition.Running)
        {
            return null;
        }

        DateTimeOffset now = _config.Clock.GetUtcNow();
        SimulatedPodState state = StateOf(key, pod, member, now);
        SimulatedPodStep step = _simulation.Step(pod, state, now, _config.Random.NextDouble, member.Files);
        _states[key] = step.State;
        PodStatus status = step.Status;
        if (status.HostIP.Length == 0)
        {
            status = status with { HostIP = member.Node.Address, HostIPs = [new HostIP { Ip = member.Node.Address }] };
        }

        if (!status.Equals(pod.Status))
        {
            Check((await member.Client.UpdateStatusAsync(pod with { Status = status }, _stop.Token)).Error, 404);
            Tell(pod, status, member);
        }

        if (step.IsGone)
        {
            DeleteOptions now0 = DeleteOptions.Empty with { GracePeriodSeconds = 0 };
            if (await member.Client.DeleteAsync(pod, _stop.Token, now0) is { } error)
            {
                throw new SimulationException(error.Message);
            }

            Forget(key);
        }

        return step.Next - now;
    }

    private SimulatedPodState StateOf(ObjectKey key, Pod pod, SimulatedMember member, DateTimeOffset now)
    {
        if (_states.TryGetValue(key, out SimulatedPodState? state) && state.Uid == pod.Metadata.Uid)
        {
            return state;
        }

        if (state is not null)
        {
            member.Addresses.Release(state.Address);
        }

        lock (member)
        {
            state = SimulatedPods.Resume(pod, now, member.Node, member.Addresses, _config.UnknownCommandTakes);
            bool isNew = pod.Status.ContainerStatuses.Count == 0 && pod.Metadata.DeletionTimestamp is null;
            return _states[key] = isNew ? state with { Refusal = HostPorts.Refuse(pod, Admitted(pod)) } : state;
        }
    }

    /// <summary>The other pods that the node has taken and that have not ended.</summary>
    private IEnumerable<Pod> Admitted(Pod pod) => _podsByNode.Find(pod.Spec.NodeName).Where(one =>
        one.Metadata.Uid != pod.Metadata.Uid
        && one.Status.Phase is not (PodPhase.Succeeded or PodPhase.Failed)
        && _states.TryGetValue(ObjectKey.Of(one), out SimulatedPodState? state) && state.Refusal is null);

    private void Forget(ObjectKey key)
    {
        if (_states.TryRemove(key, out SimulatedPodState? state))
        {
            _members.GetValueOrDefault(state.NodeName)?.Addresses.Release(state.Address);
        }
    }

    private void Tell(Pod pod, PodStatus status, SimulatedMember member)
    {
        if (!_config.Events)
        {
            return;
        }

        foreach (ContainerStatus now in status.ContainerStatuses)
        {
            ContainerStatus? before = pod.Status.ContainerStatuses.FirstOrDefault(one => one.Name == now.Name);
            if (now.State.Running is not null && before?.State.Running is null)
            {
                ObjectReference about =
                    EventRecorder.ReferenceTo(pod) with { FieldPath = $"spec.containers{{{now.Name}}}" };
                _events.Record(about, "Normal", "Created", "Container created", member.Node.Name);
                _events.Record(about, "Normal", "Started", "Container started", member.Node.Name);
            }

            if (now.State.Waiting is { Reason: "CrashLoopBackOff" } waiting && before?.State.Waiting is null)
            {
                ObjectReference about =
                    EventRecorder.ReferenceTo(pod) with { FieldPath = $"spec.containers{{{now.Name}}}" };
                _events.Record(
                    about, "Warning", "BackOff", "Back-off" + waiting.Message["back-off".Length..], member.Node.Name);
            }
        }
    }

    private static void Check(Status? error, params ReadOnlySpan<int> expected)
    {
        if (error is not null && !expected.Contains(error.Code))
        {
            throw new SimulationException(error.Message);
        }
    }

    /// <summary>Something was refused and is tried again.</summary>
    private sealed class SimulationException(string message) : Exception(message);
}
