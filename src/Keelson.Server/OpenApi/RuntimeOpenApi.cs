using Keelson.Server.Discovery;

namespace Keelson.Server.OpenApi;

/// <summary>
/// A group version that comes and goes at run time: what it serves, and its kinds' definitions ready made.
/// </summary>
/// <param name="Group">The group.</param>
/// <param name="Version">The version.</param>
/// <param name="Resources">What discovery tells of it.</param>
/// <param name="Definitions">The definitions of its kinds, and of their lists.</param>
internal sealed record RuntimeOpenApi(
    string Group, string Version, IReadOnlyList<DiscoveryResource> Resources,
        IReadOnlyList<RuntimeDefinition> Definitions) : IKindNames
{
    /// <inheritdoc/>
    public bool TakesStrategicPatches => false;

    /// <summary>Finds the definitions of the built-in kinds; set when the document is made.</summary>
    public IKindNames? BuiltIn { get; init; }

    /// <inheritdoc/>
    public string? DefinitionOf(GroupVersionKind kind) =>
        Definitions.FirstOrDefault(one => one.Kind == kind)?.Name ?? BuiltIn?.DefinitionOf(kind);
}

/// <summary>A definition as JSON.</summary>
/// <param name="Name">Its name: <c>com.example.stable.v1.CronTab</c>.</param>
/// <param name="Kind">The kind it is.</param>
/// <param name="JsonV2">The schema for version 2, its references beginning with <c>#/definitions/</c>.</param>
/// <param name="JsonV3">The schema for version 3, its references beginning with <c>#/components/schemas/</c>.</param>
internal sealed record RuntimeDefinition(string Name, GroupVersionKind Kind, byte[] JsonV2, byte[] JsonV3);
