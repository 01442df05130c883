using System.Linq;
using System.Text;

namespace Keelson.Api.Generator;

/// <summary>Writes a record's schema.</summary>
internal static class SchemaWriter
{
    public static void Write(StringBuilder code, ApiTypeModel model)
    {
        code.Append($"    /// <summary>The type's shape.</summary>\n    public static TypeSchema WireSchema {{ get; }} = TypeSchema.Object({ApiTypeWriter.Literal(model.ApiName)}, {ApiTypeWriter.Literal(model.Description)}, WireFields{(model.IsAtomic ? ", isAtomic: true" : "")});\n\n");
        code.Append("    internal static FieldSchema[] WireFields() =>\n    [\n");
        if (model.Kind is not null || model.SelfVersion is not null)
        {
            code.Append("        global::Keelson.Api.Kinds.WireSchemas.KindField,\n        global::Keelson.Api.Kinds.WireSchemas.ApiVersionField,\n");
        }

        foreach (FieldModel field in model.Fields)
        {
            if (field.Inlined is not null)
            {
                code.Append($"        .. {field.Type.FullName}.WireFields(),\n");
                continue;
            }

            code.Append($"        new({ApiTypeWriter.Literal(field.Json)}, {Type(field.Type, field)}) {{ ");
            code.Append($"Description = {ApiTypeWriter.Literal(field.Description)}");
            code.Append(field.Required ? ", IsRequired = true" : "");
            code.Append(field.Type.IsNullable ? ", IsNullable = true" : "");
            code.Append(field.Always ? ", IsAlwaysWritten = true" : "");
            code.Append(field.Default is null ? "" : $", Default = {ApiTypeWriter.Literal(field.Default)}");
            code.Append(field.EnumValues.Count == 0 ? "" : $", Enum = [{string.Join(", ", field.EnumValues.Select(ApiTypeWriter.Literal))}]");
            code.Append(field.ListType is null ? "" : $", ListType = (ListType){field.ListType}");
            code.Append(field.Keys.Length == 0 ? "" : $", ListMapKeys = [{string.Join(", ", field.Keys.Split(',').Select(ApiTypeWriter.Literal))}]");
            code.Append(field.Atomic ? ", IsAtomic = true" : "");
            code.Append(field.Granular ? ", IsGranular = true" : "");
            code.Append(field.PatchStrategy.Length == 0 ? "" : $", PatchStrategy = {ApiTypeWriter.Literal(field.PatchStrategy)}");
            code.Append(field.MergeKey.Length == 0 ? "" : $", PatchMergeKey = {ApiTypeWriter.Literal(field.MergeKey)}");
            code.Append(" },\n");
        }

        code.Append("    ];\n\n");
    }

    private static string Type(TypeModel type, FieldModel field)
    {
        const string Known = "global::Keelson.Api.Kinds.WireSchemas.";
        return type.Shape switch
        {
            Shape.Raw => Known + field.RawName,
            Shape.Record => $"{type.FullName}.WireSchema",
            Shape.List => $"TypeSchema.List(static () => {Type(type.Element!, field)})",
            Shape.Map => $"TypeSchema.Map(static () => {Type(type.Element!, field)})",
            _ => Known + type.Shape,
        };
    }
}
