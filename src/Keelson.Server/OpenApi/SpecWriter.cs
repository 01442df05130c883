using Keelson.Machinery.Wire;
using Keelson.Server.Discovery;

namespace Keelson.Server.OpenApi;

/// <summary>The parts of a document before they are written in one of the two versions.</summary>
/// <param name="Paths">The paths, sorted.</param>
/// <param name="Definitions">The definitions by name, sorted.</param>
/// <param name="Ready">Definitions that come as JSON.</param>
internal sealed record SpecParts(
    IReadOnlyList<PathOperations> Paths, SortedDictionary<string, Definition> Definitions, IReadOnlyList<RuntimeDefinition> Ready)
{
    /// <summary>The definitions that the operations speak of.</summary>
    public static IEnumerable<string> Mentioned(IEnumerable<PathOperations> paths) => paths
        .SelectMany(one => one.Operations)
        .SelectMany(one => one.Answers.Select(answer => answer.Definition).Append(one.Body))
        .OfType<string>()
        .Where(one => one.Length > 0)
        .Distinct();
}

/// <summary>Writes documents as JSON: what both versions have in common. The versions are <see cref="SpecWriterV2"/> and V3.</summary>
internal abstract class SpecWriter
{
    protected SpecWriter(bool isV3)
    {
        Json = new JsonBuffer(256 * 1024);
        Schemas = new SchemaRenderer(Json, isV3);
    }

    protected JsonBuffer Json { get; }

    protected SchemaRenderer Schemas { get; }

    /// <summary>The document.</summary>
    public byte[] Write(SpecParts parts)
    {
        Json.Open();
        WriteDocument(parts);
        Json.Close();
        return Json.ToArray();
    }

    protected abstract void WriteDocument(SpecParts parts);

    protected abstract void WriteParameter(Parameter parameter);

    protected abstract void WriteOperationBody(Operation operation);

    protected abstract byte[] Ready(RuntimeDefinition definition);

    protected void WriteInfo()
    {
        Json.Key("info");
        Json.Open();
        Text("title", "Kubernetes");
        Text("version", ServerVersion.GitVersion);
        Json.Close();
    }

    protected void WritePaths(SpecParts parts)
    {
        Json.Key("paths");
        Json.Open();
        foreach (PathOperations path in parts.Paths)
        {
            Json.Key(path.Path);
            Json.Open();
            foreach (Operation operation in path.Operations.OrderBy(one => one.Method, StringComparer.Ordinal))
            {
                Json.Key(operation.Method);
                WriteOperation(operation, path.Common);
            }

            WriteParameters(path.Common);
            Json.Close();
        }

        Json.Close();
    }

    protected void WriteDefinitions(SpecParts parts)
    {
        Json.Open();
        Dictionary<string, RuntimeDefinition> ready = parts.Ready.ToDictionary(one => one.Name, StringComparer.Ordinal);
        foreach (string name in parts.Definitions.Keys.Concat(ready.Keys).Distinct().Order(StringComparer.Ordinal))
        {
            Json.Key(name);
            if (ready.TryGetValue(name, out RuntimeDefinition? given))
            {
                Json.Raw(Ready(given));
            }
            else
            {
                Schemas.Definition(parts.Definitions[name]);
            }
        }

        Json.Close();
    }

    protected void WriteSecurityScheme()
    {
        Json.Key("BearerToken");
        Json.Open();
        Text("description", "Bearer Token authentication");
        Text("type", "apiKey");
        Text("name", "authorization");
        Text("in", "header");
        Json.Close();
    }

    protected void WriteSecurity()
    {
        Json.Key("security");
        Json.Raw("""[{"BearerToken":[]}]"""u8);
    }

    protected void Text(string key, string value)
    {
        Json.Key(key);
        Json.Value(value);
    }

    protected void Truth(string key)
    {
        Json.Key(key);
        Json.Value(true);
    }

    protected void Texts(string key, IReadOnlyList<string> values)
    {
        Json.Key(key);
        Json.OpenList();
        foreach (string value in values)
        {
            Json.Separate();
            Json.Value(value);
        }

        Json.CloseList();
    }

    protected void Reference(string prefix, string name)
    {
        Json.Open();
        Text("$ref", prefix + name);
        Json.Close();
    }

    /// <summary>The schema of an answer or body: a definition, or a text where the name is empty.</summary>
    protected void SchemaOf(string definition)
    {
        Json.Key("schema");
        if (definition.Length > 0)
        {
            Schemas.Reference(definition);
            return;
        }

        Json.Open();
        Text("type", "string");
        Json.Close();
    }

    protected IEnumerable<Parameter> OwnParameters(Operation operation, IReadOnlyList<Parameter> common) =>
        operation.Parameters.Except(common).OrderBy(one => one.Name, StringComparer.Ordinal);

    protected virtual void WriteOwnParameters(Operation operation, IReadOnlyList<Parameter> common) =>
        WriteParameters([.. OwnParameters(operation, common)]);

    private void WriteOperation(Operation operation, IReadOnlyList<Parameter> common)
    {
        Json.Open();
        Texts("tags", [operation.Tag]);
        Text("description", operation.Description);
        Text("operationId", operation.Id);
        WriteOwnParameters(operation, common);
        WriteOperationBody(operation);
        if (operation.IsDeprecated)
        {
            Truth("deprecated");
        }

        if (operation.Action.Length > 0)
        {
            Text("x-kubernetes-action", operation.Action);
        }

        if (operation.Kind is { } kind)
        {
            Json.Key("x-kubernetes-group-version-kind");
            Schemas.Kind(kind);
        }

        Json.Close();
    }

    private void WriteParameters(IReadOnlyList<Parameter> parameters)
    {
        if (parameters.Count == 0)
        {
            return;
        }

        Json.Key("parameters");
        Json.OpenList();
        foreach (Parameter parameter in parameters)
        {
            Json.Separate();
            WriteParameter(parameter);
        }

        Json.CloseList();
    }
}

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

/// <summary>Writes version 3: a document for each group version, bodies apart from parameters, media types spelled out.</summary>
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
