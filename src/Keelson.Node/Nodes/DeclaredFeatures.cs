using Keelson.Client.Nodes;
using Keelson.Machinery.Values;

namespace Keelson.Nodes.Nodes;

/// <summary>Which of the features that nodes declare this one has (<c>status.declaredFeatures</c>).</summary>
internal static class DeclaredFeatures
{
    /// <summary>Their names, in order.</summary>
    public static ApiList<string> All { get; } =
    [
        DeclaredFeatureNeeds.WebSockets, DeclaredFeatureNeeds.PodLevelResize,
        DeclaredFeatureNeeds.RestartAllContainers,
    ];
}
