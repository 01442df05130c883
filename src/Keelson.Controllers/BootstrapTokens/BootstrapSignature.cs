using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Keelson.Controllers.BootstrapTokens;

/// <summary>The signature by which who holds a bootstrap token can tell that what a server says is genuine.</summary>
public static class BootstrapSignature
{
    /// <summary>A JSON web signature (HS256) without the content: header and signature with two dots between.</summary>
    /// <param name="content">What is signed.</param>
    /// <param name="id">The token's id.</param>
    /// <param name="key">The token's secret.</param>
    public static string Sign(string content, string id, string key)
    {
        string header = Base64Url.EncodeToString(Encoding.UTF8.GetBytes($$"""{"alg":"HS256","kid":"{{id}}"}"""));
        string payload = Base64Url.EncodeToString(Encoding.UTF8.GetBytes(content));
        byte[] signature = HMACSHA256.HashData(
            Encoding.UTF8.GetBytes(key), Encoding.ASCII.GetBytes($"{header}.{payload}"));
        return $"{header}..{Base64Url.EncodeToString(signature)}";
    }

    /// <summary>True when a signature is the one that the token makes.</summary>
    public static bool IsGenuine(string signature, string content, string id, string key) =>
        CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(signature), Encoding.UTF8.GetBytes(Sign(content, id, key)));
}
