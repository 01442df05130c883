using System.Text;

namespace Keelson.Cluster.Pki;

/// <summary>Writes files whole or not at all: a reader sees the old text or the new one, also after a crash.</summary>
internal static class SecretFiles
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Everyone = OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Writes a file only its owner may read: keys and kubeconfigs.</summary>
    public static void WriteSecret(string path, string text) => Write(path, text, OwnerOnly);

    /// <summary>Writes a file everyone may read: certificates and public keys.</summary>
    public static void WritePublic(string path, string text) => Write(path, text, Everyone);

    /// <summary>Reads a file's text; null when there is none.</summary>
    /// <exception cref="PkiException">The file is there and can't be read.</exception>
    public static string? Read(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllText(path) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new PkiException($"{path}: can't be read: {exception.Message}", exception);
        }
    }

    private static void Write(string path, string text, UnixFileMode mode)
    {
        var temporary = path + ".new";
        try
        {
            File.Delete(temporary);
            var options = new FileStreamOptions
            {
                Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, UnixCreateMode = mode,
            };
            using (var file = new FileStream(temporary, options))
            {
                file.Write(Encoding.UTF8.GetBytes(text));
                file.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new PkiException($"{path}: can't be written: {exception.Message}", exception);
        }
    }
}
