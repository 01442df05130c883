using Keelson.Api.Kinds;

namespace Keelson.Server.Verbs;

/// <summary>
/// What a kind needs from the server between the preparation of a write and its validation: services get addresses and
/// ports. What was taken for a write that then fails is given back.
/// </summary>
internal interface IWriteGuard
{
    /// <summary>True for the kind's objects (not its subresources).</summary>
    bool Guards(ApiKind kind, string subresource);

    /// <summary>Completes an object that is to be written; <paramref name="old"/> is null for a new one.</summary>
    ValueTask<ApiResult<GuardedWrite>> BeforeAsync(
        ApiRequest request, IObject obj, IObject? old, CancellationToken cancellationToken);

    /// <summary>An object is gone.</summary>
    ValueTask DeletedAsync(IObject obj, CancellationToken cancellationToken);
}

/// <summary>A completed object, and what to do when its write succeeded or failed.</summary>
/// <param name="Object">The object to store.</param>
/// <param name="Finish">Called once with whether the write took place.</param>
internal readonly record struct GuardedWrite(IObject Object, Func<bool, ValueTask> Finish);
