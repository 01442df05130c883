using System.Collections.Immutable;

namespace Keelson.Network.Nft;

/// <summary>A chain of a table.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Hook">Where packets come in: <c>type nat hook prerouting priority -100;</c>; empty for chains that
/// others send packets to.</param>
/// <param name="Rules">The rules, as nft writes them.</param>
internal sealed record NftChain(string Name, string Hook, ImmutableArray<string> Rules)
{
    /// <summary>A chain that others send packets to.</summary>
    public static NftChain Of(string name, params ImmutableArray<string> rules) => new(name, "", rules);

    /// <summary>True for the same hook and rules; a record would compare the array's identity.</summary>
    public bool Equals(NftChain? other) =>
        other is not null && Name == other.Name && Hook == other.Hook
            && Rules.AsSpan().SequenceEqual(other.Rules.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Rules.Length);
}

/// <summary>A set, or a map when its elements carry a value.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsMap">True for a map.</param>
/// <param name="Declaration">What it holds: <c>type ipv4_addr . inet_service : verdict;</c>.</param>
/// <param name="IsDynamic">True when packets put elements in; those are nobody's to compare or remove.</param>
internal sealed record NftSet(string Name, bool IsMap, string Declaration, bool IsDynamic = false);

/// <summary>An element of a set, or of a map when it has a value.</summary>
/// <param name="Set">The set's name.</param>
/// <param name="Key">The key, in the form that <c>nft -n list</c> shows.</param>
/// <param name="Value">The value; empty for sets.</param>
internal readonly record struct NftElement(string Set, string Key, string Value);
