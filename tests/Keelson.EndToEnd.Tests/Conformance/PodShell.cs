namespace Keelson.EndToEnd.Tests.Conformance;

/// <summary>What containers see, now and after a change.</summary>
internal static class PodShell
{
    // Changes reach volumes by watches. A node that only looked once a minute would not make it.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Runs shell commands in a pod's first container until they succeed and print what they should.</summary>
    public static async Task<string> ShellUntilAsync(
        this Workspace space, string pod, string script, Func<string, bool> holds)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            CommandResult result = await space.ExecAsync(pod, "sh", "-c", script);
            string printed = result.Output.TrimEnd('\n');
            if (result.ExitCode == 0 && holds(printed))
            {
                return printed;
            }

            if (TimeProvider.System.GetElapsedTime(start) > Patience)
            {
                throw new TimeoutException($"{script}: {result.ExitCode} {printed} {result.Error}");
            }

            await Task.Delay(50);
        }
    }

    /// <summary>Runs shell commands in a pod's first container until they print what they should.</summary>
    public static Task<string> ShellUntilAsync(this Workspace space, string pod, string script, string expected) =>
        space.ShellUntilAsync(pod, script, printed => printed == expected);

    /// <summary>A shell command that prints name, mode, owner and content of files.</summary>
    public static string Show(params string[] files) =>
        $"""for f in {string.Join(' ', files)}; do echo "$f $(stat -L -c "%A %u:%g" "$f") $(cat "$f")"; done""";

    /// <summary>A pod that runs a shell command to its end, with a volume <c>v</c> at <c>/etc/v</c>.</summary>
    /// <param name="script">The command; it may not contain single quotes.</param>
    /// <param name="volume">The volume's source, as YAML in one line.</param>
    /// <param name="security">Fields of the pod's security context.</param>
    /// <param name="container">Further fields of the container.</param>
    public static string Running(string script, string volume, string security = "", string container = "") =>
        $$"""
        metadata: {name: runs, labels: {app: runs} }
        spec:
          restartPolicy: Never
          terminationGracePeriodSeconds: 0
          securityContext: { {{security}} }
          volumes: [{name: v, {{volume}} }]
          containers:
          - name: c
            image: busybox
            command: [sh, -c, '{{script}}']
            volumeMounts: [{name: v, mountPath: /etc/v}]
            {{container}}
        """;
}
