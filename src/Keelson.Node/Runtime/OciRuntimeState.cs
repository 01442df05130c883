namespace Keelson.Nodes.Runtime;

/// <summary>What crun and runc note of containers, where containerd has them note it. A container whose shim was killed
/// is deleted in containerd alone (its issue 10727); its notes would stay.</summary>
internal static class OciRuntimeState
{
    private const string Root = "/run/containerd/runc/k8s.io";

    /// <summary>Removes the notes of a container or sandbox that is gone in containerd; mostly there are none.
    /// </summary>
    public static void Remove(string id)
    {
        string directory = Path.Combine(Root, id);
        try
        {
            if (id.Length > 0 && Directory.Exists(directory))
            {
                Directory.Delete(directory, recursive: true);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Somebody else removes them.
        }
    }
}
