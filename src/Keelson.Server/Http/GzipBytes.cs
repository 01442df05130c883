using System.IO.Compression;

namespace Keelson.Server.Http;

/// <summary>Compression of answers that are made once.</summary>
internal static class GzipBytes
{
    /// <summary>The bytes, compressed.</summary>
    public static byte[] Compress(ReadOnlySpan<byte> bytes)
    {
        using MemoryStream compressed = new(bytes.Length / 4);
        using (GZipStream gzip = new(compressed, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return compressed.ToArray();
    }
}
