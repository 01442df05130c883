using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Server.Verbs;

/// <summary>How objects are completed that need something from the server.</summary>
internal sealed partial class ObjectWriter
{
    /// <summary>What kinds need between their preparation and validation.</summary>
    public IReadOnlyList<IWriteGuard> Guards { get; set; } = [];

    /// <summary>
    /// Writes an object that the server completes first, where its kind needs that; a write that fails gives back
    /// what was taken for it.
    /// </summary>
    private ValueTask<UpdateStep> GuardedAsync(
        ApiRequest request,
        IObject obj,
        IObject? old,
        Func<IObject, ValueTask<UpdateStep>> write,
        CancellationToken cancellationToken)
    {
        foreach (IWriteGuard guard in Guards)
        {
            if (guard.Guards(request.Kind, request.Subresource))
            {
                return GuardedAsync(guard, request, obj, old, write, cancellationToken);
            }
        }

        return write(obj);
    }

    private static async ValueTask<UpdateStep> GuardedAsync(
        IWriteGuard guard,
        ApiRequest request,
        IObject obj,
        IObject? old,
        Func<IObject, ValueTask<UpdateStep>> write,
        CancellationToken cancellationToken)
    {
        ApiResult<GuardedWrite> begun = await guard.BeforeAsync(request, obj, old, cancellationToken);
        if (!begun.TryGet(out GuardedWrite guarded, out Status? notGiven))
        {
            return new(notGiven, null);
        }

        bool stored = false;
        try
        {
            UpdateStep step = await write(guarded.Object);
            stored = !request.DryRun && step.Result is { Error: null };
            return step;
        }
        finally
        {
            await guarded.Finish(stored);
        }
    }
}
