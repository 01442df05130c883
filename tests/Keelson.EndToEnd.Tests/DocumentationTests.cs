using System.Diagnostics;
using System.Text.RegularExpressions;
using Keelson.Clusters;
using Keelson.Commands.UserCommands;
using Keelson.EndToEnd.Tests.Commands;
using Keelson.EndToEnd.Tests.Kubectl;
using Keelson.Machinery.Trees;
using Keelson.Machinery.Yaml;

namespace Keelson.EndToEnd.Tests;

/// <summary>
/// What README.md and docs/ tell a reader to type is typed here, and what they tell to write is read. A command that no
/// rule below knows fails: it needs a rule.
/// </summary>
public sealed partial class DocumentationTests(KeelsonWithNodes keelson) : IClassFixture<KeelsonWithNodes>
{
    /// <summary>The repository.</summary>
    internal static readonly string Root = FindRoot();

    [Fact]
    public async Task Commands_do_what_the_text_says()
    {
        Assert.SkipWhen(KubectlVersion.Installed.Count == 0, "there is no kubectl on the PATH");
        List<string> wrong = [];
        foreach ((string file, string command) in Commands())
        {
            if (await CheckAsync(command) is { } failure)
            {
                wrong.Add($"{file}: {command}: {failure}");
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public void Manifests_are_objects()
    {
        foreach ((string file, string block) in Pages().SelectMany(page => Blocks(page).Select(block => (page, block))))
        {
            if (!block.StartsWith("apiVersion:", StringComparison.Ordinal))
            {
                continue;
            }

            Tree tree = YamlReader.Read(System.Text.Encoding.UTF8.GetBytes(block));
            ObjectTree manifest = Assert.IsType<ObjectTree>(tree);
            Assert.True(manifest.Contains("kind"), $"{file}: a manifest without a kind");
        }
    }

    [Fact]
    public void Links_lead_somewhere()
    {
        List<string> broken = [];
        foreach (string page in Pages())
        {
            string folder = Path.GetDirectoryName(Path.Combine(Root, page))!;
            foreach (Match link in Link().Matches(File.ReadAllText(Path.Combine(Root, page))))
            {
                string target = link.Groups[1].Value.Split('#')[0];
                if (target.Length > 0
                    && !target.Contains("://", StringComparison.Ordinal)
                    && !Path.Exists(Path.Combine(folder, target)))
                {
                    broken.Add($"{page}: {target}");
                }
            }
        }

        Assert.Empty(broken);
    }

    private async Task<string?> CheckAsync(string command)
    {
        string[] words = [.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries).SkipWhile(word => word.Contains('=') && !word.StartsWith('-'))];
        switch (words)
        {
            case ["export", ..]:
                return null;
            case ["./keelson" or "keelson", .. var line]:
                return await KeelsonAsync([.. CommandLineWords.Split(string.Join(' ', line))]);
            case ["bench/run", ..]:
                return File.Exists(Path.Combine(Root, "bench", "run")) ? null : "there is no such script";
            case ["./package"]:
                return File.Exists(Path.Combine(Root, "package")) ? null : "there is no such script";
            case ["./test", .. var projects]:
                return projects.All(name => Directory.GetDirectories(Path.Combine(Root, "tests")).Any(path => path.Contains(name, StringComparison.Ordinal)))
                    ? null
                    : "no project has that in its name";
            case ["kubectl", ..]:
                return await RunAsync(command);
            case ["dotnet", "publish" or "build" or "run" or "test", ..]:
                string[] missing = [.. words.Where(word => word.StartsWith("src/", StringComparison.Ordinal)
                    || word.StartsWith("tests/", StringComparison.Ordinal) || word.StartsWith("bench/", StringComparison.Ordinal))
                    .Where(path => !Directory.Exists(Path.Combine(Root, path)))];
                return missing.Length == 0 ? MissingClass(words) : $"there is no {missing[0]}";
            default:
                return "no rule knows this command";
        }
    }

    /// <summary>Runs a command on objects; of those that start or end something only the line is read.</summary>
    private async Task<string?> KeelsonAsync(string[] line)
    {
        if (CommandCatalog.Find(line) is not var (command, rest))
        {
            return line is ["--help"] ? null : "there is no such command";
        }

        CommandGroup group = CommandCatalog.All.Single(one => one.Name == command.Name).Group;
        if (group is CommandGroup.Machine or CommandGroup.Components)
        {
            try
            {
                command.Read(rest);
                return null;
            }
            catch (CommandException wrong)
            {
                return wrong.Message;
            }
        }

        CommandRun run = await CommandRun.KeelsonAsync(keelson.Kubeconfig, line);
        return run.ExitCode == 0 ? null : run.Output + run.Error;
    }

    private static string? MissingClass(string[] words)
    {
        int option = Array.IndexOf(words, "-class");
        if (option < 0)
        {
            return null;
        }

        string name = words[option + 1].Trim('\'').Trim('*');
        return Directory.EnumerateFiles(Path.Combine(Root, "tests"), name + ".cs", SearchOption.AllDirectories).Any()
            ? null
            : $"there is no test class {name}";
    }

    private async Task<string?> RunAsync(string command)
    {
        ProcessStartInfo start =
            new("bash", ["-c", command]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["KUBECONFIG"] = keelson.Kubeconfig;
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        return process.ExitCode == 0 ? null : await output + error;
    }

    private static IEnumerable<(string File, string Command)> Commands() =>
        from page in Pages()
        from block in Blocks(page)
        where IsShell(block)
        from line in Typed(block.Replace("\\\n", " ", StringComparison.Ordinal).Split('\n'))
        let command = Regex.Replace(line.Trim(), @"^\$ | +# .*$", "")
        where command.Length > 0 && !command.StartsWith('#')
        select (page, command);

    /// <summary>In a recorded session what was typed stands behind a dollar; the rest is what came of it.</summary>
    private static IEnumerable<string> Typed(string[] lines) =>
        lines[0].StartsWith("$ ", StringComparison.Ordinal)
            ? lines.Where(static line => line.StartsWith("$ ", StringComparison.Ordinal))
            : lines;

    private static bool IsShell(string block) => Shell().IsMatch(block);

    private static IEnumerable<string> Pages() =>
        Directory.GetFiles(Path.Combine(Root, "docs"), "*.md").Select(file => Path.GetRelativePath(Root, file)).Prepend(
            "README.md");

    /// <summary>The indented and the fenced blocks of a page.</summary>
    private static IEnumerable<string> Blocks(string page)
    {
        List<string> block = [];
        bool fenced = false;
        foreach (string line in File.ReadLines(Path.Combine(Root, page)).Append(""))
        {
            bool isFence = line.TrimStart().StartsWith("```", StringComparison.Ordinal);
            bool inside = !isFence && (fenced || line.StartsWith("    ", StringComparison.Ordinal));
            fenced ^= isFence;
            if (inside)
            {
                block.Add(line.StartsWith("    ", StringComparison.Ordinal) ? line[4..] : line);
            }
            else if (block.Count > 0)
            {
                yield return string.Join('\n', block);
                block.Clear();
            }
        }
    }

    private static string FindRoot()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Keelson.slnx")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException(
                "The tests do not lie inside the repository.");
        }

        return folder;
    }

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^(\$ )?([A-Z_]+=\S+ )*(\./|kubectl |dotnet |keelson |export |curl |sudo |systemctl |apt)", RegexOptions.Multiline)]
    private static partial Regex Shell();
}
