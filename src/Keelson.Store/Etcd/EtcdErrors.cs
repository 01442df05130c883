using System.Collections.Frozen;
using Keelson.Rpc;

namespace Keelson.Store.Etcd;

/// <summary>Which of etcd's errors are answers that the contract knows.</summary>
internal static class EtcdErrors
{
    private static readonly FrozenDictionary<string, StoreOutcome> Outcomes =
        new[]
        {
            StoreOutcome.Compacted, StoreOutcome.FutureRevision, StoreOutcome.LeaseNotFound, StoreOutcome.LeaseExists,
            StoreOutcome.LeaseTimeToLiveTooLarge, StoreOutcome.TooLarge, StoreOutcome.TooManyOperations,
            StoreOutcome.DuplicateKey, StoreOutcome.EmptyKey, StoreOutcome.NoSpace,
        }.ToFrozenDictionary(outcome => outcome.Message(), StringComparer.Ordinal);

    /// <summary>The outcome for an error, or null when it is none: then the store is in trouble.</summary>
    public static StoreOutcome? Outcome(RpcException error)
    {
        if (Outcomes.TryGetValue(error.Status.Message, out StoreOutcome outcome))
        {
            return outcome;
        }

        // Half a MiB above etcd's own limit gRPC refuses the request before etcd sees it.
        bool cutOff = error.Code == RpcStatusCode.ResourceExhausted
            && error.Status.Message.StartsWith("grpc: received message larger than max", StringComparison.Ordinal);
        return cutOff ? StoreOutcome.TooLarge : null;
    }

    /// <summary>What callers get when there is no answer.</summary>
    public static StoreUnavailableException Unavailable(RpcException error) =>
        new($"etcd: {error.Status.Message}", error);
}
