namespace Keelson.Server.OpenApi;

/// <summary>One path and what may be done there.</summary>
/// <param name="Path">The path with placeholders in braces.</param>
/// <param name="Operations">The operations by method.</param>
internal sealed record PathOperations(string Path, IReadOnlyList<Operation> Operations)
{
    /// <summary>The parameters that every operation has, query and path alike; they are written once.</summary>
    public IReadOnlyList<Parameter> Common { get; } =
    [
        .. Operations[0].Parameters.Where(one => Operations.All(operation => operation.Parameters.Contains(one)))
            .OrderBy(one => one.Name, StringComparer.Ordinal)
            .ThenBy(one => one.In, StringComparer.Ordinal),
    ];
}

/// <summary>An operation.</summary>
/// <param name="Method">get, put, post, delete, options, head, patch.</param>
/// <param name="Id">A unique name: <c>readAppsV1NamespacedDeployment</c>.</param>
/// <param name="Description">What it does.</param>
/// <param name="Tag">Group and version: <c>apps_v1</c>.</param>
internal sealed record Operation(string Method, string Id, string Description, string Tag)
{
    /// <summary>The parameters but the body.</summary>
    public IReadOnlyList<Parameter> Parameters { get; init; } = [];

    /// <summary>The definition of the body; null for none.</summary>
    public string? Body { get; init; }

    /// <summary>True when there has to be a body.</summary>
    public bool IsBodyRequired { get; init; }

    /// <summary>
    /// Codes and texts of answers, each with its definition, the empty one for a plain text, null for none.
    /// </summary>
    public IReadOnlyList<(string Code, string Text, string? Definition)> Answers { get; init; } = [];

    /// <summary>The media types of answers.</summary>
    public IReadOnlyList<string> Produces { get; init; } = MediaTypes.Objects;

    /// <summary>The media types of bodies.</summary>
    public IReadOnlyList<string> Consumes { get; init; } = ["*/*"];

    /// <summary>Which verb it is: get, list, post, connect...; empty for none.</summary>
    public string Action { get; init; } = "";

    /// <summary>The kind it works on.</summary>
    public GroupVersionKind? Kind { get; init; }

    /// <summary>True for what should not be used any more.</summary>
    public bool IsDeprecated { get; init; }
}

/// <summary>A parameter in the query or the path.</summary>
/// <param name="Key">The key that version 2 refers to it by; the name when it is written out each time.</param>
internal sealed record Parameter(string Key, string Name, string In, string Type, string Description)
{
    /// <summary>True when version 2 refers to it.</summary>
    public bool IsShared => Key != Name;
}

/// <summary>Lists of media types.</summary>
internal static class MediaTypes
{
    public static string[] Objects { get; } =
        ["application/json", "application/yaml", "application/vnd.kubernetes.protobuf"];

    public static string[] Watches { get; } =
        [.. Objects, "application/json;stream=watch", "application/vnd.kubernetes.protobuf;stream=watch"];

    public static string[] Logs { get; } = ["text/plain", .. Objects];

    public static string[] Patches { get; } =
    [
        "application/json-patch+json", "application/merge-patch+json", "application/strategic-merge-patch+json",
        "application/apply-patch+yaml",
    ];

    public static string[] CustomPatches { get; } =
        ["application/json-patch+json", "application/merge-patch+json", "application/apply-patch+yaml"];

    public static string[] Any { get; } = ["*/*"];

    public static string[] JsonOnly { get; } = ["application/json"];
}
