using System.Net;
using Keelson.Api.Core.V1;
using Keelson.Client.Events;
using Keelson.Machinery.Values;
using Keelson.Nodes.Nodes;

namespace Keelson.Nodes.Tests.Nodes;

using Node = Keelson.Api.Core.V1.Node;

/// <summary>What a node tells of itself.</summary>
public sealed class NodeReporterTests
{
    [Fact]
    public async Task A_node_registers_as_kubelets_do_and_tells_what_happens_to_it()
    {
        using TestNode node = new();
        node.Api.Remove<Node>("", TestNode.Name);
        await using TestRuntime runtime = await TestRuntime.StartAsync(node.DirectoryFor("runtime"));
        Directory.CreateDirectory(node.Context.RootDirectory);
        await using EventRecorder events = new(node.Api, "kubelet", TestNode.Name, TimeProvider.System);
        NodeAgentConfig config = new()
        {
            NodeName = TestNode.Name,
            Client = node.Api,
            Informers = node.Api,
            RootDirectory = node.Context.RootDirectory,
            IsSchedulable = false,
        };
        await using NodeReporter reporter = new(node.Context, new()
        {
            Agent = config,
            Runtime = runtime.Client,
            RuntimeVersion = "fake://1",
            RuntimeError = static () => null,
            Machine = MachineFacts.Read(),
            Addresses = [IPAddress.Loopback],
            Port = 10250,
            Events = events,
        });
        await reporter.Registered.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Node registered = node.Api.Find<Node>("", TestNode.Name)!;
        Assert.Equal(
            "true", registered.Metadata.Annotations["volumes.kubernetes.io/controller-managed-attach-detach"]);
        Taint cordon = Assert.Single(registered.Spec.Taints);
        Assert.Equal(("node.kubernetes.io/unschedulable", "NoSchedule"), (cordon.Key, cordon.Effect));
        Assert.Equal(
            [
                "ExtendWebSocketsToKubelet", "InPlacePodLevelResourcesVerticalScaling",
                "RestartAllContainersOnContainerExits",
            ],
            registered.Status.DeclaredFeatures);

        node.Api.Put(registered with
        {
            Status = registered.Status with { NodeInfo = registered.Status.NodeInfo with { BootID = "earlier" } },
        });
        reporter.Wake();
        string[] wanted =
        [
            "Starting kubelet.", "Updated Node Allocatable limit across pods",
            "Node one status is now: NodeNotSchedulable",
            $"Node one has been rebooted, boot id: {registered.Status.NodeInfo.BootID}",
        ];
        for (int i = 0; i < 200 && !wanted.All(Told().Contains); i++)
        {
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        Assert.Subset(Told().ToHashSet(), wanted.ToHashSet());
        IEnumerable<string> Told() => node.Api.All<Event>().Select(static one => one.Message);
    }
}
