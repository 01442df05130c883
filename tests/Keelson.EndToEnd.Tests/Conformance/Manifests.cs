namespace Keelson.EndToEnd.Tests.Conformance;

/// <summary>Parts of manifests, as YAML in one line.</summary>
internal static class Manifests
{
    /// <summary>A readiness gate that is open only when a test opens it: <see cref="Open"/>.</summary>
    public const string Gate = "readinessGates: [{conditionType: example.com/serving}]";

    /// <summary>The status by which a test opens that gate of a pod.</summary>
    public const string Open = """{"status":{"conditions":[{"type":"example.com/serving","status":"True"}]}}""";

    /// <summary>The status by which a test shuts that gate of a pod.</summary>
    public const string Shut = """{"status":{"conditions":[{"type":"example.com/serving","status":"False"}]}}""";

    /// <summary>A template of pods that serve until they are stopped.</summary>
    /// <param name="app">The label <c>app</c>.</param>
    /// <param name="image">The image.</param>
    /// <param name="more">Further fields of the pod's spec: <c>hostNetwork: true</c>.</param>
    public static string Template(string app, string image = "nginx:1", string more = "") =>
        $$"""{metadata: {labels: {app: {{app}} } }, spec: { {{PodSpec(image, more)}} } }""";

    /// <summary>The fields of a pod's spec, with one container that serves until it is stopped.</summary>
    public static string PodSpec(string image = "nginx:1", string more = "") =>
        $$"""containers: [{name: c, image: {{image}} }]{{(more.Length > 0 ? ", " + more : "")}}""";

    /// <summary>A pod that serves until it is stopped.</summary>
    public static string Pod(string name, string app, string more = "") =>
        $$"""{metadata: {name: {{name}}, labels: {app: {{app}} } }, spec: { {{PodSpec("nginx:1", more)}} } }""";

    /// <summary>A deployment, a set, a controller: what has replicas, a selector and a template.</summary>
    /// <param name="name">Its name and its pods' label <c>app</c>.</param>
    /// <param name="replicas">Its replicas.</param>
    /// <param name="spec">Further fields of its spec, each on its line.</param>
    /// <param name="pods">Further fields of the pods' spec.</param>
    public static string Workload(string name, int replicas, string spec = "", string pods = "") =>
        $$"""
        metadata: {name: {{name}}, labels: {app: {{name}} } }
        spec:
          replicas: {{replicas}}
          selector: {matchLabels: {app: {{name}} } }
          template: {{Template(name, more: pods)}}
        {{Indented(spec)}}
        """;

    /// <summary>A replication controller, whose selector is a plain map.</summary>
    public static string ReplicationController(string name, int replicas, string pods = "") =>
        $$"""
        metadata: {name: {{name}}, labels: {app: {{name}} } }
        spec:
          replicas: {{replicas}}
          selector: {app: {{name}} }
          template: {{Template(name, more: pods)}}
        """;

    /// <summary>The strategic patch that gives a workload's pods another image.</summary>
    public static string Image(string image) =>
        $$$$$"""{"spec":{"template":{"spec":{"containers":[{"name":"c","image":"{{{{{image}}}}}"}]}}}}""";

    private static string Indented(string lines) =>
        lines.Length == 0 ? "" : "  " + lines.Replace("\n", "\n  ", StringComparison.Ordinal);
}
