using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace Keelson.Api.Generator;

/// <summary>Writes a record's JSON reader and writer.</summary>
internal static class JsonWriter
{
    public static void Write(StringBuilder code, ApiTypeModel model)
    {
        WriteReader(code, model);
        WriteFieldReader(code, model);
        WriteWriter(code, model);
    }

    /// <summary>What a kind has beyond other records: reading, writing and comparing some of its fields.</summary>
    public static void WriteParts(StringBuilder code, ApiTypeModel model)
    {
        WriteReader(code, model, "ReadJsonOnto", $", {model.Name} obj", "obj", "obj with { }");
        code.Append($"    public ulong FieldsUnlike({model.Name} other)\n    {{\n        ulong unlike = 0;\n");
        foreach ((FieldModel field, int bit) in model.Fields.Select((field, bit) => (field, bit)))
        {
            code.Append($"        unlike |= {ApiTypeWriter.Same(field)} ? 0 : 1ul << {bit};\n");
        }

        code.Append("        return unlike;\n    }\n\n");
        code.Append("    public static ulong FieldBit(string name) => name switch\n    {\n");
        foreach ((FieldModel field, int bit) in model.Fields.Select((field, bit) => (field, bit)))
        {
            code.Append(field.Inlined is null ? $"        {ApiTypeWriter.Literal(field.Json)} => 1ul << {bit},\n" : "");
        }

        code.Append("        _ => 0,\n    };\n\n");
        code.Append("    public void WriteJson(JsonBuffer json, ulong fields)\n    {\n        json.Open();\n");
        code.Append($"        json.Raw({TypeOf(model, model.Kind!.ApiVersion)});\n");
        foreach ((FieldModel field, int bit) in model.Fields.Select((field, bit) => (field, bit)))
        {
            code.Append($"        if ((fields & (1ul << {bit})) != 0)\n        {{\n");
            WriteField(code, field);
            code.Append("        }\n\n");
        }

        code.Append("        json.Close();\n    }\n\n");
    }

    private static string TypeOf(ApiTypeModel model, string version) =>
        $"\"\\\"kind\\\":\\\"{model.Name}\\\",\\\"apiVersion\\\":\\\"{version}\\\"\"u8";

    private static void WriteReader(
        StringBuilder code, ApiTypeModel model, string name, string parameter, string none, string start)
    {
        code.Append($"    public static {model.Name} {name}(ref JsonDecoder decoder{parameter})\n    {{\n        if (!decoder.BeginObject({ApiTypeWriter.Literal(model.GoName)}))\n        {{\n            return {none};\n        }}\n\n        {model.Name} value = {start};\n        SeenFields seen = default;\n        while (decoder.NextField(out global::System.ReadOnlySpan<byte> name))\n        {{\n            if (!value.ReadJsonField(name, ref decoder, ref seen, 0))\n            {{\n                decoder.UnknownField(name);\n            }}\n        }}\n\n        return value;\n    }}\n\n");
    }

    private static void WriteReader(StringBuilder code, ApiTypeModel model)
    {
        WriteReader(code, model, "ReadJson", "", "Empty", "NewForReading()");
        code.Append($"    internal static {model.Name} NewForReading()\n    {{\n        {model.Name} value = new();\n");
        foreach (FieldModel field in model.Fields.Where(one => one.Inlined is not null))
        {
            code.Append($"        value.{field.Backing} = {field.Type.FullName}.NewForReading();\n");
        }

        code.Append("        return value;\n    }\n\n");
    }

