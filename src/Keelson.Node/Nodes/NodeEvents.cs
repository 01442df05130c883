using Keelson.Api.Core.V1;
using Keelson.Client.Events;

namespace Keelson.Nodes.Nodes;

/// <summary>Events about the node itself. Its uid is its name there, as kubelets have it.</summary>
internal static class NodeEvents
{
    /// <summary>Something about the node that somebody may have to look at.</summary>
    public static void WarnOfNode(this EventRecorder events, string node, string reason, string message) =>
        events.Record(About(node), "Warning", reason, message);

    /// <summary>What events about a node refer to.</summary>
    public static ObjectReference About(string node) => new() { Kind = "Node", Name = node, Uid = node };
}
