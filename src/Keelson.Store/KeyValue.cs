namespace Keelson.Store;

/// <summary>
/// One version of one key. Immutable; the same instance, and the same value array, is handed to every reader, so nobody
/// may change <see cref="Value"/>.
/// </summary>
/// <remarks>
/// A deletion is a version too: its <see cref="Version"/> and <see cref="CreateRevision"/> are 0, its value is empty
/// and
/// <see cref="ModRevision"/> is the revision that deleted the key. Such versions appear in watch events only.
/// </remarks>
public class KeyValue
{
    /// <summary>Makes a version of a key; see the properties for what each argument means.</summary>
    public KeyValue(string key, byte[] value, long createRevision, long modRevision, long version, long lease = 0)
    {
        Key = key;
        Value = value;
        CreateRevision = createRevision;
        ModRevision = modRevision;
        Version = version;
        Lease = lease;
    }

    /// <summary>The key: every char stands for one byte (0 to 255), so ordinal order is etcd's byte order.</summary>
    public string Key { get; }

    /// <summary>The value. Shared by reference: never write to it.</summary>
    public byte[] Value { get; }

    /// <summary>The revision at which the key came into being (again, if it had been deleted before).</summary>
    public long CreateRevision { get; }

    /// <summary>The revision that wrote this version.</summary>
    public long ModRevision { get; }

    /// <summary>1 for the put that created the key, one more for each put after it; 0 for a deletion.</summary>
    public long Version { get; }

    /// <summary>The lease the key hangs on; 0 if none.</summary>
    public long Lease { get; }

    /// <summary>True if this version is the deletion of the key.</summary>
    public bool IsDeletion => Version == 0;

    /// <inheritdoc/>
    public override string ToString() => $"{Key}@{ModRevision} (version {Version}, {Value.Length} bytes)";
}
