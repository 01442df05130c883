using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Keelson.Style.Tests;

/// <summary>Names, notes and calls that the house does not have.</summary>
public sealed class WordingTests
{
    private static readonly string[] Drawers = ["Util", "Utils", "Utilities", "Helper", "Helpers", "Common", "Manager"];

    /// <summary>Upstream's own names.</summary>
    private static readonly string[] Terms = ["FieldManager", "ControllerManager", "EphemeralContainerCommon"];

    [Fact]
    public void Nothing_is_left_to_do()
    {
        // Put together, so that this file does not find itself.
        string[] marks = ["TO" + "DO", "FIX" + "ME", "XX" + "X:", "HA" + "CK"];
        Exceptions.Check(
            "notes",
            from file in Repository.Sources
            from line in file.Lines.Index()
            where marks.Any(mark => line.Item.Contains(mark, StringComparison.Ordinal))
            select (file.Path, $"line {line.Index + 1}: {line.Item.Trim()}"));
    }

    [Fact]
    public void Types_are_named_for_what_they_are() => Exceptions.Check(
        "names",
        from file in Repository.Sources
        from type in file.Syntax.DescendantNodes().OfType<BaseTypeDeclarationSyntax>()
        let name = type.Identifier.Text
        where Drawers.Any(drawer => name.EndsWith(drawer, StringComparison.Ordinal)) && !Terms.Contains(name)
        select (file.Path, name));

    [Fact]
    public void Time_and_chance_come_in_from_outside() => Exceptions.Check(
        "time-and-chance",
        from file in Repository.Sources
        where file.IsProduct
        from node in file.Syntax.DescendantNodes()
        let what = Bare(node)
        where what is not null
        select (file.Path, $"line {SourceFile.LineOf(node)}: {what}"));

    [Fact]
    public void Metrics_are_named_as_prometheus_wants_it() => Exceptions.Check(
        "metrics",
        from file in Repository.Sources
        where file.IsProduct
        from call in file.Syntax.DescendantNodes().OfType<InvocationExpressionSyntax>()
        where call.Expression is MemberAccessExpressionSyntax { Name.Identifier.Text: "Counter" or "Gauge" or "Histogram" }
        let first = call.ArgumentList.Arguments.FirstOrDefault()?.Expression as LiteralExpressionSyntax
        where first is not null
        let kind = ((MemberAccessExpressionSyntax)call.Expression).Name.Identifier.Text
        let name = first.Token.ValueText
        where !IsMetricName(kind, name)
        select (file.Path, $"line {SourceFile.LineOf(call)}: {kind} {name}"));

    /// <summary>What an expression takes from the surroundings instead of from a parameter; null when
    /// nothing.</summary>
    private static string? Bare(SyntaxNode node) => node switch
    {
        MemberAccessExpressionSyntax
        {
            Expression: IdentifierNameSyntax { Identifier.Text: "DateTime" or "DateTimeOffset" },
            Name.Identifier.Text: "UtcNow" or "Now" or "Today",
        } => node.ToString(),
        MemberAccessExpressionSyntax
        {
            Expression: IdentifierNameSyntax { Identifier.Text: "Random" },
            Name.Identifier.Text: "Shared",
        } => node.ToString(),
        ObjectCreationExpressionSyntax { Type: IdentifierNameSyntax { Identifier.Text: "Random" }, ArgumentList.Arguments.Count: 0 } =>
            node.ToString(),
        IdentifierNameSyntax { Identifier.Text: "Stopwatch" } => "Stopwatch",
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access } call
            when access.ToString() is "Task.Delay" or "Thread.Sleep" && !HasClock(call) => node.ToString(),
        _ => null,
    };

    private static bool HasClock(InvocationExpressionSyntax call) => call.ArgumentList.Arguments.Skip(1).Any(argument =>
        argument.ToString() is var text
        && (text.Contains("clock", StringComparison.OrdinalIgnoreCase) || text.Contains("time", StringComparison.OrdinalIgnoreCase)));

    private static bool IsMetricName(string kind, string name) =>
        name.Length > 0 && char.IsAsciiLetterLower(name[0])
        && name.All(one => char.IsAsciiLetterLower(one) || char.IsAsciiDigit(one) || one is '_' or ':')
        && !name.Contains("__", StringComparison.Ordinal)
        && (kind != "Counter" || name.EndsWith("_total", StringComparison.Ordinal))
        && (kind == "Counter" || !name.EndsWith("_total", StringComparison.Ordinal));
}
