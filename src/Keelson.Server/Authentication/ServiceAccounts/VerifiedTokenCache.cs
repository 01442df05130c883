using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Keelson.Server.Authentication.ServiceAccounts;

/// <summary>A token whose signature was found good.</summary>
/// <param name="Claims">What it says.</param>
/// <param name="User">Whom it stands for, if all it names still exists.</param>
internal sealed record VerifiedToken(ServiceAccountClaims Claims, UserInfo User);

/// <summary>Remembers tokens whose signature was found good. Bounded by two generations: when the young one is full it
/// becomes the old one and the old one is dropped, so what is in use survives, at no cost of keeping order.</summary>
internal sealed class VerifiedTokenCache(int capacity)
{
    private readonly Lock gate = new();
    private volatile ConcurrentDictionary<string, VerifiedToken> young = new(StringComparer.Ordinal);
    private volatile ConcurrentDictionary<string, VerifiedToken> old = new(StringComparer.Ordinal);
    private int youngCount;

    public bool TryGet(string token, [NotNullWhen(true)] out VerifiedToken? verified)
    {
        if (young.TryGetValue(token, out verified))
        {
            return true;
        }
        if (!old.TryGetValue(token, out verified))
        {
            return false;
        }
        Add(token, verified);
        return true;
    }

    public void Add(string token, VerifiedToken verified)
    {
        if (!young.TryAdd(token, verified) || Interlocked.Increment(ref youngCount) < capacity / 2)
        {
            return;
        }
        lock (gate)
        {
            if (youngCount < capacity / 2)
            {
                return;
            }
            old = young;
            young = new(StringComparer.Ordinal);
            youngCount = 0;
        }
    }
}
