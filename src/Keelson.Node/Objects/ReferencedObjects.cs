using System.Collections.Concurrent;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client;

namespace Keelson.Nodes.Objects;

/// <summary>
/// The config maps and secrets that pods refer to. They are read anew each time, so that a pod never starts with old
/// values; while the API server is away, what was read last serves, so that running pods do not notice.
/// </summary>
internal sealed class ReferencedObjects(IApiClient client, TimeProvider clock)
{
    private readonly ServerAbsence _absence = new(client, clock);
    private readonly ConcurrentDictionary<(ApiKind Kind, string Namespace, string Name), Known> _known = new();

    /// <summary>Reads an object that a pod refers to.</summary>
    public async ValueTask<ApiResult<T>> GetAsync<T>(Pod pod, string name, CancellationToken cancellationToken)
        where T : class, IKind<T>
    {
        string @namespace = pod.Metadata.Namespace;
        var key = (KindOf<T>.Kind, @namespace, name);
        if (_known.TryGetValue(key, out Known? known) && IsImmutable(known.Object))
        {
            Remember(key, known.Object, pod);
            return (T)known.Object;
        }

        ApiResult<T>? answer = known is null
            ? await client.GetAsync<T>(@namespace, name, cancellationToken)
            : await _absence.GetAsync<T>(@namespace, name, cancellationToken);
        if (answer is not { } read)
        {
            Remember(key, known!.Object, pod);
            return (T)known.Object;
        }

        if (read.TryGet(out T? found, out Status? error))
        {
            Remember(key, found, pod);
            return read;
        }

        if (error.Code is 429 or >= 500 && known is not null)
        {
            return (T)known.Object;
        }

        if (error.Code != 404)
        {
            return read;
        }

        _known.TryRemove(key, out _);

        // Upstream's kubelet says so from its cache: with the singular, where the server has the resource's name.
        string resource = KindOf<T>.Kind.Info.Resource;
        return error with { Message = $"{resource[..^1]} \"{name}\" not found" };
    }

    /// <summary>Lets go what only this pod referred to.</summary>
    public void Forget(string podUid)
    {
        foreach (((ApiKind, string, string) key, Known known) in _known)
        {
            if (known.Pods.TryRemove(podUid, out _) && known.Pods.IsEmpty)
            {
                _known.TryRemove(key, out _);
            }
        }
    }

    private static bool IsImmutable(IObject obj) =>
        obj is ConfigMap { Immutable: true } or Secret { Immutable: true };

    private void Remember((ApiKind Kind, string Namespace, string Name) key, IObject found, Pod pod)
    {
        Known known = _known.AddOrUpdate(
            key,
            static (_, obj) => new(obj, new()),
            static (_, before, obj) => new(obj, before.Pods),
            found);
        known.Pods[pod.Metadata.Uid] = true;
    }

    private sealed record Known(IObject Object, ConcurrentDictionary<string, bool> Pods);
}
