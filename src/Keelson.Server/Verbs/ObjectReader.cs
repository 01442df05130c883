using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Server.Storage;
using Keelson.Store;

namespace Keelson.Server.Verbs;

/// <summary>A page of a list.</summary>
/// <param name="Items">The objects; each enumeration gives the same ones.</param>
/// <param name="Revision">The list's resource version.</param>
/// <param name="Continue">Where to go on; empty at the end.</param>
/// <param name="Remaining">How many objects are left; null when that is not known.</param>
internal readonly record struct ObjectPage(
    IEnumerable<StoredObject> Items, long Revision, string Continue, long? Remaining);

/// <summary>Gets and lists from the caches; only pages of a list whose revision has passed come from the store's
/// history.</summary>
internal sealed class ObjectReader(ObjectStorage storage)
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(3);

    /// <summary>Reads one object, as it is now or not older than a resource version.</summary>
    public async ValueTask<ApiResult<StoredObject>> GetAsync(
        ApiRequest request, CancellationToken cancellationToken, string resourceVersion = "")
    {
        ObjectCache cache = storage.CacheOf(request.Kind);
        if (resourceVersion.Length == 0)
        {
            await storage.CatchUpAsync(cancellationToken);
        }
        else if (!ListQuery.TryReadRevision(resourceVersion, out long revision, out Status? error))
        {
            return error;
        }
        else if (!await storage.WaitForAsync(revision, LongestWait, cancellationToken))
        {
            return TooLarge(revision, storage.Revision);
        }

        StoredObject? found = cache.Snapshot.Find(cache.KeyOf(request.Namespace, request.Name));
        return found is null ? ApiErrors.NotFound(request.Kind.Info, request.Name) : found;
    }

    /// <summary>Lists the objects of a namespace, or of all.</summary>
    public async ValueTask<ApiResult<ObjectPage>> ListAsync(
        ApiRequest request, ListQuery query, CancellationToken cancellationToken)
    {
        if (query.Check() is { } invalid)
        {
            return invalid;
        }

        ObjectCache cache = storage.CacheOf(request.Kind);
        if (query.Continue.Length > 0)
        {
            return await ContinueAsync(cache, request, query, cancellationToken);
        }

        if (!query.TryGetRevision(out long revision, out Status? error))
        {
            return error;
        }

        if (revision == 0)
        {
            if (query.ResourceVersion.Length == 0)
            {
                await storage.CatchUpAsync(cancellationToken);
            }

            // Upstream serves version 0 from its cache, which does not page.
            long limit = query.ResourceVersion == "0" ? 0 : query.Limit;
            return FromCache(cache, request, query, cache.RangeOf(request.Namespace).From, limit, null);
        }

        if (!await storage.WaitForAsync(revision, LongestWait, cancellationToken))
        {
            return TooLarge(revision, storage.Revision);
        }

        bool exact = query.ResourceVersionMatch == "Exact"
            || (query.ResourceVersionMatch.Length == 0 && query.Limit > 0);
        return exact
            ? await AtAsync(cache, request, query, cache.RangeOf(request.Namespace).From, revision, cancellationToken)
            : FromCache(cache, request, query, cache.RangeOf(request.Namespace).From, query.Limit, null);
    }

    /// <summary>The answer to who asks for a version that has not come yet.</summary>
    public static Status TooLarge(long revision, long current) =>
        ApiErrors.Timeout($"Too large resource version: {revision}, current: {current}", 1) with
    {
        Details = new StatusDetails
        {
            Causes = [new StatusCause { Reason = "ResourceVersionTooLarge", Message = "Too large resource version" }],
            RetryAfterSeconds = 1,
        },
    };

    private async ValueTask<ApiResult<ObjectPage>> ContinueAsync(
        ObjectCache cache, ApiRequest request, ListQuery query, CancellationToken cancellationToken)
    {
        if (query.ResourceVersion is not ("" or "0"))
        {
            return ApiErrors.BadRequest("specifying resource version is not allowed when using continue");
        }

        if (!ContinueToken.Decode(query.Continue).TryGet(out ContinueToken token, out Status? invalid))
        {
            return invalid;
        }

        // Relative to the namespace, so a token can't lead out of it.
        string from = cache.RangeOf(request.Namespace).From + token.Start.TrimStart('/');
        if (token.Revision < 0)
        {
            return FromCache(cache, request, query, from, query.Limit, null);
        }

        ListQuery rest = query.ResourceVersion == "0" ? query with { Limit = 0 } : query;
        return await AtAsync(cache, request, rest, from, token.Revision, cancellationToken);
    }

    /// <summary>
    /// Lists at a revision: from the cache when the resource has not changed since, from the store's history otherwise.
    /// A revision that is compacted is gone even so: clients count on lists to end.
    /// </summary>
    private async ValueTask<ApiResult<ObjectPage>> AtAsync(
        ObjectCache cache, ApiRequest request, ListQuery query, string from, long revision, CancellationToken cancellationToken)
    {
        ObjectSnapshot snapshot = cache.Snapshot;
        bool isCached = snapshot.Revision <= revision;
        (string start, string to) = cache.RangeOf(request.Namespace);
        RangeRequest wanted = new(KeyRange.Between(from, to)) { Revision = revision, Limit = isCached ? 1 : 0 };
        RangeResult range = await storage.Store.RangeAsync(wanted, cancellationToken);
        if (range.Outcome == StoreOutcome.Compacted)
        {
            return query.Continue.Length > 0
                ? ExpiredContinue(from[start.Length..], storage.Revision)
                : ApiErrors.Expired($"The resourceVersion for the provided list is too old.");
        }

        if (range.Outcome != StoreOutcome.Ok)
        {
            return ApiErrors.Unclassified(range.Outcome.Message());
        }

        if (isCached)
        {
            return FromCache(cache, request, query, from, query.Limit, revision, snapshot);
        }

        List<StoredObject> objects = [.. range.Items.Select(item => storage.Restored(cache, item))];
        return Page(start, ObjectSnapshot.From(objects, revision).Range(from, to), query, query.Limit, revision);
    }

    /// <summary>The token of a list whose revision is gone comes with one that goes on at the present.</summary>
    private static Status ExpiredContinue(string start, long revision)
    {
        string fresh = new ContinueToken(-1, start).Encode();
        return ApiErrors.Expired(
            "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.") with
        {
            Metadata = new ListMeta { ResourceVersion = revision.ToString(System.Globalization.CultureInfo.InvariantCulture), Continue = fresh },
        };
    }

    private ObjectPage FromCache(
        ObjectCache cache, ApiRequest request, ListQuery query, string from, long limit, long? revision, ObjectSnapshot? known = null)
    {
        // The revision first, the snapshot second: the snapshot holds everything up to that revision, maybe more, and
        // what is more in it raises the list's own revision.
        long seen = storage.Revision;
        ObjectSnapshot snapshot = known ?? cache.Snapshot;
        (string start, string to) = cache.RangeOf(request.Namespace);
        return Page(start, snapshot.Range(from, to), query, limit, revision ?? Math.Max(seen, snapshot.Revision));
    }

    private static ObjectPage Page(string start, ObjectRange objects, ListQuery query, long limit, long revision)
    {
        if (limit <= 0)
        {
            return new(query.Filter.Apply(objects), revision, "", null);
        }

        List<StoredObject> page = new((int)Math.Min(limit, 1000));
        bool hasMore = false;
        foreach (StoredObject obj in objects)
        {
            if (!query.Filter.Matches(obj))
            {
                continue;
            }

            if (page.Count == limit)
            {
                hasMore = true;
                break;
            }

            page.Add(obj);
        }

        // With selectors nobody counts what is left.
        return hasMore
            ? new(
                page,
                revision,
                new ContinueToken(revision, page[^1].Key[start.Length..] + "\0").Encode(),
                query.Filter.IsAll ? objects.Count - limit : null)
            : new(page, revision, "", null);
    }
}
