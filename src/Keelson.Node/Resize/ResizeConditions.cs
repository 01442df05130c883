using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;

namespace Keelson.Nodes.Resize;

/// <summary>Where a pod's resize stands, as its conditions say.</summary>
/// <param name="Pending">Why it waits; null when it does not.</param>
/// <param name="InProgress">That it is being done, with an error maybe; null when it is not.</param>
internal sealed record ResizeConditions(ResizeMark? Pending, ResizeMark? InProgress)
{
    /// <summary>Nothing is to be resized.</summary>
    public static ResizeConditions None { get; } = new(null, null);

    /// <summary>The pod's conditions.</summary>
    public IEnumerable<PodCondition> ToConditions()
    {
        if (Pending is { } pending)
        {
            yield return pending.ToCondition(PodConditionType.PodResizePending);
        }

        if (InProgress is { } going)
        {
            yield return going.ToCondition(PodConditionType.PodResizeInProgress);
        }
    }
}

/// <summary>What one condition says.</summary>
internal sealed record ResizeMark(string Reason, string Message, long Generation, DateTimeOffset At)
{
    /// <summary>The condition.</summary>
    public PodCondition ToCondition(string type) => new()
    {
        Type = type,
        Status = "True",
        Reason = Reason,
        Message = Message,
        LastProbeTime = Statuses.StatusTime.Of(At),
        ObservedGeneration = Generation,
    };
}
