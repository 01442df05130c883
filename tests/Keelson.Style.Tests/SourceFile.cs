using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Keelson.Style.Tests;

/// <summary>A C# file.</summary>
/// <param name="Path">Its path from the root.</param>
/// <param name="Text">Its text.</param>
internal sealed record SourceFile(string Path, string Text)
{
    private SyntaxNode? _syntax;

    /// <summary>The lines.</summary>
    public string[] Lines { get; } = Text.Split('\n');

    /// <summary>What ships, rather than a test or a benchmark.</summary>
    public bool IsProduct => Path.StartsWith("src/", StringComparison.Ordinal);

    /// <summary>The syntax tree's root.</summary>
    public SyntaxNode Syntax => _syntax ??=
        CSharpSyntaxTree.ParseText(Text, new CSharpParseOptions(LanguageVersion.Preview)).GetRoot();

    public static SourceFile Read(string path) =>
        new(path, File.ReadAllText(System.IO.Path.Combine(Repository.Root, path)));

    /// <summary>How many lines a node takes.</summary>
    public static int LinesOf(SyntaxNode node)
    {
        FileLinePositionSpan span = node.GetLocation().GetLineSpan();
        return span.EndLinePosition.Line - span.StartLinePosition.Line + 1;
    }

    /// <summary>The line that a node begins in, from 1.</summary>
    public static int LineOf(SyntaxNode node) => node.GetLocation().GetLineSpan().StartLinePosition.Line + 1;
}
