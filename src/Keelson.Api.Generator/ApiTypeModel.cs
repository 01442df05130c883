using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;

namespace Keelson.Api.Generator;

/// <summary>What the generator knows of one API record.</summary>
internal sealed class ApiTypeModel
{
    private ApiTypeModel(INamedTypeSymbol symbol)
    {
        Symbol = symbol;
        FullName = symbol.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);
    }

    public INamedTypeSymbol Symbol { get; }

    public string FullName { get; }

    public string Name => Symbol.Name;

    public string Namespace => Symbol.ContainingNamespace.ToDisplayString();

    /// <summary>The name in OpenAPI.</summary>
    public string ApiName { get; private set; } = "";

    /// <summary>The name in Go's error texts: <c>v1.PodSpec</c>.</summary>
    public string GoName => GoNameOf(ApiName);

    public bool IsAtomic { get; private set; }

    /// <summary>The apiVersion that a type which describes itself, but is no kind, writes; null for plain types.</summary>
    public string? SelfVersion { get; private set; }

    public string Description { get; private set; } = "";

    public KindModel? Kind { get; private set; }

    public List<FieldModel> Fields { get; } = new();

    /// <summary>How many bits the fields need to be marked as seen, embedded ones included.</summary>
    public int SeenBits => Fields.Sum(one => one.Inlined is null ? 1 : one.Inlined.SeenBits);

    public static ApiTypeModel Read(INamedTypeSymbol symbol)
    {
        ApiTypeModel model = new(symbol) { Description = Summary(symbol) };
        foreach (AttributeData attribute in symbol.GetAttributes())
        {
            switch (attribute.AttributeClass?.Name)
            {
                case "ApiTypeAttribute":
                    model.ApiName = (string)attribute.ConstructorArguments[0].Value!;
                    model.IsAtomic = Named(attribute, "Atomic") is true;
                    model.SelfVersion = Named(attribute, "SelfVersion") as string;
                    break;
                case "KindAttribute":
                    model.Kind = KindModel.Read(attribute);
                    break;
            }
        }

        foreach (IPropertySymbol property in symbol.GetMembers().OfType<IPropertySymbol>())
        {
            AttributeData? field = property.GetAttributes().FirstOrDefault(one => one.AttributeClass?.Name == "FieldAttribute");
            if (field is not null)
            {
                model.Fields.Add(FieldModel.Read(property, field, model));
            }
        }

        return model;
    }

    public static string GoNameOf(string apiName)
    {
        string[] parts = apiName.Split('.');
        return parts.Length < 2 ? apiName : parts[parts.Length - 2] + "." + parts[parts.Length - 1];
    }

    public static object? Named(AttributeData attribute, string name) =>
        attribute.NamedArguments.FirstOrDefault(one => one.Key == name).Value.Value;

    /// <summary>
    /// The text of the summary comment. Read from the source's trivia, since the compiler parses doc comments only when it
    /// is to write a documentation file.
    /// </summary>
    public static string Summary(ISymbol symbol)
    {
        foreach (SyntaxReference reference in symbol.DeclaringSyntaxReferences)
        {
            string trivia = reference.GetSyntax().GetLeadingTrivia().ToFullString();
            Match match = Regex.Match(trivia, "<summary>(.*?)</summary>", RegexOptions.Singleline);
            if (match.Success)
            {
                string text = Regex.Replace(match.Groups[1].Value, "\\s*///\\s*", " ");
                text = Regex.Replace(text, "<see cref=\"([^\"]*)\"\\s*/>", "$1");
                text = Regex.Replace(text, "</?c>", "");
                return text.Replace("&lt;", "<").Replace("&gt;", ">").Replace("&amp;", "&").Trim();
            }
        }

        return "";
    }
}

/// <summary>The arguments of [Kind].</summary>
internal sealed class KindModel
{
    public string Group { get; private set; } = "";

    public string Version { get; private set; } = "";

    public string Resource { get; private set; } = "";

    public string Singular { get; private set; } = "";

    public bool Namespaced { get; private set; }

    public string Verbs { get; private set; } = "";

    public string ShortNames { get; private set; } = "";

    public string Categories { get; private set; } = "";

    public string StoragePrefix { get; private set; } = "";

    public string? StoredAs { get; private set; }

    public string ApiVersion => Group.Length == 0 ? Version : Group + "/" + Version;

    public static KindModel Read(AttributeData attribute) => new()
    {
        Group = (string)attribute.ConstructorArguments[0].Value!,
        Version = (string)attribute.ConstructorArguments[1].Value!,
        Resource = (string)attribute.ConstructorArguments[2].Value!,
        Singular = ApiTypeModel.Named(attribute, "Singular") as string ?? "",
        Namespaced = ApiTypeModel.Named(attribute, "Namespaced") is true,
        Verbs = ApiTypeModel.Named(attribute, "Verbs") as string ?? "",
        ShortNames = ApiTypeModel.Named(attribute, "ShortNames") as string ?? "",
        Categories = ApiTypeModel.Named(attribute, "Categories") as string ?? "",
        StoragePrefix = ApiTypeModel.Named(attribute, "StoragePrefix") as string ?? "",
        StoredAs = (ApiTypeModel.Named(attribute, "StoredAs") as INamedTypeSymbol)?.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat),
    };
}
