namespace Keelson.Server.OpenApi;

/// <summary>Writes version 2: one document for everything, parameters by reference.</summary>
internal sealed class SpecWriterV2() : SpecWriter(isV3: false)
{
    protected override byte[] Ready(RuntimeDefinition definition) => definition.JsonV2;

    protected override void WriteDocument(SpecParts parts)
    {
        Text("swagger", "2.0");
        WriteInfo();
        WritePaths(parts);
        Json.Key("definitions");
        WriteDefinitions(parts);
        Json.Key("parameters");
        Json.Open();
        WriteBodies();
        foreach (Parameter parameter in ParameterTable.Shared)
        {
            Json.Key(parameter.Key);
            WritePlain(parameter);
        }

        Json.Close();
        Json.Key("securityDefinitions");
        Json.Open();
        WriteSecurityScheme();
        Json.Close();
        WriteSecurity();
    }

    protected override void WriteParameter(Parameter parameter)
    {
        if (parameter.IsShared)
        {
            Reference("#/parameters/", parameter.Key);
            return;
        }

        WritePlain(parameter);
    }

    protected override void WriteOwnParameters(Operation operation, IReadOnlyList<Parameter> common)
    {
        Parameter[] own = [.. OwnParameters(operation, common)];
        if (own.Length == 0 && operation.Body is null)
        {
            return;
        }

        Json.Key("parameters");
        Json.OpenList();
        if (operation.Body is { } body)
        {
            WriteBody(body, operation.IsBodyRequired);
        }

        foreach (Parameter parameter in own)
        {
            Json.Separate();
            WriteParameter(parameter);
        }

        Json.CloseList();
    }

    protected override void WriteOperationBody(Operation operation)
    {
        Texts("consumes", operation.Consumes);
        Texts("produces", operation.Produces);
        Texts("schemes", ["https"]);
        Json.Key("responses");
        Json.Open();
        foreach ((string code, string text, string? definition) in operation.Answers)
        {
            Json.Key(code);
            Json.Open();
            Text("description", text);
            if (definition is not null)
            {
                SchemaOf(definition);
            }

            Json.Close();
        }

        Json.Close();
    }

    private void WriteBody(string definition, bool isRequired)
    {
        switch (definition)
        {
            case DefinitionNames.DeleteOptions:
                Reference("#/parameters/", "body-2Y1dVQaQ");
                break;
            case DefinitionNames.Patch:
                Reference("#/parameters/", "body-78PwaGsr");
                break;
            default:
                PlainBody(definition, isRequired);
                break;
        }
    }

    private void WriteBodies()
    {
        Json.Key("body-2Y1dVQaQ");
        PlainBody(DefinitionNames.DeleteOptions, isRequired: false);
        Json.Key("body-78PwaGsr");
        PlainBody(DefinitionNames.Patch, isRequired: true);
    }

    private void PlainBody(string definition, bool isRequired)
    {
        Json.Open();
        Text("name", "body");
        Text("in", "body");
        if (isRequired)
        {
            Truth("required");
        }

        SchemaOf(definition);
        Json.Close();
    }

    private void WritePlain(Parameter parameter)
    {
        Json.Open();
        Truth("uniqueItems");
        Text("type", parameter.Type);
        Text("description", parameter.Description);
        Text("name", parameter.Name);
        Text("in", parameter.In);
        if (parameter.In == "path")
        {
            Truth("required");
        }

        Json.Close();
    }
}
