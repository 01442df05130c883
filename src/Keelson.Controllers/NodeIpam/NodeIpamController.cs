using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Client.Informers;
using Keelson.Client.Queues;
using Keelson.Controllers.Nodes;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.NodeIpam;

/// <summary>Gives every node its part of the pods' addresses, of each family.</summary>
internal sealed class NodeIpamController : IController
{
    private readonly ControllerContext _context;
    private readonly IInformer<Node> _nodes;
    private readonly ReconcileLoop _loop;
    private readonly Lock _gate = new();
    private readonly CidrSet[] _sets;

    public NodeIpamController(ControllerContext context)
    {
        _context = context;
        NodeIpamConfig config = context.Config.NodeIpam;
        _sets = config.AllocateNodeCidrs
            ? [.. config.ClusterCidrs.Select(one => SetOf(IPNetwork.Parse(one), config))]
            : [];
        foreach (CidrSet set in _sets)
        {
            foreach (string service in config.ServiceCidrs)
            {
                set.Occupy(service);
            }
        }

        _nodes = context.Informers.Of<Node>();

        // One worker: each part is given to one node only. What nodes have is taken before anything is given.
        _loop = context.Loop(1, ReconcileAsync).Reads(_nodes);
        if (_sets.Length > 0)
        {
            _nodes.Subscribe(OnNode);
        }
    }

    public Task RunAsync(CancellationToken cancellationToken) =>
        _sets.Length == 0 ? Task.CompletedTask : _loop.RunAsync(cancellationToken);

    public void Dispose() => _loop.Dispose();

    private static CidrSet SetOf(IPNetwork range, NodeIpamConfig config) =>
        new(
            range,
            range.BaseAddress.AddressFamily == AddressFamily.InterNetwork ? config.MaskSizeV4 : config.MaskSizeV6);

    private void OnNode(Node? old, Node? now)
    {
        lock (_gate)
        {
            if (old is not null && (now is null || now.Metadata.Uid != old.Metadata.Uid))
            {
                ForEach(old.Spec.PodCIDRs, static (set, range) => set.Release(range));
            }

            if (now is not null)
            {
                ForEach(now.Spec.PodCIDRs, static (set, range) => set.Occupy(range));
            }
        }

        if (now is not null && now.Spec.PodCIDRs.Count == 0)
        {
            _loop.Add(ObjectKey.Of(now));
        }
    }

    private void ForEach(ApiList<string> ranges, Action<CidrSet, string> mark)
    {
        foreach (string range in ranges)
        {
            foreach (CidrSet set in _sets)
            {
                mark(set, range);
            }
        }
    }

    private async Task<Reconciled> ReconcileAsync(ObjectKey key, IApiClient client, CancellationToken cancellationToken)
    {
        if (_nodes.Find("", key.Name) is not { Spec.PodCIDRs.Count: 0 } node)
        {
            return Reconciled.Done;
        }

        if (Allocate() is not { } ranges)
        {
            _context.Events.Record(
                NodeFacts.ReferenceTo(node), "Normal", "CIDRNotAvailable", $"Node {key.Name} status is now: CIDRNotAvailable");
            return Reconciled.Failed(ApiErrors.Unclassified("CIDR allocation failed; there are no remaining CIDRs left to allocate in the accepted range"));
        }

        JsonArray all = [.. ranges.Select(static one => (JsonNode)one)];
        JsonObject patch = new()
        {
            ["metadata"] = new JsonObject { ["uid"] = node.Metadata.Uid },
            ["spec"] = new JsonObject { ["podCIDR"] = ranges[0], ["podCIDRs"] = all },
        };
        Status? error = (await client.PatchAsync<Node>("", key.Name, patch, cancellationToken)).Error;
        if (error is null)
        {
            return Reconciled.Done;
        }

        lock (_gate)
        {
            for (int i = 0; i < ranges.Length; i++)
            {
                _sets[i].Release(ranges[i]);
            }
        }

        return error.Code == 404 ? Reconciled.Done : Reconciled.Failed(error);
    }

    /// <summary>A part of every range; null when one has none left.</summary>
    private string[]? Allocate()
    {
        lock (_gate)
        {
            string?[] parts = [.. _sets.Select(static one => one.Allocate())];
            if (parts.All(static one => one is not null))
            {
                return parts!;
            }

            for (int i = 0; i < parts.Length; i++)
            {
                if (parts[i] is { } taken)
                {
                    _sets[i].Release(taken);
                }
            }

            return null;
        }
    }
}
