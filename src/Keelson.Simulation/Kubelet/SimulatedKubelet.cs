using System.Text.Json;
using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Client.Informers;
using Keelson.Machinery.Values;
using Keelson.Nodes.Server.Backends;

namespace Keelson.Simulation.Kubelet;

/// <summary>The pods of a simulated node, and all that its kubelet knows of them.</summary>
internal sealed class SimulatedKubelet : IKubeletPods
{
    private readonly SimulatedNode _node;
    private readonly IInformer<Pod> _pods;
    private readonly IInformerIndex<Pod> _podsByNode;

    public SimulatedKubelet(
        SimulatedNode node, IInformer<Pod> pods, IInformerIndex<Pod> podsByNode, UsageCurves curves, TimeProvider clock)
    {
        _node = node;
        _pods = pods;
        _podsByNode = podsByNode;
        SimulatedLogs logs = new(this, clock);
        Backend = new KubeletBackend
        {
            NodeName = node.Name,
            Pods = this,
            Logs = logs,
            Streams = new SimulatedCommands(this, logs, clock),
            Stats = new SimulatedStats(node, this, curves, clock),
            WriteConfiguration = WriteConfiguration,
        };
    }

    /// <summary>What the kubelet's server asks.</summary>
    public KubeletBackend Backend { get; }

    public IReadOnlyList<Pod> All => _podsByNode.Find(_node.Name);

    public Pod? Find(string podNamespace, string name) =>
        _pods.Find(podNamespace, name) is { } pod && pod.Spec.NodeName == _node.Name ? pod : null;

    public ValueTask<IReadOnlyList<Pod>> RunningAsync(CancellationToken cancellationToken)
    {
        List<Pod> running = [];
        foreach (Pod pod in All)
        {
            Container[] containers =
            [
                .. SimulatedContainers.Statuses(pod).Where(static one => one.State.Running is not null)
                    .Select(static one => new Container { Name = one.Name, Image = one.Image }),
            ];
            if (containers.Length > 0)
            {
                running.Add(new Pod
                {
                    Metadata = ObjectMeta.Empty with
                    {
                        Name = pod.Metadata.Name,
                        Namespace = pod.Metadata.Namespace,
                        Uid = pod.Metadata.Uid,
                    },
                    Spec = PodSpec.Empty with { Containers = containers.ToApiList() },
                });
            }
        }

        return new(running);
    }

    private void WriteConfiguration(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteBoolean("enableServer", true);
        json.WriteStartObject("authentication");
        json.WriteStartObject("webhook");
        json.WriteBoolean("enabled", true);
        json.WriteString("cacheTTL", "2m0s");
        json.WriteEndObject();
        json.WriteStartObject("anonymous");
        json.WriteBoolean("enabled", false);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteStartObject("authorization");
        json.WriteString("mode", "Webhook");
        json.WriteEndObject();
        json.WriteNumber("maxPods", _node.Shape.Pods);
        json.WriteString("podCIDR", _node.PodRange + "0/24");
        json.WriteString("kind", "KubeletConfiguration");
        json.WriteString("apiVersion", "kubelet.config.k8s.io/v1beta1");
        json.WriteEndObject();
    }
}
