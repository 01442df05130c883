using System.Diagnostics;
using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Kubectl;

namespace Keelson.EndToEnd.Tests.Conformance.Cli;

/// <summary>The newest kubectl of this machine, in a namespace of the test's own.</summary>
/// <param name="Kubeconfig">The cluster.</param>
/// <param name="Scratch">A directory for what kubectl keeps.</param>
/// <param name="Namespace">The namespace.</param>
internal sealed record KubectlRun(string Kubeconfig, string Scratch, string Namespace)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Further variables that kubectl is started with.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    /// <summary>Makes a namespace in which pods can be created; skips the test where there is no kubectl.</summary>
    public static async Task<KubectlRun> InNamespaceAsync(KeelsonProgram keelson, string @namespace)
    {
        Assert.SkipWhen(KubectlVersion.Installed.Count == 0, "there is no kubectl on the PATH");
        KubectlRun kubectl = new(keelson.Kubeconfig, keelson.Scratch, @namespace);
        await kubectl.Async("create", "namespace", @namespace);
        await kubectl.UntilAsync(static text => text.Contains("default"), "get", "serviceaccounts", "-o", "name");
        return kubectl;
    }

    /// <summary>Runs a command that must succeed; the result is what it prints.</summary>
    public Task<string> Async(params string[] arguments) => WithAsync("", arguments);

    /// <summary>Runs a command with something on its standard input.</summary>
    public async Task<string> WithAsync(string input, params string[] arguments)
    {
        (int code, string output, string error) = await TryAsync(input, arguments);
        Assert.True(code == 0, $"kubectl {string.Join(' ', arguments)}: {code} {output} {error}");
        return output;
    }

    /// <summary>Runs a command; the result is its exit code and what it prints.</summary>
    public async Task<(int Code, string Output, string Error)> TryAsync(string input, params string[] arguments)
    {
        using Process process = Start(arguments);
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(Patience);
        return (process.ExitCode, await output, await error);
    }

    /// <summary>Starts a command that goes on.</summary>
    public Process Start(params string[] arguments)
    {
        ProcessStartInfo start = new(KubectlVersion.Installed[^1].Path, ["--namespace", Namespace, .. arguments])
        {
            WorkingDirectory = Scratch,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["KUBECONFIG"] = Kubeconfig;
        start.Environment["HOME"] = Scratch;
        foreach ((string name, string value) in Variables)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    /// <summary>Repeats a command until what it prints is as it should be.</summary>
    public async Task<string> UntilAsync(Func<string, bool> holds, params string[] arguments)
    {
        long start = TimeProvider.System.GetTimestamp();
        string last = "";
        while (TimeProvider.System.GetElapsedTime(start) < Patience)
        {
            last = (await TryAsync("", arguments)).Output;
            if (holds(last))
            {
                return last;
            }
        }

        throw new TimeoutException($"kubectl {string.Join(' ', arguments)} stays at {last}");
    }

    /// <summary>An object.</summary>
    public async Task<JsonNode> GetAsync(string what) => JsonNode.Parse(await Async("get", what, "-o", "json"))!;

    /// <summary>Waits until so many pods with a label run.</summary>
    public Task<string> PodsAsync(string selector, int count) => UntilAsync(
        text => text.Split(' ', StringSplitOptions.RemoveEmptyEntries) is var phases
            && phases.Length == count && phases.All(static one => one == "Running"),
        "get",
        "pods",
        "-l",
        selector,
        "-o",
        "jsonpath={.items[*].status.phase}");
}
