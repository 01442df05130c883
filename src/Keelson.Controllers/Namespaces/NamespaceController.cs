using System.Collections.Concurrent;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Client.Informers;
using Keelson.Client.Queues;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.Namespaces;

/// <summary>
/// Empties namespaces that are going away: their pods first, everything else when no pod is left, and lets them go when
/// nothing is left at all.
/// </summary>
internal sealed class NamespaceController : IController
{
    private const int Workers = 10;
    private const int FinalizeAttempts = 5;

    // When something that held a namespace up goes, others of its sort mostly follow at once.
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(20);

    private static readonly DeleteOptions InBackground =
        DeleteOptions.Empty with { PropagationPolicy = DeletionPropagation.Background };

    private readonly ControllerContext _context;
    private readonly IInformer<Namespace> _namespaces;
    private readonly ReconcileLoop _loop;
    private readonly ConcurrentDictionary<ApiKind, bool> _followed = [];
    private readonly ConcurrentDictionary<string, bool> _heldUp = new(StringComparer.Ordinal);

    public NamespaceController(ControllerContext context)
    {
        _context = context;
        _namespaces = context.Informers.Of<Namespace>();
        _loop = new(
            new ReconcileLoopConfig
            {
                Name = context.Name,
                Workers = Workers,
                Clock = context.Clock,
                Backoff = new(TimeSpan.FromMilliseconds(5), TimeSpan.FromSeconds(60)),
                Log = context.Config.Log,
            },
            context.Client,
            ReconcileAsync);
        _loop.Reads(_namespaces);
        _namespaces.Subscribe((old, now) =>
        {
            if (now?.Metadata.DeletionTimestamp is not null && old?.Metadata.DeletionTimestamp is null)
            {
                // Creations that were admitted before the namespace began to end are stored by then.
                _loop.AddAfter(ObjectKey.Of(now), context.Config.NamespaceSettleTime);
            }
            else if (now?.Metadata.DeletionTimestamp is not null)
            {
                _loop.Add(ObjectKey.Of(now));
            }
        });
    }

    public Task RunAsync(CancellationToken cancellationToken) => _loop.RunAsync(cancellationToken);

    public void Dispose() => _loop.Dispose();

    private static bool IsContent(ApiKind kind) =>
        kind.Info.Namespaced
            && kind.Stored == kind
            && kind.Info.StoragePrefix.Length > 0
            && kind.Info.Verbs.Contains("delete");

    private async Task<Reconciled> ReconcileAsync(ObjectKey key, IApiClient client, CancellationToken cancellationToken)
    {
        if (_namespaces.Find("", key.Name) is not { Metadata.DeletionTimestamp: { } deletedAt } ending
            || ending.Spec.Finalizers.Count == 0)
        {
            _heldUp.TryRemove(key.Name, out _);
            return Reconciled.Done;
        }

        NamespaceContents contents = await EmptyAsync(key.Name, deletedAt, client, cancellationToken);
        NamespaceStatus status = NamespacePlan.Compute(
            ending.Status with { Phase = NamespacePhase.Terminating }, contents, Time.Now(_context.Clock));
        if (status != ending.Status)
        {
            ApiResult<Namespace> written = await client.UpdateStatusAsync(
                ending with { Status = status }, cancellationToken);
            if (!written.TryGet(out Namespace? updated, out Status? refused))
            {
                return refused.Code == 404 ? Reconciled.Done : Reconciled.Failed(refused);
            }

            ending = updated;
        }

        if (contents.Remainders.Count > 0)
        {
            HoldUp(key, contents);
        }

        if (contents.Errors.Count > 0)
        {
            return Reconciled.Failed(ApiErrors.Unclassified(string.Join(", ", contents.Errors)));
        }

        if (contents.EstimateSeconds > 0)
        {
            return Reconciled.Again(TimeSpan.FromSeconds((contents.EstimateSeconds / 2) + 1));
        }

        _heldUp.TryRemove(key.Name, out _);
        Status? error = await FinalizeAsync(ending, client, cancellationToken);
        return Reconciled.Of(error is { Code: 404 } ? null : error);
    }

