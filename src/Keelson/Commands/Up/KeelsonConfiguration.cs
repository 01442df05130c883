using Keelson.Configuration;

namespace Keelson.Commands.Up;

/// <summary>The kind of the file that <c>keelson up --config</c> reads.</summary>
internal static class KeelsonConfiguration
{
    /// <summary>Its group and version.</summary>
    public const string ApiVersion = "keelson.dev/v1alpha1";

    /// <summary>Its name.</summary>
    public const string Kind = "KeelsonConfiguration";

    /// <summary>Reads a file; an empty path gives a configuration that says nothing.</summary>
    /// <exception cref="ConfigurationException">It can't be read, or is of another kind.</exception>
    public static ConfigurationDocument Read(string path) => ConfigurationDocument.Read(path, ApiVersion, Kind);
}
