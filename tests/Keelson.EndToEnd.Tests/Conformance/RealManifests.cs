using System.Text.Json;

namespace Keelson.EndToEnd.Tests.Conformance;

/// <summary>Manifests of pods that really run.</summary>
internal static class RealManifests
{
    /// <summary>A pod with one container <c>c</c> of busybox that runs shell commands once.</summary>
    /// <param name="name">The pod's name.</param>
    /// <param name="script">The commands.</param>
    /// <param name="container">Further fields of the container: <c>env: […], tty: true</c>.</param>
    /// <param name="pod">Further fields of the pod's spec, each on its line.</param>
    public static string Script(string name, string script, string container = "", string pod = "") =>
        Of(name, "restartPolicy: Never\n" + pod, Shell("c", script, container));

    /// <summary>A pod that does nothing until it is stopped.</summary>
    public static string Sleeper(string name, string container = "", string pod = "") =>
        Of(name, pod, Shell("c", "sleep 3600", container));

    /// <summary>A pod that serves on port 8080 what <c>serve</c> of the test's image does, and is ready then.</summary>
    public static string Server(string name, string container = "", string pod = "") => Of(
        name,
        pod,
        Shell("c", "serve 8080", "readinessProbe: {tcpSocket: {port: 8080}, periodSeconds: 1}"
            + (container.Length > 0 ? ", " + container : "")));

    /// <summary>A pod with containers, made by <see cref="Shell"/>.</summary>
    public static string Of(string name, string pod, params string[] containers) =>
        $"""
        metadata:
          name: {name}
          labels: {"{"}app: {name}{"}"}
        spec:
          {(pod.Contains("terminationGracePeriodSeconds") ? "" : "terminationGracePeriodSeconds: 0")}
          {pod.Replace("\n", "\n  ")}
          containers: [{string.Join(", ", containers)}]
        """;

    /// <summary>A container of busybox that runs shell commands, as YAML in one line.</summary>
    public static string Shell(string name, string script, string more = "") =>
        $$"""{name: {{name}}, image: busybox, command: [sh, -c, {{Quoted(script)}}]"""
        + $$"""{{(more.Length > 0 ? ", " + more : "")}} }""";

    /// <summary>A text as YAML has it in one line.</summary>
    public static string Quoted(string text) => '"' + JsonEncodedText.Encode(text).ToString() + '"';
}
