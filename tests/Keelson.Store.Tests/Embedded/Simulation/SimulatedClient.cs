using System.Text;

namespace Keelson.Store.Tests.Embedded.Simulation;

/// <summary>A request on its way, with what the model says of it.</summary>
internal sealed class SimulatedRequest(string text, Func<StoreModel, string> predict, Func<string?> answer)
{
    /// <summary>What the answer must be when the request is done on the model now.</summary>
    public string Predict(StoreModel model) => predict(model);

    /// <summary>The answer; null if there is none yet.</summary>
    public string? Answer() => answer();

    public override string ToString() => text;
}

/// <summary>Makes requests at random, each with the model's way of doing it.</summary>
internal sealed class SimulatedClient(Random random, SimulatedTime time, Func<long> nowMs)
{
    private const int Keys = 12;
    private int _values;

    private string Key() => $"/registry/{(random.Next(2) == 0 ? "pods" : "nodes")}/{random.Next(Keys)}";

    // No zeros in it, and now and then longer than a sector.
    private byte[] Value() => Encoding.UTF8.GetBytes(
        $"v{++_values}" + new string('x', random.Next(8) == 0 ? random.Next(2000) : random.Next(20)));

    public SimulatedRequest Next(IStore store, StoreModel model) => random.Next(20) switch
    {
        < 10 => PutIf(store, model),
        < 13 => DeleteIf(store, model),
        < 16 => Txn(store, model),
        16 => Compact(store, model),
        17 or 18 => Grant(store, model),
        _ => Revoke(store, model),
    };

    private long LeaseOf(StoreModel model) =>
        random.Next(3) > 0 || !model.Leases.Any() ? 0 : model.Leases.ElementAt(random.Next(model.Leases.Count()));

    // Mostly the right revision, so that most writes succeed; requests before it in the queue may make it wrong.
    private long Expected(StoreModel model, string key) =>
        random.Next(8) == 0 ? random.NextInt64(0, model.Revision + 2) : model.Get(key)?.ModRevision ?? 0;

    private static SimulatedRequest Request<T>(
        string text, ValueTask<T> task, Func<T, string> describe, Func<StoreModel, string> predict)
    {
        Task<T> pending = task.AsTask();
        return new SimulatedRequest(text, predict, () => pending.IsCompleted
            ? pending.IsCompletedSuccessfully ? describe(pending.Result) : "lost"
            : null);
    }

    private static string Describe(WriteResult result) => result.Outcome == StoreOutcome.Conflict
        ? $"Conflict {StoreModel.Describe(result.Current)}"
        : $"{result.Outcome} {(result.Outcome == StoreOutcome.Ok ? result.Revision : 0)}";

    private SimulatedRequest PutIf(IStore store, StoreModel known)
    {
        string key = Key();
        byte[] value = Value();
        long expected = Expected(known, key);
        long lease = LeaseOf(known);
        ValueTask<WriteResult> task = store.PutIfAsync(key, value, expected, lease);
        return Request($"put {key} at {expected} lease {lease}", task, Describe, model =>
        {
            KeyValue? current = model.Get(key);
            if ((current?.ModRevision ?? 0) != expected)
            {
                return $"Conflict {StoreModel.Describe(current)}";
            }
            if (lease != 0 && !model.HasLease(lease))
            {
                return "LeaseNotFound 0";
            }
            model.BeginRevision();
            model.Put(key, value, lease);
            return $"Ok {model.Revision}";
        });
    }

    private SimulatedRequest DeleteIf(IStore store, StoreModel known)
    {
        string key = Key();
        long expected = Expected(known, key);
        return Request($"delete {key} at {expected}", store.DeleteIfAsync(key, expected), Describe, model =>
        {
            KeyValue? current = model.Get(key);
            if (current is null || current.ModRevision != expected)
            {
                return $"Conflict {StoreModel.Describe(current)}";
            }
            model.BeginRevision();
            model.Delete(key);
            return $"Ok {model.Revision}";
        });
    }

