using System.Globalization;

namespace Keelson.Style.Tests;

/// <summary>
/// What breaks a rule already, in <c>exceptions.txt</c>: rule, file, how often or by how much. The list may only
/// shrink: more than is listed fails, and so does an entry that nothing needs any more. KEELSON_ACCEPT=1 takes
/// improvements over, no deterioration.
/// </summary>
internal sealed class Exceptions
{
    private const string Name = "exceptions.txt";
    private static readonly Lock Gate = new();
    private static readonly string FilePath = Path.Combine(Repository.Root, "tests", "Keelson.Style.Tests", Name);

    /// <summary>Holds what was found against the list.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="found">By file: how much, and a line for each to show.</param>
    public static void Check(string rule, IReadOnlyDictionary<string, (int Amount, IReadOnlyList<string> Shown)> found)
    {
        lock (Gate)
        {
            SortedDictionary<string, int> listed = Read(rule);
            List<string> failures = [];
            foreach ((string file, (int amount, IReadOnlyList<string> shown)) in found)
            {
                int allowed = listed.GetValueOrDefault(file);
                if (amount > allowed)
                {
                    failures.Add(
                        $"{file}: {amount} where {allowed} are listed\n    " + string.Join("\n    ", shown.Take(20)));
                }
            }

            string[] stale = [.. listed.Keys.Where(file => !found.ContainsKey(file))];
            if (Repository.Accepts)
            {
                Write(rule, listed, found);
                stale = [];
            }

            failures.AddRange(stale.Select(file => $"{file}: is listed in {Name} and keeps the rule; take it out"));
            Assert.True(failures.Count == 0, $"{rule}:\n{string.Join('\n', failures)}");
        }
    }

    /// <summary>Groups findings by file; each counts one.</summary>
    public static void Check(string rule, IEnumerable<(string File, string Shown)> found) => Check(
        rule,
        found.GroupBy(one => one.File).ToDictionary(
            group => group.Key, group => (group.Count(), (IReadOnlyList<string>)[.. group.Select(one => one.Shown)])));

    private static SortedDictionary<string, int> Read(string rule) => new(
        File.ReadLines(FilePath).Select(line => line.Split(' ')).Where(parts => parts.Length == 3 && parts[0] == rule)
            .ToDictionary(parts => parts[1], parts => int.Parse(parts[2], CultureInfo.InvariantCulture)),
        StringComparer.Ordinal);

    private static void Write(
        string rule, SortedDictionary<string, int> listed, IReadOnlyDictionary<string, (int Amount, IReadOnlyList<string>)> found)
    {
        IEnumerable<string> others = File.ReadLines(FilePath).Where(
            line => line.StartsWith('#') || line.Split(' ')[0] != rule);
        IEnumerable<string> kept = listed.Where(one => found.ContainsKey(one.Key))
            .Select(one => $"{rule} {one.Key} {Math.Min(one.Value, found[one.Key].Amount)}");
        string[] lines = [.. others.Concat(kept)];
        File.WriteAllLines(FilePath, lines.Where(line => line.StartsWith('#')).Concat(
            lines.Where(line => !line.StartsWith('#')).Order(StringComparer.Ordinal)));
    }
}
