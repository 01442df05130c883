using Keelson.Configuration;
using Keelson.Flags;

namespace Keelson.Commands.Kubelet;

/// <summary>
/// What <c>--config</c> says: a <c>KubeletConfiguration</c> of <c>kubelet.config.k8s.io/v1beta1</c>, YAML or JSON; and
/// what the files of <c>--config-dir</c> change about it.
/// </summary>
internal static class KubeletConfigurationFile
{
    private const string Extension = ".conf";

    /// <summary>Reads a file; an empty path gives a configuration that says nothing.</summary>
    /// <exception cref="FlagException">It can't be read or used.</exception>
    public static ConfigurationDocument Read(string path) => Read(path, "kubelet config file");

    /// <summary>Reads a file, and over it those of a directory and of all below it whose names end in <c>.conf</c>, in
    /// the order of their paths: each counts more than those before.</summary>
    /// <exception cref="FlagException">One of them can't be read or used.</exception>
    public static ConfigurationDocument Read(string path, DirectoryInfo? directory)
    {
        ConfigurationDocument all = Read(path);
        try
        {
            return (directory?.EnumerateFiles("*", SearchOption.AllDirectories) ?? [])
                .Where(static one => one.Extension == Extension).Select(static one => one.FullName)
                .Order(StringComparer.Ordinal)
                .Aggregate(all, static (sofar, file) => sofar.With(Read(file, "kubelet dropin file")));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new FlagException(
                $"failed to merge kubelet configs: --config-dir {directory}: {exception.Message}", exception);
        }
    }

    private static ConfigurationDocument Read(string path, string what)
    {
        try
        {
            return ConfigurationDocument.Read(path, "kubelet.config.k8s.io/v1beta1", "KubeletConfiguration");
        }
        catch (ConfigurationException exception)
        {
            throw new FlagException($"failed to load {what}, path: {path}, error: {exception.Detail}", exception);
        }
    }
}
