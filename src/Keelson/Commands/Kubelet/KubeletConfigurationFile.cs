using Keelson.Configuration;
using Keelson.Flags;

namespace Keelson.Commands.Kubelet;

/// <summary>
/// What <c>--config</c> says: a <c>KubeletConfiguration</c> of <c>kubelet.config.k8s.io/v1beta1</c>, YAML or JSON.
/// </summary>
internal static class KubeletConfigurationFile
{
    /// <summary>Reads a file; an empty path gives a configuration that says nothing.</summary>
    /// <exception cref="FlagException">It can't be read or used.</exception>
    public static ConfigurationDocument Read(string path)
    {
        try
        {
            return ConfigurationDocument.Read(path, "kubelet.config.k8s.io/v1beta1", "KubeletConfiguration");
        }
        catch (ConfigurationException exception)
        {
            throw new FlagException(
                $"failed to load kubelet config file, path: {path}, error: {exception.Detail}", exception);
        }
    }
}
