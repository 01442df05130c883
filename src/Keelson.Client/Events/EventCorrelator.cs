using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;

namespace Keelson.Client.Events;

/// <summary>
/// Decides what becomes of an event: written anew, counted on one that is there, joined with similar ones, or dropped.
/// The numbers are upstream's: 4096 events remembered, 10 similar within 10 minutes become one, and an object may cause
/// 25 at once and then one in five minutes.
/// </summary>
internal sealed class EventCorrelator(TimeProvider clock)
{
    private const string Joined = "(combined from similar events): ";
    private const int Remembered = 4096;
    private const int SimilarUntilJoined = 10;
    private const int BurstOfObject = 25;
    private static readonly TimeSpan SimilarWithin = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan RefillOfObject = TimeSpan.FromMinutes(5);

    private readonly Recent<string, Event> _seen = new(Remembered);
    private readonly Recent<string, Similar> _similar = new(Remembered);
    private readonly Recent<string, Bucket> _buckets = new(Remembered);

    /// <summary>The event to write, its count above one when it stands there already; null to write nothing.</summary>
    public Event? Correlate(Event one)
    {
        one = Join(one, out bool isJoined);

        // Those that were joined are one event, whatever their messages.
        string key = isJoined ? KeyOf(one) : KeyOf(one) + "|" + one.Message;
        Event result = one;
        if (_seen.TryGet(key, out Event before))
        {
            result = one with
            {
                Metadata = before.Metadata,
                FirstTimestamp = before.FirstTimestamp,
                Count = before.Count + 1,
            };
        }

        _seen.Set(key, result);
        return MaySpend(one) ? result : null;
    }

    /// <summary>Notes the name under which an event was stored.</summary>
    public void Stored(Event one) => _seen.Set(
        one.Message.StartsWith(Joined, StringComparison.Ordinal) ? KeyOf(one) : KeyOf(one) + "|" + one.Message, one);

    private static string KeyOf(Event one) =>
        $"{SourceAndObject(one)}|{one.Type}|{one.Reason}|{one.ReportingComponent}|{one.ReportingInstance}";

    private static string SourceAndObject(Event one)
    {
        ObjectReference about = one.InvolvedObject;
        return $"{one.Source.Component}|{one.Source.Host}|{about.Kind}|{about.Namespace}|{about.Name}|{about.Uid}|{about.ApiVersion}|{about.FieldPath}";
    }

    /// <summary>Many events that differ in their message only become one with a message that says so.</summary>
    private Event Join(Event one, out bool isJoined)
    {
        string key = KeyOf(one);
        if (!_similar.TryGet(key, out Similar similar)
            || one.LastTimestamp.Instant - similar.Last.Instant > SimilarWithin)
        {
            similar = new([], one.LastTimestamp);
        }

        similar.Messages.Add(one.Message);
        _similar.Set(key, similar with { Last = one.LastTimestamp });
        isJoined = similar.Messages.Count >= SimilarUntilJoined;
        if (!isJoined)
        {
            return one;
        }

        similar.Messages.Remove(similar.Messages.First());
        return one with { Message = Joined + one.Message };
    }

    private bool MaySpend(Event one)
    {
        string key = SourceAndObject(one);
        long now = clock.GetTimestamp();
        Bucket bucket = _buckets.TryGet(key, out Bucket found) ? found : new(BurstOfObject, now);
        double tokens = Math.Min(
            BurstOfObject, bucket.Tokens + (clock.GetElapsedTime(bucket.At, now) / RefillOfObject));
        bool may = tokens >= 1;
        _buckets.Set(key, new(may ? tokens - 1 : tokens, now));
        return may;
    }

    private readonly record struct Similar(HashSet<string> Messages, Time Last);

    private readonly record struct Bucket(double Tokens, long At);

    /// <summary>The entries that were set last.</summary>
    private sealed class Recent<TKey, TValue>(int most)
        where TKey : notnull
    {
        private readonly Dictionary<TKey, LinkedListNode<(TKey Key, TValue Value)>> _byKey = [];
        private readonly LinkedList<(TKey Key, TValue Value)> _order = new();

        public bool TryGet(TKey key, out TValue value)
        {
            bool found = _byKey.TryGetValue(key, out LinkedListNode<(TKey Key, TValue Value)>? node);
            value = found ? node!.Value.Value : default!;
            return found;
        }

        public void Set(TKey key, TValue value)
        {
            if (_byKey.Remove(key, out LinkedListNode<(TKey Key, TValue Value)>? node))
            {
                _order.Remove(node);
            }

            _byKey[key] = _order.AddLast((key, value));
            if (_byKey.Count > most)
            {
                _byKey.Remove(_order.First!.Value.Key);
                _order.RemoveFirst();
            }
        }
    }
}
