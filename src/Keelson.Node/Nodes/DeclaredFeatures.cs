using Keelson.Client.Nodes;
using Keelson.Machinery.Values;
using Keelson.Nodes.Placement;

namespace Keelson.Nodes.Nodes;

/// <summary>Which of the features that nodes declare this one has (<c>status.declaredFeatures</c>). Pure.</summary>
internal static class DeclaredFeatures
{
    /// <summary>Their names, in order.</summary>
    public static ApiList<string> Of(NodeAgentConfig config)
    {
        List<string> names =
        [
            DeclaredFeatureNeeds.WebSockets, DeclaredFeatureNeeds.PodLevelResize,
            DeclaredFeatureNeeds.RestartAllContainers,
        ];

        // Where containers have processors of their own, pods that do can't be given others while they run.
        if (config.Placement.CpuPolicy == PlacementConfig.NoPolicy)
        {
            names.Add(DeclaredFeatureNeeds.GuaranteedCpuResize);
        }

        return names.Order(StringComparer.Ordinal).ToApiList();
    }
}
