using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Keelson.EndToEnd.Tests.Kubectl;

/// <summary>One of the machine's kubectl programs.</summary>
/// <param name="Path">The program.</param>
/// <param name="Minor">Its minor version: 33 of v1.33.1.</param>
internal sealed partial record KubectlVersion(string Path, int Minor)
{
    /// <summary><c>kubectl</c> on the PATH and every <c>kubectl.*</c> beside it; those of one minor version once,
    /// oldest first.</summary>
    public static IReadOnlyList<KubectlVersion> Installed { get; } = Find();

    private static IReadOnlyList<KubectlVersion> Find()
    {
        string? found = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
            .Select(directory => System.IO.Path.Combine(directory, "kubectl"))
            .FirstOrDefault(File.Exists);
        if (found is null)
        {
            return [];
        }

        // Where several versions are installed, "kubectl" is a link, or a program that picks one of those beside it.
        string program = File.ResolveLinkTarget(found, returnFinalTarget: true)?.FullName ?? found;
        string[] numbered = Directory.GetFiles(System.IO.Path.GetDirectoryName(program)!, "kubectl.*");
        return
        [
            .. numbered.Order(StringComparer.Ordinal).Append(program)
                .Select(path => new KubectlVersion(path, MinorOf(path)))
                .Where(one => one.Minor > 0)
                .DistinctBy(one => one.Minor)
                .OrderBy(one => one.Minor),
        ];
    }

    private static int MinorOf(string path)
    {
        ProcessStartInfo start = new(path, ["version", "--client", "-o", "yaml"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
        string text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Match match = GitVersion().Match(text);
        return match.Success ? int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : 0;
    }

    [GeneratedRegex(@"gitVersion: v1\.(\d+)\.")]
    private static partial Regex GitVersion();
}
