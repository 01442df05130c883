using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Keelson.Style.Tests;

/// <summary>How long things are, and what they look like.</summary>
public sealed class LayoutTests
{
    private const int LongestLine = 120;
    private const int LongestFile = 400;
    private const int LongestFunction = 70;
    private const int MostParameters = 6;

    [Fact]
    public void Lines_have_at_most_120_columns() => Exceptions.Check(
        "line-length",
        from file in Repository.Sources
        from line in file.Lines.Index()
        where line.Item.Length > LongestLine
        select (file.Path, $"line {line.Index + 1}: {line.Item.Length} columns"));

    [Fact]
    public void Files_have_at_most_400_lines() => Exceptions.Check(
        "file-length",
        Repository.Sources.Where(file => file.Lines.Length > LongestFile)
            .ToDictionary(file => file.Path, file => (file.Lines.Length, (IReadOnlyList<string>)[])));

    [Fact]
    public void Functions_have_at_most_70_lines() => Exceptions.Check(
        "function-length",
        (from file in Repository.Sources
         from node in file.Syntax.DescendantNodes()
         where node is BaseMethodDeclarationSyntax or LocalFunctionStatementSyntax or AccessorDeclarationSyntax
         let lines = SourceFile.LinesOf(node)
         where lines > LongestFunction
         group $"line {SourceFile.LineOf(node)}: {lines} lines" by file.Path)
            .ToDictionary(one => one.Key, one => (one.Count(), (IReadOnlyList<string>)[.. one])));

    [Fact]
    public void Constructors_have_at_most_six_parameters() => Exceptions.Check(
        "parameters",
        from file in Repository.Sources
        where file.IsProduct
        from node in file.Syntax.DescendantNodes()
        let parameters = node switch
        {
            ConstructorDeclarationSyntax constructor => constructor.ParameterList,
            ClassDeclarationSyntax { ParameterList: { } primary } => primary,
            StructDeclarationSyntax { ParameterList: { } primary } => primary,
            _ => null,
        }
        where parameters?.Parameters.Count > MostParameters
        select (file.Path, $"line {SourceFile.LineOf(node)}: {parameters.Parameters.Count} parameters"));

    [Fact]
    public void Whitespace_is_as_the_editor_configuration_says()
    {
        List<(string, string)> found = [];
        foreach (SourceFile file in Repository.Sources)
        {
            bool raw = file.Text.Contains("\"\"\"", StringComparison.Ordinal);
            foreach ((int index, string line) in file.Lines.Index())
            {
                string? wrong = line.EndsWith('\r') ? "ends in CR LF"
                    : line.Contains('\t') && !raw ? "holds a tab"
                    : line.Length > 0 && char.IsWhiteSpace(line[^1]) && !raw ? "ends in blanks"
                    : null;
                if (wrong is not null)
                {
                    found.Add((file.Path, $"line {index + 1} {wrong}"));
                }
            }

            if (file.Text.Length > 0
                && (!file.Text.EndsWith('\n') || file.Text.EndsWith("\n\n", StringComparison.Ordinal)))
            {
                found.Add((file.Path, "does not end in exactly one line break"));
            }

            if (file.Text.Contains("\n\n\n", StringComparison.Ordinal) && !raw)
            {
                found.Add((file.Path, "holds two blank lines in a row"));
            }
        }

        Exceptions.Check("whitespace", found);
    }
}