    private SimulatedRequest Txn(IStore store, StoreModel known)
    {
        string compared = Key();
        long expected = Expected(known, compared);
        List<(string Key, byte[] Value)> puts =
            [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Key()).Distinct().Select(key => (key, Value()))];
        KeyRange doomed = KeyRange.Between("/registry/other/", "/registry/other/9");
        if (random.Next(3) == 0)
        {
            // All keys between two that are put.
            string start = $"/registry/nodes/{random.Next(Keys)}";
            doomed = KeyRange.Between(start, start + "9");
            puts.RemoveAll(put => doomed.Contains(put.Key));
        }
        TxnRequest request = new()
        {
            Compares = [Compare.ModRevision(compared, CompareOperator.Equal, expected)],
            Success =
            [
                .. puts.Select(put => new PutOperation(put.Key, put.Value)),
                new DeleteOperation(doomed),
                new RangeOperation(new RangeRequest(KeyRange.Prefix("/registry/nodes/"))),
            ],
            Failure = [new RangeOperation(new RangeRequest(KeyRange.Single(compared)))],
        };
        return Request($"txn of {puts.Count} puts", store.TxnAsync(request), Describe, model =>
        {
            if ((model.Get(compared)?.ModRevision ?? 0) != expected)
            {
                return $"Ok False {model.Revision}\n{StoreModel.Describe(model.Range(KeyRange.Single(compared)))}";
            }
            List<KeyValue> deleted = model.Range(doomed);
            if (puts.Count + deleted.Count > 0)
            {
                model.BeginRevision();
            }
            puts.ForEach(put => model.Put(put.Key, put.Value, 0));
            deleted.ForEach(item => model.Delete(item.Key));
            return $"Ok True {model.Revision}\n{StoreModel.Describe(model.Range(KeyRange.Prefix("/registry/nodes/")))}";
        });
    }

    private static string Describe(TxnResult result) => result.Outcome == StoreOutcome.Ok
        ? $"Ok {result.Succeeded} {result.Revision}\n{StoreModel.Describe(result.Responses[^1].Range!.Items)}"
        : $"{result.Outcome} 0";

    private SimulatedRequest Compact(IStore store, StoreModel known)
    {
        long revision = random.NextInt64(Math.Max(known.CompactRevision, known.Revision - 30), known.Revision + 2);
        return Request($"compact {revision}", store.CompactAsync(revision), result => $"{result.Outcome} 0", model =>
        {
            if (revision <= model.CompactRevision || revision > model.Revision)
            {
                return revision > model.Revision ? "FutureRevision 0" : "Compacted 0";
            }
            model.Compact(revision);
            return "Ok 0";
        });
    }

    private SimulatedRequest Grant(IStore store, StoreModel known)
    {
        long id = random.Next(4) == 0 && known.Leases.Any() ? known.Leases.First() : random.NextInt64(1, 1_000_000);
        long seconds = random.Next(1, 30);
        return Request(
            $"grant {id}", store.Leases.GrantAsync(seconds, id), result => $"{result.Outcome} 0", model =>
            {
                if (model.HasLease(id))
                {
                    return "LeaseExists 0";
                }
                model.Grant(id, seconds, nowMs());
                return "Ok 0";
            });
    }

    private SimulatedRequest Revoke(IStore store, StoreModel known)
    {
        time.Advance(TimeSpan.FromSeconds(random.Next(3)));
        long id = known.Leases.Any() ? known.Leases.ElementAt(random.Next(known.Leases.Count())) : 1;
        return Request(
            $"revoke {id}", store.Leases.RevokeAsync(id), result => $"{result.Outcome} 0", model =>
            {
                if (!model.HasLease(id))
                {
                    return "LeaseNotFound 0";
                }
                model.Revoke(id);
                return "Ok 0";
            });
    }
}
