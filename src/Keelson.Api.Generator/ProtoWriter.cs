using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace Keelson.Api.Generator;

/// <summary>Writes a record's protobuf reader and writer.</summary>
internal static class ProtoWriter
{
    public static void Write(StringBuilder code, ApiTypeModel model)
    {
        List<FieldModel> fields = model.Fields.Where(one => one.Number > 0).OrderBy(one => one.Number).ToList();
        WriteReader(code, model, fields);
        code.Append("    public void WriteProto(ProtoBuffer proto)\n    {\n");
        foreach (FieldModel field in Enumerable.Reverse(fields))
        {
            code.Append($"        {WriteField(field)}\n");
        }

        code.Append("    }\n\n");
    }

    private static string WriteField(FieldModel field) => field.Type.Shape switch
    {
        // Without nulls the overload would be ambiguous between a number and a number that may be missing.
        Shape.Int32 => $"proto.Field({field.Number}, (long{(field.Type.IsNullable ? "?" : "")}){field.Backing});",
        Shape.Raw => $"proto.Field({field.Number}, {field.Backing}, keepAbsent: {(field.RawName == "RawExtension" ? "true" : "false")});",
        _ => $"proto.Field({field.Number}, {field.Backing});",
    };

    private static void WriteReader(StringBuilder code, ApiTypeModel model, List<FieldModel> fields)
    {
        code.Append($"    public static {model.Name} ReadProto(ref ProtoReader reader)\n    {{\n        {model.Name} value = new();\n");
        foreach (FieldModel field in fields.Where(one => one.Type.Shape is Shape.List or Shape.Map))
        {
            string item = field.Type.Element!.FullName;
            code.Append(field.Type.Shape == Shape.List
                ? $"        global::System.Collections.Generic.List<{item}>? list{field.Number} = null;\n"
                : $"        global::System.Collections.Generic.List<global::System.Collections.Generic.KeyValuePair<string, {item}>>? list{field.Number} = null;\n");
        }

        code.Append("        while (reader.Next(out int field))\n        {\n            switch (field)\n            {\n");
        foreach (FieldModel field in fields)
        {
            code.Append($"                case {field.Number}:\n                    {ReadField(field)}\n                    break;\n");
        }

        code.Append("                default:\n                    reader.Skip();\n                    break;\n            }\n        }\n\n");
        foreach (FieldModel field in fields.Where(one => one.Type.Shape is Shape.List or Shape.Map))
        {
            string made = field.Type.Shape == Shape.List ? $"new([.. list{field.Number}])" : $"{field.Type.FullName}.FromUnsorted(list{field.Number})";
            code.Append($"        if (list{field.Number} is not null)\n        {{\n            value.{field.Backing} = {made};\n        }}\n\n");
        }

        code.Append("        return value;\n    }\n\n");
    }

    private static string ReadField(FieldModel field)
    {
        string into = $"value.{field.Backing} = reader.";
        string list = $"(list{field.Number} ??= [])";
        return field.Type.Shape switch
        {
            Shape.String => into + "ReadString();",
            Shape.Bool => into + "ReadBool();",
            Shape.Int32 => into + "ReadInt32();",
            Shape.Int64 => into + "ReadInt64();",
            Shape.Double => into + "ReadDouble();",
            Shape.Bytes => into + "ReadBytes();",
            Shape.Raw => into + "ReadRaw();",
            Shape.Time => into + "ReadTime();",
            Shape.MicroTime => into + "ReadMicroTime();",
            Shape.Quantity => into + "ReadQuantity();",
            Shape.IntOrString => into + "ReadIntOrString();",
            Shape.Record => into + $"ReadMessage<{field.Type.FullName}>();",
            Shape.Map => $"reader.ReadEntry({list});",
            _ => field.Type.Element!.Shape switch
            {
                Shape.String => $"{list}.Add(reader.ReadString());",
                Shape.Bool => $"reader.ReadBools({list});",
                Shape.Int32 => $"reader.ReadInt32s({list});",
                Shape.Int64 => $"reader.ReadInt64s({list});",
                Shape.Raw => $"{list}.Add(reader.ReadRaw());",
                _ => $"{list}.Add(reader.ReadMessage<{field.Type.Element.FullName}>());",
            },
        };
    }
}