    private static void WriteFieldReader(StringBuilder code, ApiTypeModel model)
    {
        code.Append("    internal bool ReadJsonField(global::System.ReadOnlySpan<byte> name, ref JsonDecoder decoder, ref SeenFields seen, int firstBit)\n    {\n");
        List<(string Json, string Code)> cases = new();
        int bit = 0;
        foreach (FieldModel field in model.Fields)
        {
            if (field.Inlined is not null)
            {
                bit += field.Inlined.SeenBits;
                continue;
            }

            cases.Add((field.Json, $"decoder.Enter({ApiTypeWriter.Literal(field.Json)}, firstBit + {bit}, ref seen);\n                    {field.Backing} = {Read(field)};\n                    decoder.Leave();"));
            bit++;
        }

        if (model.Kind is not null || model.SelfVersion is not null)
        {
            cases.Add(("kind", $"decoder.Enter(\"kind\", firstBit + {bit}, ref seen);\n                    decoder.ReadNullableString();\n                    decoder.Leave();"));
            cases.Add(("apiVersion", $"decoder.Enter(\"apiVersion\", firstBit + {bit + 1}, ref seen);\n                    decoder.ReadNullableString();\n                    decoder.Leave();"));
        }

        if (cases.Count > 0)
        {
            code.Append("        switch (name.Length)\n        {\n");
        }

        foreach (IGrouping<int, (string Json, string Code)> group in cases.GroupBy(one => one.Json.Length).OrderBy(one => one.Key))
        {
            code.Append($"            case {group.Key}:\n");
            foreach ((string json, string body) in group)
            {
                code.Append($"                if (global::System.MemoryExtensions.SequenceEqual(name, {ApiTypeWriter.Literal(json)}u8))\n                {{\n                    {body}\n                    return true;\n                }}\n\n");
            }

            code.Append("                break;\n");
        }

        code.Append(cases.Count > 0 ? "        }\n\n" : "");
        bit = 0;
        List<string> inlined = new();
        foreach (FieldModel field in model.Fields)
        {
            if (field.Inlined is not null)
            {
                inlined.Add($"{field.Backing}.ReadJsonField(name, ref decoder, ref seen, firstBit + {bit})");
                bit += field.Inlined.SeenBits;
            }
            else
            {
                bit++;
            }
        }

        code.Append("        return ").Append(inlined.Count == 0 ? "false" : string.Join(" || ", inlined)).Append(";\n    }\n\n");
    }

    private static string Read(FieldModel field)
    {
        TypeModel type = field.Type;
        string nullable = type.IsNullable ? "Nullable" : "";
        string goType = field.GoType is null ? "" : ApiTypeWriter.Literal(field.GoType);
        return type.Shape switch
        {
            Shape.String => $"decoder.Read{nullable}String({goType})",
            Shape.Bool => $"decoder.Read{nullable}Bool()",
            Shape.Int32 => $"decoder.Read{nullable}Int32()",
            Shape.Int64 => $"decoder.Read{nullable}Int64()",
            Shape.Double => type.IsNullable ? "decoder.ReadNullableDouble()" : "decoder.ReadNullableDouble() ?? 0",
            Shape.Bytes => "decoder.ReadBytes()",
            Shape.Raw => "decoder.ReadRaw()",
            Shape.Time => $"decoder.Read{nullable}Time()",
            Shape.MicroTime => $"decoder.Read{nullable}MicroTime()",
            Shape.Quantity => $"decoder.Read{nullable}Quantity()",
            Shape.IntOrString => $"decoder.Read{nullable}IntOrString()",
            Shape.Record => type.IsNullable
                ? $"decoder.Token == global::System.Text.Json.JsonTokenType.Null ? null : {type.FullName}.ReadJson(ref decoder)"
                : $"{type.FullName}.ReadJson(ref decoder)",
            Shape.List => type.Element!.Shape switch
            {
                Shape.String => $"decoder.ReadStringList({goType})",
                Shape.Bool => "decoder.ReadBoolList()",
                Shape.Int32 => "decoder.ReadInt32List()",
                Shape.Int64 => "decoder.ReadInt64List()",
                Shape.Raw => $"decoder.ReadRawList({ApiTypeWriter.Literal(type.GoName)})",
                _ => $"decoder.ReadList<{type.Element.FullName}>({ApiTypeWriter.Literal(type.GoName)})",
            },
            _ => type.Element!.Shape switch
            {
                Shape.String => $"decoder.ReadStringMap({goType})",
                Shape.Bytes => "decoder.ReadBytesMap()",
                Shape.Quantity => "decoder.ReadQuantityMap(\"v1.ResourceList\")",
                Shape.List => $"decoder.ReadStringListMap({ApiTypeWriter.Literal(type.GoName)})",
                _ => $"decoder.ReadMap<{type.Element.FullName}>({ApiTypeWriter.Literal(type.GoName)})",
            },
        };
    }

