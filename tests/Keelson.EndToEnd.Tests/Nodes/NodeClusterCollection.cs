namespace Keelson.EndToEnd.Tests.Nodes;

/// <summary>Tests that share one real node: two on one machine would claim the same addresses.</summary>
[CollectionDefinition(Name)]
public sealed class NodeClusterCollection : ICollectionFixture<NodeClusterFixture>
{
    public const string Name = "real node";
}
