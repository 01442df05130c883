using System.Reflection;
using System.Text;

namespace Keelson.EndToEnd.Tests.Conformance;

/// <summary>
/// Keeps <c>docs/CONFORMANCE.md</c> true: a line for each behaviour of upstream's suite, with the test that shows it.
/// <c>KEELSON_ACCEPT=1</c> writes the page.
/// </summary>
public sealed class ConformanceTableTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Conformance");

    [Fact]
    public void Every_behaviour_is_in_the_table_with_the_test_that_shows_it()
    {
        string table = Table(Behaviours(), Shown(), Reasons());
        string page = Path.Combine(RepositoryRoot(), "docs", "CONFORMANCE.md");
        if (Environment.GetEnvironmentVariable("KEELSON_ACCEPT") == "1")
        {
            File.WriteAllText(page, table);
        }

        string written = File.Exists(page) ? File.ReadAllText(page) : "";
        Assert.True(
            table == written, "docs/CONFORMANCE.md differs from the tests: run this test with KEELSON_ACCEPT=1.");
    }

    [Fact]
    public void Tests_name_behaviours_that_there_are_and_each_only_once()
    {
        string[] known = Behaviours();
        string[] wrong = [.. Tests().Select(static one => one.Codename).Where(one => !known.Contains(one))];
        Assert.Empty(wrong);
        string[] twice = [.. Tests().GroupBy(static one => one.Codename).Where(static one => one.Count() > 1)
            .Select(static one => one.Key)];
        Assert.Empty(twice);
    }

    [Fact]
    public void Reasons_are_given_only_for_behaviours_that_no_test_shows()
    {
        IReadOnlyDictionary<string, string> shown = Shown();
        string[] open = [.. Behaviours().Where(one => !shown.ContainsKey(one))];
        Assert.All(
            Reasons(), one => Assert.Contains(open, name => name.StartsWith(one.Prefix, StringComparison.Ordinal)));
    }

    private static string Table(
        string[] behaviours, IReadOnlyDictionary<string, string> shown, IReadOnlyList<Reason> reasons)
    {
        StringBuilder text = new(
            """
            # Conformance

            The behaviours that upstream's conformance suite of Kubernetes 1.36 demands, and the test that shows each of
            them. The tests lie in `tests/Keelson.EndToEnd.Tests`; `ConformanceTableTests` writes this page.

            """);
        foreach (IGrouping<string, string> sig in behaviours.GroupBy(static one => one[1..one.IndexOf(']')]))
        {
            text.Append('\n').Append("## ").Append(sig.Key).Append("\n\n| behaviour | state |\n| --- | --- |\n");
            foreach (string one in sig)
            {
                text.Append("| ").Append(one[(sig.Key.Length + 3)..].Replace("|", "\\|", StringComparison.Ordinal))
                    .Append(" | ").Append(State(one, shown, reasons)).Append(" |\n");
            }
        }

        return text.ToString();
    }

    private static string State(
        string behaviour, IReadOnlyDictionary<string, string> shown, IReadOnlyList<Reason> reasons)
    {
        if (shown.TryGetValue(behaviour, out string? test))
        {
            return $"holds: `{test}`";
        }

        string? why = reasons.Where(one => behaviour.StartsWith(one.Prefix, StringComparison.Ordinal))
            .OrderByDescending(static one => one.Prefix.Length)
            .Select(static one => one.Why)
            .FirstOrDefault();
        return why is null ? "not yet" : $"not yet: {why}";
    }

    private static IReadOnlyDictionary<string, string> Shown() => Tests()
        .GroupBy(static one => one.Codename)
        .ToDictionary(static one => one.Key, static one => one.First().Test, StringComparer.Ordinal);

    private static IEnumerable<(string Codename, string Test)> Tests() =>
        from type in typeof(ConformanceTableTests).Assembly.GetTypes()
        from method in type.GetMethods()
        let behaviour = method.GetCustomAttribute<ConformanceAttribute>()
        where behaviour is not null
        select (behaviour.Codename, $"{type.Name}.{method.Name}");

    private static string[] Behaviours() => File.ReadAllLines(Path.Combine(Folder, "codenames.txt"));

    /// <summary>Why behaviours whose codename starts so don't hold; the longest prefix counts.</summary>
    private static IReadOnlyList<Reason> Reasons() =>
    [
        .. from line in File.ReadAllLines(Path.Combine(Folder, "not-yet.txt"))
           let colon = line.LastIndexOf(": ", StringComparison.Ordinal)
           select new Reason(line[..colon], line[(colon + 2)..]),
    ];

    private static string RepositoryRoot()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Keelson.slnx")))
        {
            folder = Path.GetDirectoryName(folder)
                ?? throw new InvalidOperationException("The tests do not lie inside the repository.");
        }

        return folder;
    }

    private sealed record Reason(string Prefix, string Why);
}
