namespace Keelson.Store.Embedded.Index;

/// <summary>A version of a key in the index: knows the version before it.</summary>
internal sealed class KeyVersion : KeyValue
{
    private static readonly byte[] NoValue = [];
    private KeyVersion? _older;

    public KeyVersion(
        string key, byte[] value, long createRevision, long modRevision, long version, long lease, KeyVersion? older)
        : base(key, value, createRevision, modRevision, version, lease)
    {
        _older = older;
    }

    /// <summary>The version before; null if there was none or compaction dropped it.</summary>
    public KeyVersion? Older => Volatile.Read(ref _older);

    public static KeyVersion Deletion(string key, long revision, KeyVersion older) =>
        new(key, NoValue, 0, revision, 0, 0, older);

    public void ForgetOlder() => Volatile.Write(ref _older, null);
}
