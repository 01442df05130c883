namespace Keelson.EndToEnd.Tests.Conformance.Apps;

/// <summary>Jobs as YAML.</summary>
internal static class JobManifests
{
    /// <summary>A job named <c>work</c> whose pods run a script.</summary>
    /// <param name="script">The script; a volume <c>data</c>, if there is one, is at /data.</param>
    /// <param name="spec">Further fields of the spec, each on its line.</param>
    /// <param name="pods">Further fields of the pods' spec.</param>
    public static string Of(string script, string spec, string pods = "restartPolicy: Never")
    {
        bool hasVolume = pods.Contains("volumes:", StringComparison.Ordinal);
        string mounts = hasVolume ? ", volumeMounts: [{name: data, mountPath: /data}]" : "";
        return $$"""
            metadata: {name: work}
            spec:
              {{spec.Replace("\n", "\n  ", StringComparison.Ordinal)}}
              template:
                spec: { {{pods}}, containers: [{name: c, image: busybox, command: [sh, -c, '{{script}}']{{mounts}} }] }
            """;
    }
}
