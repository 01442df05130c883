using System.Security.Cryptography;
using System.Text;

namespace Keelson.Streaming.WebSockets;

/// <summary>The opening of a WebSocket (RFC 6455) in terms of header values, for servers that upgrade on their own.
/// </summary>
public static class WebSocketUpgrade
{
    private const string KeySuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    /// <summary>The value of <c>Sec-WebSocket-Accept</c> for a client's <c>Sec-WebSocket-Key</c>.</summary>
    public static string AcceptOf(string key)
    {
#pragma warning disable CA5350 // The protocol wants SHA-1; nothing rests on its strength.
        return Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + KeySuffix)));
#pragma warning restore CA5350
    }

    /// <summary>What stands between the commas of <c>Sec-WebSocket-Protocol</c>.</summary>
    public static IReadOnlyList<string> ProtocolsOf(string header) =>
        header.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>True for a key as a client has to send it: 16 bytes in base64.</summary>
    public static bool IsKey(string key)
    {
        Span<byte> bytes = stackalloc byte[16];
        return key.Length == 24 && Convert.TryFromBase64String(key, bytes, out int written) && written == 16;
    }
}