    private async Task<NamespaceContents> EmptyAsync(
        string name, Time deletedAt, IApiClient client, CancellationToken cancellationToken)
    {
        NamespaceContents contents = new();
        ApiKind[] kinds = [.. _context.Config.Kinds().Where(IsContent)];
        await EmptyAsync(KindOf<Pod>.Kind, name, deletedAt, contents, client, cancellationToken);

        // What pods live on stays until they are gone.
        if (contents.Remainders.Count > 0)
        {
            return contents;
        }

        foreach (ApiKind kind in kinds)
        {
            if (kind != KindOf<Pod>.Kind)
            {
                await EmptyAsync(kind, name, deletedAt, contents, client, cancellationToken);
            }
        }

        return contents;
    }

    private async Task EmptyAsync(
        ApiKind kind, string name, Time deletedAt, NamespaceContents contents, IApiClient client, CancellationToken cancellationToken)
    {
        ApiResult<ObjectList> listed = await client.ListAsync(kind, name, ListRequest.All, cancellationToken);
        if (!listed.TryGet(out ObjectList? before, out Status? error))
        {
            Fail(contents, error);
            return;
        }

        if (before.Items.Count == 0)
        {
            return;
        }

        long grace = kind == KindOf<Pod>.Kind
            ? NamespaceContents.GraceOf(before.Items, deletedAt, Time.Now(_context.Clock))
            : 0;
        Status? refused = kind.Info.Verbs.Contains("deletecollection")
            ? (await client.DeleteCollectionAsync(kind, name, InBackground, ListRequest.All, cancellationToken)).Error
            : await DeleteEachAsync(kind, before.Items, client, cancellationToken);
        if (refused is not null)
        {
            Fail(contents, refused);
            return;
        }

        ApiResult<ObjectList> left = await client.ListAsync(kind, name, ListRequest.All, cancellationToken);
        if (left.TryGet(out ObjectList? after, out error))
        {
            contents.Add(name, new(kind.Info, after.Items, grace));
        }
        else
        {
            Fail(contents, error);
        }
    }

    private static async Task<Status?> DeleteEachAsync(
        ApiKind kind, IReadOnlyList<IObject> objects, IApiClient client, CancellationToken cancellationToken)
    {
        foreach (IObject one in objects)
        {
            ObjectPath path = new(kind, one.Metadata.Namespace, one.Metadata.Name);
            if ((await client.DeleteAsync(path, InBackground, cancellationToken)).Error is { Code: not (404 or 405) } refused)
            {
                return refused;
            }
        }

        return null;
    }

    /// <summary>Notes a refusal, but for kinds that are not served, or not any more.</summary>
    private static void Fail(NamespaceContents contents, Status error)
    {
        if (error.Code is not (404 or 405))
        {
            contents.Fail(error.Message);
        }
    }

    /// <summary>Follows the kinds that hold a namespace up, so that it is looked at as soon as they let go.</summary>
    private void HoldUp(ObjectKey key, NamespaceContents contents)
    {
        _heldUp[key.Name] = true;
        foreach (NamespaceRemainder remainder in contents.Remainders)
        {
            ApiKind? kind = _context.Config.Kinds().FirstOrDefault(one => one.Info == remainder.Kind);
            if (kind is null || !_followed.TryAdd(kind, true))
            {
                continue;
            }

            _context.Informers.MetadataOf(kind).Subscribe((old, now) =>
            {
                if (now is null && old is not null && _heldUp.ContainsKey(old.Namespace))
                {
                    _loop.AddAfter(new("", old.Namespace), Gather);
                }
            });
        }
    }

    private static async Task<Status?> FinalizeAsync(
        Namespace ending, IApiClient client, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            Namespace released = ending with
            {
                Spec = ending.Spec with { Finalizers = ending.Spec.Finalizers.Where(static one => one != FinalizerName.Kubernetes).ToApiList() },
            };
            Status? error = (await client.UpdateAsync(released, cancellationToken, "finalize")).Error;
            if (error is not { Code: 409 } || attempt == FinalizeAttempts)
            {
                return error;
            }

            ApiResult<Namespace> read = await client.GetAsync<Namespace>("", ending.Metadata.Name, cancellationToken);
            if (!read.TryGet(out Namespace? fresh, out Status? lost))
            {
                return lost;
            }

            ending = fresh;
        }
    }
}
