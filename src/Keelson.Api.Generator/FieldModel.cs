using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace Keelson.Api.Generator;

/// <summary>The shapes a field's value can have.</summary>
internal enum Shape
{
    String,
    Bool,
    Int32,
    Int64,
    Double,
    Bytes,
    Raw,
    Time,
    MicroTime,
    Quantity,
    IntOrString,
    Record,
    List,
    Map,
}

/// <summary>A field's type: its shape, and for lists and maps their element's.</summary>
internal sealed class TypeModel
{
    public Shape Shape { get; private set; }

    public bool IsNullable { get; private set; }

    /// <summary>The C# type without the question mark.</summary>
    public string FullName { get; private set; } = "";

    /// <summary>The type in Go's error texts.</summary>
    public string GoName { get; private set; } = "";

    public TypeModel? Element { get; private set; }

    /// <summary>The record's symbol.</summary>
    public INamedTypeSymbol? Record { get; private set; }

    public static TypeModel Read(ITypeSymbol type)
    {
        bool nullable = type.NullableAnnotation == NullableAnnotation.Annotated;
        if (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } wrapped)
        {
            type = wrapped.TypeArguments[0];
            nullable = true;
        }

        TypeModel model = new()
        {
            IsNullable = nullable,
            FullName = type.WithNullableAnnotation(NullableAnnotation.NotAnnotated).ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat),
        };
        (model.Shape, model.GoName) = type.Name switch
        {
            "String" => (Shape.String, "string"),
            "Boolean" => (Shape.Bool, "bool"),
            "Int32" => (Shape.Int32, "int32"),
            "Int64" => (Shape.Int64, "int64"),
            "Double" => (Shape.Double, "float64"),
            "Bytes" => (Shape.Bytes, "[]uint8"),
            "RawJson" => (Shape.Raw, "runtime.RawExtension"),
            "Time" => (Shape.Time, "v1.Time"),
            "MicroTime" => (Shape.MicroTime, "v1.MicroTime"),
            "Quantity" => (Shape.Quantity, "resource.Quantity"),
            "IntOrString" => (Shape.IntOrString, "intstr.IntOrString"),
            "ApiList" => (Shape.List, ""),
            "ApiMap" => (Shape.Map, ""),
            _ => (Shape.Record, RecordGoName(type)),
        };
        if (model.Shape is Shape.List or Shape.Map)
        {
            model.Element = Read(((INamedTypeSymbol)type).TypeArguments[0]);
            model.GoName = (model.Shape == Shape.List ? "[]" : "map[string]") + model.Element.GoName;
        }
        else if (model.Shape == Shape.Record)
        {
            model.Record = (INamedTypeSymbol)type;
        }

        return model;
    }

    private static string RecordGoName(ITypeSymbol type)
    {
        AttributeData? attribute = type.GetAttributes().FirstOrDefault(one => one.AttributeClass?.Name == "ApiTypeAttribute");
        return attribute is null ? type.Name : ApiTypeModel.GoNameOf((string)attribute.ConstructorArguments[0].Value!);
    }
}

/// <summary>One field of an API record.</summary>
internal sealed class FieldModel
{
    public string Name { get; private set; } = "";

    public string Backing => "_" + char.ToLowerInvariant(Name[0]) + Name.Substring(1);

    public string Json { get; private set; } = "";

    public int Number { get; private set; }

    public TypeModel Type { get; private set; } = null!;

    /// <summary>The embedded type, for fields whose own fields stand in the owner's JSON object.</summary>
    public ApiTypeModel? Inlined { get; private set; }

    public bool Always { get; private set; }

    public bool Required { get; private set; }

    public string? Default { get; private set; }

    /// <summary>Upstream's name for the type of a text; null for plain strings.</summary>
    public string? GoType { get; private set; }

    public List<string> EnumValues { get; private set; } = new();

    public int? ListType { get; private set; }

    public string Keys { get; private set; } = "";

    public bool Atomic { get; private set; }

    public bool Granular { get; private set; }

    public string PatchStrategy { get; private set; } = "";

    public string MergeKey { get; private set; } = "";

    public string Description { get; private set; } = "";

    /// <summary>OpenAPI's name for a raw JSON value in this place.</summary>
    public string RawName { get; private set; } = "";

    public static FieldModel Read(IPropertySymbol property, AttributeData attribute, ApiTypeModel owner)
    {
        FieldModel model = new()
        {
            Name = property.Name,
            Number = (int)attribute.ConstructorArguments[0].Value!,
            Json = ApiTypeModel.Named(attribute, "Json") as string ?? char.ToLowerInvariant(property.Name[0]) + property.Name.Substring(1),
            Type = TypeModel.Read(property.Type),
            Always = ApiTypeModel.Named(attribute, "Always") is true,
            Required = ApiTypeModel.Named(attribute, "Required") is true,
            Default = ApiTypeModel.Named(attribute, "Default") as string,
            GoType = ApiTypeModel.Named(attribute, "GoType") as string,
            ListType = ApiTypeModel.Named(attribute, "List") as int?,
            Keys = ApiTypeModel.Named(attribute, "Keys") as string ?? "",
            Atomic = ApiTypeModel.Named(attribute, "Atomic") is true,
            Granular = ApiTypeModel.Named(attribute, "Granular") is true,
            PatchStrategy = ApiTypeModel.Named(attribute, "PatchStrategy") as string ?? "",
            MergeKey = ApiTypeModel.Named(attribute, "MergeKey") as string ?? "",
            Description = ApiTypeModel.Summary(property),
            RawName = owner.Name == "ManagedFieldsEntry" ? "FieldsV1"
                : owner.Namespace.EndsWith("ApiExtensions.V1") && owner.Name.StartsWith("JSONSchema") ? "Json" : "RawExtension",
        };
        if (ApiTypeModel.Named(attribute, "Inline") is true)
        {
            model.Inlined = ApiTypeModel.Read(model.Type.Record!);
        }

        if (ApiTypeModel.Named(attribute, "Enum") is INamedTypeSymbol values)
        {
            model.EnumValues = values.GetMembers().OfType<IFieldSymbol>().Where(one => one.IsConst)
                .Select(one => (string)one.ConstantValue!).OrderBy(one => one, System.StringComparer.Ordinal).ToList();
            model.GoType ??= values.ContainingNamespace.Name.ToLowerInvariant() + "." + values.Name;
        }

        return model;
    }
}
