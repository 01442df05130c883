using System.Collections.Concurrent;
using Keelson.Api.Kinds;
using Keelson.Client.Informers;

namespace Keelson.Controllers.Quotas;

/// <summary>How many objects of a kind each namespace has. Kinds are followed from the first question on.</summary>
/// <param name="informers">The objects as this process knows them.</param>
/// <param name="deleted">Called with the namespace of an object that is gone.</param>
internal sealed class NamespaceCounts(IInformers informers, Action<string> deleted)
{
    private readonly ConcurrentDictionary<KindInfo, Lazy<(IMetadataFeed Feed, ConcurrentDictionary<string, int> Counts)>> _kinds = [];

    /// <summary>The number of a kind's objects in a namespace.</summary>
    public async ValueTask<int> CountAsync(ApiKind kind, string @namespace, CancellationToken cancellationToken)
    {
        var (feed, counts) = _kinds.GetOrAdd(kind.Info, _ => new(() => Follow(kind))).Value;
        await feed.Synced.WaitAsync(cancellationToken);
        return counts.GetValueOrDefault(@namespace);
    }

    private (IMetadataFeed Feed, ConcurrentDictionary<string, int> Counts) Follow(ApiKind kind)
    {
        ConcurrentDictionary<string, int> counts = new(StringComparer.Ordinal);
        IMetadataFeed feed = informers.MetadataOf(kind);
        feed.Subscribe((old, now) =>
        {
            if (old is null && now is not null)
            {
                counts.AddOrUpdate(now.Namespace, 1, static (_, before) => before + 1);
            }
            else if (old is not null && now is null)
            {
                counts.AddOrUpdate(old.Namespace, 0, static (_, before) => before - 1);
                deleted(old.Namespace);
            }
        });
        return (feed, counts);
    }
}
