namespace Keelson.Controllers.VolumeBinding;

/// <summary>Directories of this machine that are volumes. They are for trying things out, as upstream's are.</summary>
internal static class HostPathVolumes
{
    /// <summary>Deletes a directory with all that is in it; the result is why that failed, null when it did
    /// not.</summary>
    public static string? Delete(string path)
    {
        try
        {
            if (Directory.Exists(path))
            {
                Directory.Delete(path, recursive: true);
            }
            else
            {
                File.Delete(path);
            }

            return null;
        }
        catch (DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return exception.Message;
        }
    }
}
