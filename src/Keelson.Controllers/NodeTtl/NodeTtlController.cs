using System.Globalization;
using System.Text.Json.Nodes;
using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Client.Informers;
using Keelson.Client.Queues;

namespace Keelson.Controllers.NodeTtl;

/// <summary>Tells every node how long it may keep what it has read (annotation
/// <c>node.alpha.kubernetes.io/ttl</c>).</summary>
internal sealed class NodeTtlController : IController
{
    private const int Workers = 5;
    private const string Annotation = "node.alpha.kubernetes.io/ttl";

    private readonly IInformer<Node> _nodes;
    private readonly ReconcileLoop _loop;
    private int _step;

    public NodeTtlController(ControllerContext context)
    {
        _nodes = context.Informers.Of<Node>();
        _loop = context.Loop(Workers, ReconcileAsync).On(_nodes, KeysOf);
    }

    public Task RunAsync(CancellationToken cancellationToken) => _loop.RunAsync(cancellationToken);

    public void Dispose() => _loop.Dispose();

    private IEnumerable<ObjectKey> KeysOf(Node? old, Node? now)
    {
        int step = NodeTtlPlan.Step(_step, _nodes.Count);
        if (step != _step)
        {
            _step = step;
            return _nodes.List().Select(static one => ObjectKey.Of(one));
        }

        return now is null ? [] : [ObjectKey.Of(now)];
    }

    private async Task<Reconciled> ReconcileAsync(ObjectKey key, IApiClient client, CancellationToken cancellationToken)
    {
        string seconds = NodeTtlPlan.Seconds(_step).ToString(CultureInfo.InvariantCulture);
        if (_nodes.Find("", key.Name) is not { } node
            || node.Metadata.Annotations.GetValueOrDefault(Annotation) == seconds)
        {
            return Reconciled.Done;
        }

        JsonObject patch =
            new() { ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { [Annotation] = seconds } } };
        Status? error = (await client.PatchAsync<Node>("", key.Name, patch, cancellationToken)).Error;
        return Reconciled.Of(error is { Code: 404 } ? null : error);
    }
}
