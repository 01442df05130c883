using System.Security.Cryptography;
using System.Text;

namespace Keelson.Network.Nft;

/// <summary>Names of chains and sets: short enough for nftables, unique, and telling.</summary>
internal static class NftNames
{
    // nftables takes 127 characters; what a name begins with and its hash leave this much for what it tells.
    private const int LongestTold = 80;
    private const int HashLength = 12;

    /// <summary>The name of what something has for an owner.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="owner">Whose it is.</param>
    /// <param name="part">Which one of several.</param>
    public static string Of(string kind, string owner, string part = "")
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(owner + "\n" + part));
        string told = string.Concat(owner.Take(LongestTold).Select(static one => IsPlain(one) ? one : '.'));
        return $"{kind}-{Convert.ToHexStringLower(hash)[..HashLength]}-{told}";
    }

    private static bool IsPlain(char one) => char.IsAsciiLetterOrDigit(one) || one is '-' or '/' or '_' or '.';
}
