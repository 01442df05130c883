using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Keelson.Api.Generator;

/// <summary>
/// Derives from every record marked [ApiType] what the wire needs: the partial properties' bodies, JSON and protobuf readers
/// and writers, the schema and structural equality; and from those marked [Kind] the list of kinds.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class ApiTypeGenerator : IIncrementalGenerator
{
    private const string ApiTypeAttribute = "Keelson.Api.Kinds.ApiTypeAttribute";

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValuesProvider<Output> outputs = context.SyntaxProvider.ForAttributeWithMetadataName(
            ApiTypeAttribute,
            static (_, _) => true,
            static (attributed, _) => Output.Of(ApiTypeModel.Read((INamedTypeSymbol)attributed.TargetSymbol)));
        context.RegisterSourceOutput(outputs, static (production, output) =>
            production.AddSource(output.HintName, SourceText.From(output.Source, Encoding.UTF8)));
        context.RegisterSourceOutput(outputs.Where(static one => one.Kind is not null).Collect(), static (production, kinds) =>
            production.AddSource("ApiKinds.g.cs", SourceText.From(KindListWriter.Write(kinds.Select(one => one.Kind!)), Encoding.UTF8)));
    }

    private sealed class Output : System.IEquatable<Output>
    {
        private Output(string hintName, string source, KindEntry? kind)
        {
            HintName = hintName;
            Source = source;
            Kind = kind;
        }

        public string HintName { get; }

        public string Source { get; }

        public KindEntry? Kind { get; }

        public static Output Of(ApiTypeModel model) => new(
            model.FullName.Replace("global::", "") + ".g.cs",
            ApiTypeWriter.Write(model),
            model.Kind is null ? null : new KindEntry(model.FullName, model.Kind.StoredAs));

        public bool Equals(Output? other) => other is not null && other.Source == Source && other.HintName == HintName;

        public override bool Equals(object? obj) => Equals(obj as Output);

        public override int GetHashCode() => Source.GetHashCode();
    }
}

/// <summary>A kind for the list of kinds.</summary>
internal sealed class KindEntry
{
    public KindEntry(string fullName, string? storedAs)
    {
        FullName = fullName;
        StoredAs = storedAs;
    }

    public string FullName { get; }

    public string? StoredAs { get; }
}
