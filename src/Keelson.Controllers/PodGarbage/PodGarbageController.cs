using System.Text.Json.Nodes;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Client.Informers;
using Keelson.Controllers.Pods;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.PodGarbage;

/// <summary>Clears pods away that have no kubelet to do it, and old ones that have ended.</summary>
internal sealed class PodGarbageController : IController
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(20);

    /// <summary>How long a node may be missing before its pods go: it may only be registered anew.</summary>
    private static readonly TimeSpan Quarantine = TimeSpan.FromSeconds(40);

    private static readonly DeleteOptions AtOnce = DeleteOptions.Empty with { GracePeriodSeconds = 0 };

    private static readonly PodCondition NodeGone = new()
    {
        Type = PodConditionType.DisruptionTarget,
        Status = "True",
        Reason = "DeletionByPodGC",
        Message = "PodGC: node no longer exists",
    };

    private readonly ControllerContext _context;
    private readonly IInformer<Pod> _pods;
    private readonly IInformer<Node> _nodes;
    private readonly Dictionary<string, DateTimeOffset> _missingSince = new(StringComparer.Ordinal);

    public PodGarbageController(ControllerContext context)
    {
        _context = context;
        _pods = context.Informers.Of<Pod>();
        _nodes = context.Informers.Of<Node>();
    }

    public Task RunAsync(CancellationToken cancellationToken) =>
        Rounds.RunAsync(_context, Every, [_pods.Synced, _nodes.Synced], RoundAsync, cancellationToken);

    public void Dispose()
    {
    }

    private async Task RoundAsync(CancellationToken cancellationToken)
    {
        HashSet<string> gone = await GoneNodesAsync(cancellationToken);
        PodGarbagePlan plan = PodGarbagePlan.Compute(
            [.. _pods.List()], name => _nodes.Find("", name), gone, _context.Config.TerminatedPodThreshold);
        foreach (string name in _missingSince.Keys.Where(name => !plan.MissingNodes.Contains(name)).ToArray())
        {
            _missingSince.Remove(name);
        }

        foreach (string name in plan.MissingNodes)
        {
            _missingSince.TryAdd(name, _context.Clock.GetUtcNow());
        }

        foreach ((Pod pod, PodGarbageReason reason) in plan.Pods)
        {
            if (await ClearAsync(pod, reason, cancellationToken) is { Code: not 404 } error)
            {
                _context.Config.Log($"{_context.Name}: {pod.Metadata.Namespace}/{pod.Metadata.Name}: {error.Message}");
            }
        }
    }

    /// <summary>The nodes that have been missing for the whole quarantine and that the server does not have
    /// either.</summary>
    private async Task<HashSet<string>> GoneNodesAsync(CancellationToken cancellationToken)
    {
        HashSet<string> gone = new(StringComparer.Ordinal);
        DateTimeOffset limit = _context.Clock.GetUtcNow() - Quarantine;
        foreach ((string name, DateTimeOffset since) in _missingSince)
        {
            if (since <= limit
                && (await _context.Client.GetAsync<Node>("", name, cancellationToken)).Error is { Code: 404 })
            {
                gone.Add(name);
            }
        }

        return gone;
    }

    /// <summary>Marks a pod as failed, since nobody else will say how it ended, and deletes it without
    /// waiting.</summary>
    private async Task<Status?> ClearAsync(Pod pod, PodGarbageReason reason, CancellationToken cancellationToken)
    {
        if (!PodFacts.IsEnded(pod))
        {
            PodCondition? condition = reason == PodGarbageReason.Orphaned ? NodeGone : null;
            JsonObject patch = PodConditionPatch.Of(pod, condition, Time.Now(_context.Clock), PodPhase.Failed);
            ApiResult<Pod> marked = await _context.Client.PatchAsync<Pod>(
                pod.Metadata.Namespace, pod.Metadata.Name, patch, cancellationToken, subresource: "status");
            if (marked.Error is { } error)
            {
                return error;
            }
        }

        return await _context.Client.DeleteAsync(pod, cancellationToken, AtOnce);
    }
}
