using System.Security.Cryptography;
using System.Text;

namespace Keelson.Server.Discovery;

/// <summary>Tells clients whether the kind that objects are stored as has changed: a migration's sign.</summary>
internal static class StorageVersionHash
{
    /// <summary>The first 8 bytes of the SHA-256 of <c>group/version/kind</c>, in base64.</summary>
    public static string Of(string group, string version, string kind) =>
        Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes($"{group}/{version}/{kind}")).AsSpan(0, 8));
}
