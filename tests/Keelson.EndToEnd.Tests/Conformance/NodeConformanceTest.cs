using Keelson.EndToEnd.Tests.Nodes;

namespace Keelson.EndToEnd.Tests.Conformance;

/// <summary>
/// Tests of upstream's suite on a real node. Each has a namespace of its own, which is deleted when the test ends, so
/// that pods of earlier tests don't take the node's room.
/// </summary>
[Collection(NodeClusterCollection.Name)]
public abstract class NodeConformanceTest(NodeClusterFixture cluster) : IAsyncLifetime
{
    private readonly List<string> _namespaces = [];
    private Workspace? _space;

    /// <summary>The cluster.</summary>
    protected NodeClusterFixture Cluster => cluster;

    /// <summary>The test's namespace.</summary>
    private protected Workspace Space => _space!;

    public virtual async ValueTask InitializeAsync()
    {
        NodeClusterFixture.SkipUnlessPossible();
        _space = await AnotherSpaceAsync();
    }

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (string one in _namespaces)
        {
            using HttpResponseMessage response = await cluster.Client.DeleteAsync("/api/v1/namespaces/" + one);
        }
    }

    /// <summary>Makes another namespace that goes with the test.</summary>
    private protected async Task<Workspace> AnotherSpaceAsync()
    {
        Workspace made = await Workspace.CreateAsync(cluster);
        _namespaces.Add(made.Namespace);
        return made;
    }
}
