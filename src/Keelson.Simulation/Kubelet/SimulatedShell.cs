using System.Globalization;
using System.Text;
using Keelson.Api.Core.V1;
using Keelson.Nodes.Server.Backends;

namespace Keelson.Simulation.Kubelet;

/// <summary>
/// Runs commands in a simulated container: a handful of what people type, and shells with sequences of it
/// (<c>;</c>, <c>&amp;&amp;</c>, <c>||</c>, variables, quotes).
/// </summary>
internal sealed class SimulatedShell(Pod pod, Container container, PodFiles files, TimeProvider clock)
{
    private const int NotFound = 127;
    private static readonly string[] Shells = ["sh", "bash", "ash", "/bin/sh", "/bin/bash", "/bin/ash"];

    private readonly Dictionary<string, string> _variables = Variables(pod, container);

    /// <summary>Whether a container would have the command.</summary>
    public static bool Has(string word) =>
        Shells.Contains(word) || Commands.Contains(word[(word.LastIndexOf('/') + 1)..]);

    private static readonly HashSet<string> Commands =
    [
        "echo", "hostname", "env", "printenv", "cat", "sleep", "true", "false", ":", "exit", "pwd", "id", "whoami",
        "date",
        "uname", "ls", "ps", "test", "[", "touch", "mkdir", "rm", "tar", "pause", "nproc",
    ];

    /// <summary>Runs a command; gives its exit code.</summary>
    public async Task<int> RunAsync(string[] words, CommandStreams streams, CancellationToken cancellation)
    {
        if (!Shells.Contains(words[0]))
        {
            return await OneAsync(words, streams, cancellation);
        }

        int script = Array.FindIndex(words, 1, static one => one.StartsWith('-') && one.Contains('c'));
        return script > 0 && script + 1 < words.Length
            ? await ScriptAsync(words[script + 1], streams, cancellation)
            : await InteractAsync(streams, cancellation);
    }

    /// <summary>A shell that reads its commands from the input, a line each.</summary>
    private async Task<int> InteractAsync(CommandStreams streams, CancellationToken cancellation)
    {
        bool hasTerminal = streams.Resizes is not null;
        int code = 0;
        StringBuilder line = new();
        byte[] one = new byte[1];
        await PromptAsync(hasTerminal, streams, cancellation);
        while (streams.Stdin is not null && await streams.Stdin.ReadAsync(one, cancellation) > 0)
        {
            char key = (char)one[0];
            if (hasTerminal)
            {
                string shown = key == '\r' ? "\r\n" : key == '\u0004' ? "" : key.ToString();
                await WriteAsync(streams.Stdout, shown, cancellation);
            }

            if (key == '\u0004')
            {
                break;
            }

            if (key is not ('\n' or '\r'))
            {
                line.Append(key);
                continue;
            }

            string text = line.ToString().Trim();
            line.Clear();
            if (text == "exit" || text.StartsWith("exit ", StringComparison.Ordinal))
            {
                return await ScriptAsync(text, streams with { Stdin = null }, cancellation);
            }

            code = text.Length > 0 ? await ScriptAsync(text, streams with { Stdin = null }, cancellation) : code;
            await PromptAsync(hasTerminal, streams, cancellation);
        }

        return line.Length > 0
            ? await ScriptAsync(line.ToString(), streams with { Stdin = null }, cancellation)
            : code;
    }

    private static ValueTask PromptAsync(bool hasTerminal, CommandStreams streams, CancellationToken cancellation) =>
        hasTerminal ? WriteAsync(streams.Stdout, "/ # ", cancellation) : default;

    private async Task<int> ScriptAsync(string text, CommandStreams streams, CancellationToken cancellation)
    {
        int code = 0;
        string Value(string name) => _variables.GetValueOrDefault(name, "");
        foreach ((string[] words, ShellJoint joint) in ShellWords.Split(text, Value))
        {
            bool isSkipped = (joint == ShellJoint.And && code != 0) || (joint == ShellJoint.Or && code == 0);
            if (isSkipped || words.Length == 0)
            {
                continue;
            }

            if (words is ["exit", ..])
            {
                return ExitCodeOf(words) ?? code;
            }

            if (words is [var assignment] && assignment.IndexOf('=', StringComparison.Ordinal) is > 0 and int equals)
            {
                _variables[assignment[..equals]] = assignment[(equals + 1)..];
                continue;
            }

            code = await RedirectAsync(words, streams, cancellation);
        }

        return code;
    }

    private static int? ExitCodeOf(string[] words) =>
        words.Length > 1 && int.TryParse(words[1], CultureInfo.InvariantCulture, out int code) ? code & 255 : null;

    private async Task<int> RedirectAsync(string[] words, CommandStreams streams, CancellationToken cancellation)
    {
        int at = Array.FindIndex(words, static one => one is ">" or ">>" or "1>&2" or ">&2");
        if (at < 0)
        {
            return await RunAsync(words, streams, cancellation);
        }

        if (words[at] is "1>&2" or ">&2")
        {
            return await RunAsync(words[..at], streams with { Stdout = streams.Stderr }, cancellation);
        }

        using MemoryStream output = new();
        int code = await RunAsync(words[..at], streams with { Stdout = output }, cancellation);
        if (at + 1 < words.Length)
        {
            byte[] before = words[at] == ">>" ? files.Read(words[at + 1]) ?? [] : [];
            files.Write(words[at + 1], [.. before, .. output.ToArray()]);
        }

        return code;
    }

