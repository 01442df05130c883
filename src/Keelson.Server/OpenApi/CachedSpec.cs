using System.IO.Compression;
using System.Security.Cryptography;
using Keelson.Server.Http;

namespace Keelson.Server.OpenApi;

/// <summary>
/// A document that is made when it is first asked for. It is kept compressed, at a tenth of its size; the plain bytes
/// stay as long as memory allows.
/// </summary>
internal sealed class CachedSpec(
    Func<byte[]> make, Func<ReadOnlyMemory<byte>, byte[]> toProto, DateTimeOffset lastModified)
{
    private readonly Lock _lock = new();
    private readonly WeakReference<byte[]> _json = new([]);
    private readonly WeakReference<byte[]> _proto = new([]);
    private byte[]? _compressed;
    private string? _etag;

    /// <summary>When the document came to be as it is.</summary>
    public DateTimeOffset LastModified { get; } = lastModified;

    /// <summary>SHA-512 of the JSON in capital hex digits.</summary>
    public string ETag
    {
        get
        {
            _ = Compressed;
            return _etag!;
        }
    }

    /// <summary>The JSON, compressed by gzip.</summary>
    public byte[] Compressed
    {
        get
        {
            lock (_lock)
            {
                if (_compressed is null)
                {
                    byte[] json = make();
                    _etag = Convert.ToHexString(SHA512.HashData(json));
                    _compressed = GzipBytes.Compress(json);
                    _json.SetTarget(json);
                }

                return _compressed;
            }
        }
    }

    /// <summary>The JSON.</summary>
    public byte[] Json
    {
        get
        {
            byte[] compressed = Compressed;
            if (_json.TryGetTarget(out byte[]? json) && json.Length > 0)
            {
                return json;
            }

            using GZipStream gzip = new(new MemoryStream(compressed), CompressionMode.Decompress);
            using MemoryStream plain = new(compressed.Length * 10);
            gzip.CopyTo(plain);
            json = plain.ToArray();
            _json.SetTarget(json);
            return json;
        }
    }

    /// <summary>The document as gnostic's protobuf message.</summary>
    public byte[] Proto
    {
        get
        {
            if (_proto.TryGetTarget(out byte[]? proto) && proto.Length > 0)
            {
                return proto;
            }

            proto = toProto(Json);
            _proto.SetTarget(proto);
            return proto;
        }
    }
}
