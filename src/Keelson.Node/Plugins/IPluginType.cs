namespace Keelson.Nodes.Plugins;

/// <summary>Takes in plugins of one type: storage drivers, devices, dynamic resources.</summary>
internal interface IPluginType
{
    /// <summary>The type as plugins name it: <c>CSIPlugin</c>.</summary>
    string Type { get; }

    /// <summary>Whether a plugin that made itself known is one that can be taken in.</summary>
    /// <returns>Null, or why not.</returns>
    string? Validate(RegisteredPlugin plugin);

    /// <summary>Takes a plugin in.</summary>
    /// <param name="plugin">Who it is.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>Null, or why it is not taken in.</returns>
    Task<string?> RegisterAsync(RegisteredPlugin plugin, CancellationToken cancellationToken);

    /// <summary>A plugin's socket is gone.</summary>
    Task DeregisterAsync(RegisteredPlugin plugin, CancellationToken cancellationToken);
}

/// <summary>A plugin as it made itself known.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Endpoint">The socket it serves on.</param>
/// <param name="Versions">The versions it speaks.</param>
internal sealed record RegisteredPlugin(string Name, string Endpoint, IReadOnlyList<string> Versions);
