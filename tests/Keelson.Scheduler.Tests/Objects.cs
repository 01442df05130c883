using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;
using Keelson.Scheduler.Snapshot;

namespace Keelson.Scheduler.Tests;

/// <summary>Nodes and pods in a line.</summary>
internal static class Objects
{
    public static Node Node(
        string name, string cpu = "4", string memory = "8Gi", int pods = 110, string taints = "", string labels = "") =>
            new()
    {
        Metadata = ObjectMeta.Empty with { Name = name, Uid = "node-" + name, Labels = Labels(labels) },
        Spec = new NodeSpec { Taints = [.. Split(taints).Select(Taint)] },
        Status = new NodeStatus
        {
            Allocatable = Amounts($"cpu={cpu},memory={memory},pods={pods},ephemeral-storage=100Gi"),
        },
    };

    public static Pod Pod(
        string name, string requests = "", string node = "", int priority = 0, string labels = "",
        string @namespace = "default") => new()
    {
        Metadata =
            ObjectMeta.Empty with { Name = name, Namespace = @namespace, Uid = @namespace + "/" + name,
                Labels = Labels(labels) },
        Spec = new PodSpec
        {
            NodeName = node,
            Priority = priority,
            SchedulerName = "default-scheduler",
            Containers = [new Container { Name = "app", Resources = new() { Requests = Amounts(requests) } }],
        },
    };

    public static PodInfo Info(this Pod pod) => new(pod);

    public static Toleration Toleration(
        string key, string value = "", string effect = "", string @operator = "Equal") =>
        new() { Key = key, Value = value, Effect = effect, Operator = @operator };

    public static ApiMap<Quantity> Amounts(string text) => ApiMap<Quantity>.From(
        Split(text).Select(one => one.Split('=')).Select(one => KeyValuePair.Create(one[0], Quantity.Parse(one[1]))));

    public static ApiMap<string> Labels(string text) => ApiMap<string>.From(
        Split(text).Select(one => one.Split('=')).Select(one => KeyValuePair.Create(one[0], one[1])));

    public static Taint Taint(string text)
    {
        // key=value:effect
        string[] parts = text.Split('=', ':');
        return new() { Key = parts[0], Value = parts[1], Effect = parts[2] };
    }

    private static string[] Split(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries);
}
