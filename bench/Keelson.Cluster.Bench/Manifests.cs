using System.Globalization;

namespace Keelson.Cluster.Bench;

/// <summary>What the scenarios create.</summary>
internal static class Manifests
{
    /// <summary>The image of a rollout.</summary>
    public const string NewImage = "app:2";

    /// <summary>A pod; metadata and spec take further fields, each with a comma in front.</summary>
    public static string Pod(string name, string metadata = "", string spec = "", int cpu = 100) =>
        $"{{\"metadata\":{{\"namespace\":\"default\",\"name\":\"{name}\"{metadata}}},\"spec\":{{\"containers\":[{{"
        + $"\"name\":\"c\",\"image\":\"app:1\",\"resources\":{{\"requests\":{{\"cpu\":\"{cpu}m\"}}}}}}]{spec}}}}}";

    /// <summary>The label of a group, as a field of metadata.</summary>
    public static string Group(int number) => $",\"labels\":{{\"group\":\"{number}\"}}";

    /// <summary>Terms that keep pods of a group on different nodes, or in one zone.</summary>
    public static string Affinity(string kind, int group, string key) =>
        """
        ,"affinity":{"KIND":{"requiredDuringSchedulingIgnoredDuringExecution":
        [{"topologyKey":"KEY","labelSelector":{"matchLabels":{"group":"GROUP"}}}]}}
        """.Replace("KIND", kind, StringComparison.Ordinal).Replace("KEY", key, StringComparison.Ordinal)
            .Replace("GROUP", Number(group), StringComparison.Ordinal);

    /// <summary>A constraint that spreads the pods of a group over zones.</summary>
    public static string Spread(int group) =>
        """
        ,"topologySpreadConstraints":[{"maxSkew":5,"topologyKey":"topology.kubernetes.io/zone",
        "whenUnsatisfiable":"DoNotSchedule","labelSelector":{"matchLabels":{"group":"GROUP"}}}]
        """.Replace("GROUP", Number(group), StringComparison.Ordinal);

    /// <summary>A deployment.</summary>
    public static string Deployment(string name, int replicas) =>
        """
        {"metadata":{"namespace":"default","name":"NAME"},
        "spec":{"replicas":COUNT,"selector":{"matchLabels":{"app":"NAME"}},
        "template":{"metadata":{"labels":{"app":"NAME"}},"spec":{"containers":[{"name":"c","image":"app:1"}]}}}}
        """.Replace("NAME", name, StringComparison.Ordinal)
            .Replace("COUNT", Number(replicas), StringComparison.Ordinal);

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
