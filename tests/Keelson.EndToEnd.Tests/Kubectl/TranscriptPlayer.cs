using System.Diagnostics;
using System.Text;

namespace Keelson.EndToEnd.Tests.Kubectl;

/// <summary>Plays transcripts with one kubectl against a program.</summary>
internal sealed class TranscriptPlayer(KeelsonProgram keelson, KubectlVersion kubectl)
{
    private static readonly TimeSpan StepPatience = TimeSpan.FromSeconds(120);

    /// <summary>Plays a transcript in a namespace of its own; gives what was printed otherwise.</summary>
    public async Task<string> PlayAsync(Transcript transcript)
    {
        string @namespace = $"{transcript.Name}-{kubectl.Minor}";
        string home = Path.Combine(keelson.Scratch, @namespace);
        Directory.CreateDirectory(Path.Combine(home, "bin"));
        File.CreateSymbolicLink(Path.Combine(home, "bin", "kubectl"), kubectl.Path);
        File.Copy(keelson.Kubeconfig, Path.Combine(home, "kubeconfig"));

        StringBuilder differences = new();
        await RunAsync(
            home, @namespace, "kubectl create namespace $NS && kubectl config set-context --current --namespace=$NS");
        foreach (TranscriptStep step in transcript.Steps)
        {
            IReadOnlyList<string> printed = await RunAsync(home, @namespace, step.Command);
            if (!step.Matches(printed, @namespace))
            {
                differences.Append(
                    $"""
                    {transcript.Name}.txt:{step.Line}: $ {step.Command.Split('\n')[0]}
                    --- expected
                    {string.Join('\n', step.Expected)}
                    --- printed
                    {string.Join('\n', printed)}


                    """);
            }
        }

        return differences.ToString();
    }

    /// <summary>What a command prints, standard output before standard error, and its exit code if that is not
    /// 0.</summary>
    private async Task<IReadOnlyList<string>> RunAsync(string home, string @namespace, string command)
    {
        ProcessStartInfo start = new("bash", ["-c", command])
        {
            WorkingDirectory = home,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.Environment["NS"] = @namespace;
        start.Environment["HOME"] = home;
        start.Environment["KUBECONFIG"] = Path.Combine(home, "kubeconfig");
        start.Environment["SERVER"] = keelson.Url;
        start.Environment["PATH"] = $"{Path.Combine(home, "bin")}:{Environment.GetEnvironmentVariable("PATH")}";
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        try
        {
            await process.WaitForExitAsync().WaitAsync(StepPatience);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            return [await output + await error, $"[does not end within {StepPatience}]"];
        }

        string text = await output + await error;
        List<string> lines = [.. text.TrimEnd().Split('\n').Select(line => line.TrimEnd())];
        if (lines is [""])
        {
            lines.Clear();
        }

        if (process.ExitCode != 0)
        {
            lines.Add($"[{process.ExitCode}]");
        }

        return lines;
    }
}
