namespace Keelson.Server.OpenApi;

/// <summary>
/// Writes version 3: a document for each group version, bodies apart from parameters, media types spelled out.
/// </summary>
internal sealed class SpecWriterV3() : SpecWriter(isV3: true)
{
    protected override byte[] Ready(RuntimeDefinition definition) => definition.JsonV3;

    protected override void WriteDocument(SpecParts parts)
    {
        Text("openapi", "3.0.0");
        WriteInfo();
        WritePaths(parts);
        Json.Key("components");
        Json.Open();
        if (parts.Definitions.Count + parts.Ready.Count > 0)
        {
            Json.Key("schemas");
            WriteDefinitions(parts);
        }

        Json.Key("securitySchemes");
        Json.Open();
        WriteSecurityScheme();
        Json.Close();
        Json.Close();
    }

    protected override void WriteParameter(Parameter parameter)
    {
        Json.Open();
        Text("name", parameter.Name);
        Text("in", parameter.In);
        Text("description", parameter.Description);
        if (parameter.In == "path")
        {
            Truth("required");
        }

        Json.Key("schema");
        Json.Open();
        Text("type", parameter.Type);
        Truth("uniqueItems");
        Json.Close();
        Json.Close();
    }

    protected override void WriteOperationBody(Operation operation)
    {
        if (operation.Body is { } body)
        {
            Json.Key("requestBody");
            Json.Open();
            WriteContent(operation.Consumes, body);
            if (operation.IsBodyRequired)
            {
                Truth("required");
            }

            Json.Close();
        }

        Json.Key("responses");
        Json.Open();
        foreach ((string code, string text, string? definition) in operation.Answers)
        {
            Json.Key(code);
            Json.Open();
            Text("description", text);
            if (definition is not null)
            {
                WriteContent(operation.Produces, definition);
            }

            Json.Close();
        }

        Json.Close();
    }

    private void WriteContent(IReadOnlyList<string> types, string definition)
    {
        Json.Key("content");
        Json.Open();
        foreach (string type in types.Order(StringComparer.Ordinal))
        {
            Json.Key(type);
            Json.Open();
            SchemaOf(definition);
            Json.Close();
        }

        Json.Close();
    }
}
