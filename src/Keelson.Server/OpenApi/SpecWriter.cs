using Keelson.Machinery.Wire;
using Keelson.Server.Discovery;

namespace Keelson.Server.OpenApi;

/// <summary>The parts of a document before they are written in one of the two versions.</summary>
/// <param name="Paths">The paths, sorted.</param>
/// <param name="Definitions">The definitions by name, sorted.</param>
/// <param name="Ready">Definitions that come as JSON.</param>
internal sealed record SpecParts(
    IReadOnlyList<PathOperations> Paths, SortedDictionary<string, Definition> Definitions,
        IReadOnlyList<RuntimeDefinition> Ready)
{
    /// <summary>The definitions that the operations speak of.</summary>
    public static IEnumerable<string> Mentioned(IEnumerable<PathOperations> paths) => paths
        .SelectMany(one => one.Operations)
        .SelectMany(one => one.Answers.Select(answer => answer.Definition).Append(one.Body))
        .OfType<string>()
        .Where(one => one.Length > 0)
        .Distinct();
}

/// <summary>
/// Writes documents as JSON: what both versions have in common. The versions are <see cref="SpecWriterV2"/> and V3.
/// </summary>
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
