namespace Keelson.Store.Embedded.Index;

/// <summary>A key in the index: the head of its chain of versions, newest first.</summary>
internal sealed class KeyEntry(string key, KeyVersion newest)
{
    private KeyVersion _newest = newest;

    public string Key { get; } = key;

    /// <summary>The newest version, which readers may not be allowed to see yet.</summary>
    public KeyVersion Newest
    {
        get => Volatile.Read(ref _newest);
        set => Volatile.Write(ref _newest, value);
    }

    /// <summary>The version that stood at <paramref name="revision"/>; null if the key did not exist then.</summary>
    public KeyVersion? At(long revision)
    {
        KeyVersion? version = Newest;
        while (version is not null && version.ModRevision > revision)
        {
            version = version.Older;
        }
        return version is null || version.IsDeletion ? null : version;
    }
}