    private async Task<int> OneAsync(string[] words, CommandStreams streams, CancellationToken cancellation)
    {
        string name = words[0][(words[0].LastIndexOf('/') + 1)..];
        switch (name)
        {
            case "cat":
                return await CatAsync(words[1..], streams, cancellation);
            case "sleep":
                return await SleepAsync(words[1..], streams, cancellation);
            case "pause":
                await Task.Delay(Timeout.InfiniteTimeSpan, clock, cancellation);
                return 0;
            case "tar":
                return await files.TarAsync(words[1..], streams, cancellation);
            case "test" or "[":
                return files.Test([.. words[1..].Where(static one => one != "]")]);
            case "touch":
                files.Write(words[^1], files.Read(words[^1]) ?? []);
                return 0;
            case "mkdir":
                files.MakeDirectory(words[^1]);
                return 0;
            case "rm":
                files.Remove(words[^1]);
                return 0;
            case "false":
                return 1;
            case "exit":
                return ExitCodeOf(words) ?? 0;
        }

        if (TextOf(name, words[1..]) is not { } text)
        {
            await WriteAsync(streams.Stderr ?? streams.Stdout, $"sh: {name}: not found\n", cancellation);
            return NotFound;
        }

        await WriteAsync(streams.Stdout, text, cancellation);
        return name == "printenv" && text.Length == 0 ? 1 : 0;
    }

    /// <summary>What a command prints that only prints; null for one that is not known.</summary>
    private string? TextOf(string name, string[] words)
    {
        DateTime now = clock.GetUtcNow().UtcDateTime;
        return name switch
        {
            "echo" when words is ["-n", ..] => string.Join(' ', words[1..]),
            "echo" => string.Join(' ', words) + "\n",
            "hostname" => files.HostName + "\n",
            "printenv" when words.Length > 0 =>
                _variables.TryGetValue(words[0], out string? value) ? value + "\n" : "",
            "env" or "printenv" => string.Concat(_variables.Select(static one => $"{one.Key}={one.Value}\n")),
            "pwd" => (container.WorkingDir.Length > 0 ? container.WorkingDir : "/") + "\n",
            "id" => "uid=0(root) gid=0(root) groups=0(root)\n",
            "whoami" => "root\n",
            "nproc" => "1\n",
            "date" => now.ToString("ddd MMM d HH:mm:ss 'UTC' yyyy\n", CultureInfo.InvariantCulture),
            "uname" when words is ["-a"] => $"Linux {files.HostName} 6.1.0 #1 SMP x86_64 GNU/Linux\n",
            "uname" => "Linux\n",
            "ls" => files.List(words.LastOrDefault(static one => !one.StartsWith('-')) ?? "/"),
            "ps" => "PID   USER     TIME  COMMAND\n    1 root      0:00 "
                + string.Join(' ', container.Command.Concat(container.Args).DefaultIfEmpty(container.Name)) + "\n",
            "true" or ":" => "",
            _ => null,
        };
    }

    private async Task<int> CatAsync(string[] paths, CommandStreams streams, CancellationToken cancellation)
    {
        if (paths.Length == 0 || paths is ["-"])
        {
            await (streams.Stdin?.CopyToAsync(streams.Stdout ?? Stream.Null, cancellation) ?? Task.CompletedTask);
            return 0;
        }

        int code = 0;
        foreach (string path in paths)
        {
            if (files.Read(path) is { } content)
            {
                await (streams.Stdout?.WriteAsync(content, cancellation) ?? default);
            }
            else
            {
                string problem = files.IsDirectory(path) ? "read error: Is a directory"
                    : $"can't open '{path}': No such file or directory";
                await WriteAsync(streams.Stderr ?? streams.Stdout, $"cat: {problem}\n", cancellation);
                code = 1;
            }
        }

        return code;
    }

    private async Task<int> SleepAsync(string[] words, CommandStreams streams, CancellationToken cancellation)
    {
        if (words.Length == 0 || ContainerScript.Sleep(words[0]) is not { } time)
        {
            string problem = $"sleep: invalid number '{words.FirstOrDefault()}'\n";
            await WriteAsync(streams.Stderr ?? streams.Stdout, problem, cancellation);
            return 1;
        }

        await Task.Delay(time, clock, cancellation);
        return 0;
    }

    private static ValueTask WriteAsync(Stream? stream, string text, CancellationToken cancellation) =>
        stream is null || text.Length == 0 ? default : stream.WriteAsync(Encoding.UTF8.GetBytes(text), cancellation);

    internal static Dictionary<string, string> Variables(Pod pod, Container container)
    {
        Dictionary<string, string> variables = new(StringComparer.Ordinal)
        {
            ["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            ["HOSTNAME"] = PodFiles.HostNameOf(pod),
        };
        foreach (EnvVar one in container.Env)
        {
            variables[one.Name] = one.ValueFrom is { } from ? FromPod(pod, from) : one.Value;
        }

        variables["KUBERNETES_SERVICE_HOST"] = "10.96.0.1";
        variables["KUBERNETES_SERVICE_PORT"] = "443";
        variables["HOME"] = "/root";
        return variables;
    }

    private static string FromPod(Pod pod, EnvVarSource from) => from.FieldRef?.FieldPath switch
    {
        "metadata.name" => pod.Metadata.Name,
        "metadata.namespace" => pod.Metadata.Namespace,
        "metadata.uid" => pod.Metadata.Uid,
        "spec.nodeName" => pod.Spec.NodeName,
        "spec.serviceAccountName" => pod.Spec.ServiceAccountName,
        "status.podIP" => pod.Status.PodIP,
        "status.hostIP" => pod.Status.HostIP,
        _ => "",
    };
}
