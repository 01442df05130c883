using Keelson.Machinery.Values;

namespace Keelson.Nodes.Volumes.Content;

/// <summary>A file that a volume is to show.</summary>
/// <param name="Bytes">What is in it.</param>
/// <param name="Mode">Its permissions.</param>
/// <param name="User">Who owns it; null for the agent's user.</param>
internal readonly record struct ContentFile(Bytes Bytes, int Mode, long? User = null);

/// <summary>The files of a volume by their paths in it, or why they can't be worked out.</summary>
/// <param name="Files">The files; empty when there is an error.</param>
/// <param name="Error">Null, or upstream's words for what is missing.</param>
internal sealed record VolumeContent(IReadOnlyDictionary<string, ContentFile> Files, string? Error)
{
    private static readonly Dictionary<string, ContentFile> NoFiles = [];

    public static VolumeContent Empty { get; } = new(NoFiles, null);

    public static VolumeContent Failed(string error) => new(NoFiles, error);
}