    private static void WriteWriter(StringBuilder code, ApiTypeModel model)
    {
        code.Append("    public void WriteJson(JsonBuffer json)\n    {\n        json.Open();\n");
        string? version = model.Kind?.ApiVersion ?? model.SelfVersion;
        if (version is not null)
        {
            code.Append($"        json.Raw({TypeOf(model, version)});\n");
        }

        code.Append("        WriteJsonFields(json);\n        json.Close();\n    }\n\n    internal void WriteJsonFields(JsonBuffer json)\n    {\n");
        foreach (FieldModel field in model.Fields)
        {
            WriteField(code, field);
        }

        code.Append("    }\n\n");
    }

    private static void WriteField(StringBuilder code, FieldModel field)
    {
        if (field.Inlined is not null)
        {
            code.Append($"        {field.Backing}.WriteJsonFields(json);\n");
            return;
        }

        string? condition = field.Always ? null : PresentWhen(field);
        string name = $"json.Name(\"\\\"{field.Json}\\\":\"u8);";
        string value = WriteValue(field);
        code.Append(condition is null
            ? $"        {name}\n        {value}\n"
            : $"        if ({condition})\n        {{\n            {name}\n            {value}\n        }}\n\n");
    }

    /// <summary>Go's omitempty: zero values of scalars, nil pointers, empty lists and maps. A plain struct always shows.</summary>
    private static string? PresentWhen(FieldModel field)
    {
        string it = field.Backing;
        if (field.Type.IsNullable)
        {
            return $"{it} is not null";
        }

        return field.Type.Shape switch
        {
            Shape.String => $"{it}.Length != 0",
            Shape.Bool => it,
            Shape.Int32 or Shape.Int64 or Shape.Double => $"{it} != 0",
            Shape.Bytes => $"{it}.Length != 0",
            Shape.Raw => $"!{it}.IsAbsent",

            // Times are structs to Go: all but the creation time, which has omitzero, show as null when they are not set.
            Shape.Time when field.Json == "creationTimestamp" => $"!{it}.IsZero",
            Shape.List or Shape.Map => $"{it}.Count != 0",
            _ => null,
        };
    }

    private static string WriteValue(FieldModel field)
    {
        string it = field.Backing;
        if (field.Type.Shape == Shape.Record)
        {
            string write = $"{it}.WriteJson(json);";
            return field.Type.IsNullable && field.Always
                ? $"if ({it} is null)\n        {{\n            json.Null();\n        }}\n        else\n        {{\n            {write}\n        }}\n"
                : write;
        }

        bool isStruct = field.Type.Shape != Shape.String;
        if (field.Type.IsNullable && field.Always)
        {
            string value = isStruct ? it + ".Value" : it;
            return $"if ({it} is null)\n        {{\n            json.Null();\n        }}\n        else\n        {{\n            json.Value({Cast(field.Type, value)});\n        }}\n";
        }

        return $"json.Value({Cast(field.Type, field.Type.IsNullable && isStruct ? it + ".Value" : it)});";
    }

    /// <summary>An int fits both a long and a number-or-text, so it has to say which.</summary>
    private static string Cast(TypeModel type, string value) => type.Shape == Shape.Int32 ? "(long)" + value : value;
}
