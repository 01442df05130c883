using Keelson.Store.Embedded;
using Keelson.Store.Tests.Conformance;

namespace Keelson.Store.Tests.Embedded;

/// <summary>The conformance suite on the store in memory.</summary>
public sealed class MemoryStoreConformance : StoreConformance
{
    protected override ValueTask<IStore> OpenAsync() => new(EmbeddedStore.InMemory());
}

/// <summary>The conformance suite on the store with files.</summary>
public sealed class EmbeddedStoreConformance : StoreConformance
{
    private readonly TemporaryDirectory _directory = new();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _directory.Dispose();
    }

    protected override ValueTask<IStore> OpenAsync() =>
        new(EmbeddedStore.Open(new EmbeddedStoreOptions { Directory = _directory.Path }));
}
