using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Client;
using Keelson.Machinery.Values;

namespace Keelson.Nodes.Objects;

/// <summary>The agent's own node object, read again when it is older than a few seconds.</summary>
internal sealed class OwnNode(NodeContext context)
{
    private static readonly TimeSpan ReadAgainAfter = TimeSpan.FromSeconds(10);

    private readonly ServerAbsence _absence = new(context.Client, context.Clock);
    private Node? _known;
    private long _readAt;

    /// <summary>The node; null when it was never seen.</summary>
    public async ValueTask<Node?> GetAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _known) is { } known && context.Clock.GetElapsedTime(_readAt) < ReadAgainAfter)
        {
            return known;
        }

        ApiResult<Node>? answer = _known is null
            ? await context.Client.GetAsync<Node>("", context.NodeName, cancellationToken)
            : await _absence.GetAsync<Node>("", context.NodeName, cancellationToken);
        if (answer is { } read && read.TryGet(out Node? node, out _))
        {
            _readAt = context.Clock.GetTimestamp();
            Volatile.Write(ref _known, node);
        }

        return _known;
    }

    /// <summary>What pods may have of the node.</summary>
    public async ValueTask<ApiMap<Quantity>> AllocatableAsync(CancellationToken cancellationToken) =>
        (await GetAsync(cancellationToken))?.Status.Allocatable ?? ApiMap<Quantity>.Empty;
}
