using System.Globalization;
using System.Text;

namespace Keelson.Server.Bench;

/// <summary>
/// The same scenarios against one cluster or two, as a table in markdown: the median time of an operation, the
/// processor time it cost where the server's processes are known, and how the second compares to the first.
/// </summary>
internal static class Comparison
{
    /// <summary>Measures clusters: kubeconfigs, each with its servers' processes behind it.</summary>
    public static async Task<int> RunAsync(string[] line)
    {
        List<(string Kubeconfig, int[] Pids)> named = [];
        string image = "registry.k8s.io/pause:3.10";
        foreach (string word in line)
        {
            if (word.StartsWith("--image=", StringComparison.Ordinal))
            {
                image = word["--image=".Length..];
            }
            else if (word.All(static one => char.IsAsciiDigit(one) || one == ',') && named.Count > 0)
            {
                int[] pids = [.. word.Split(',').Select(static one => int.Parse(one, CultureInfo.InvariantCulture))];
                named[^1] = (named[^1].Kubeconfig, pids);
            }
            else
            {
                named.Add((word, []));
            }
        }

        if (named.Count is 0 or > 2)
        {
            await Console.Error.WriteLineAsync("compare: name one kubeconfig, or two");
            return 2;
        }

        List<IReadOnlyList<Figure>> columns = [];
        foreach ((string kubeconfig, int[] pids) in named)
        {
            using BenchTarget target = BenchTarget.OfKubeconfig(kubeconfig, pids);
            await Console.Error.WriteLineAsync($"measuring {target.Server}");
            columns.Add(await new ScenarioRun(target, image).AllAsync());
        }

        Console.Write(columns.Count == 1 ? Table(columns[0]) : Table(columns[0], columns[1]));
        return 0;
    }

    /// <summary>The table of one cluster.</summary>
    public static string Table(IReadOnlyList<Figure> figures)
    {
        StringBuilder text = new("| scenario | figure | processor |\n| --- | --- | --- |\n");
        foreach (Figure one in figures)
        {
            text.Append($"| {one.Scenario} | {one.Shown} | {one.CpuShown} |\n");
        }

        return text.ToString();
    }

    /// <summary>The table of two.</summary>
    public static string Table(IReadOnlyList<Figure> figures, IReadOnlyList<Figure> others)
    {
        StringBuilder text = new(
            "| scenario | figure | against | ratio | processor | against | ratio |\n"
            + "| --- | --- | --- | --- | --- | --- | --- |\n");
        foreach ((Figure one, Figure other) in figures.Zip(others))
        {
            text.Append($"| {one.Scenario} | {one.Shown} | {other.Shown} | {Ratio(one.Value, other.Value)} "
                + $"| {one.CpuShown} | {other.CpuShown} | {Ratio(one.CpuMs, other.CpuMs)} |\n");
        }

        return text.ToString();
    }

    private static string Ratio(double? one, double? other) => one is > 0 && other is { } against
        ? (against / one.Value).ToString("F1", CultureInfo.InvariantCulture)
        : "";
}

/// <summary>What was measured of a scenario.</summary>
/// <param name="Scenario">What was done.</param>
/// <param name="Value">How much of the unit; null when it could not be done here.</param>
/// <param name="Unit">Of the value; less is better.</param>
/// <param name="CpuMs">Processor time of an operation in milliseconds; null when it is not known.</param>
internal sealed record Figure(string Scenario, double? Value, string Unit, double? CpuMs)
{
    /// <summary>The value with its unit.</summary>
    public string Shown => Value is { } value ? Text(value) + " " + Unit : "—";

    /// <summary>The processor time with its unit.</summary>
    public string CpuShown => CpuMs is { } cpu ? Text(cpu) + " ms" : "";

    private static string Text(double value) =>
        value.ToString(value < 10 ? "F2" : value < 100 ? "F1" : "F0", CultureInfo.InvariantCulture);
}
