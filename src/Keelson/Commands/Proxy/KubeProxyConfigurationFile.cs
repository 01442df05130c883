using Keelson.Configuration;
using Keelson.Machinery.Validation;

namespace Keelson.Commands.Proxy;

/// <summary>
/// What <c>--config</c> says: a <c>KubeProxyConfiguration</c> of <c>kubeproxy.config.k8s.io/v1alpha1</c>, YAML or JSON.
/// Fields of other modes than nftables are passed over, as kube-proxy does.
/// </summary>
internal static class KubeProxyConfigurationFile
{
    /// <summary>Reads a file; an empty path gives a configuration that says nothing.</summary>
    /// <exception cref="ConfigurationException">It can't be read or used.</exception>
    public static ConfigurationDocument Read(string path)
    {
        ConfigurationDocument file = ConfigurationDocument.Read(
            path, "kubeproxy.config.k8s.io/v1alpha1", "KubeProxyConfiguration");
        string mode = file.Text("", "mode");
        return mode is "" or "nftables" or "iptables" or "ipvs"
            ? file
            : throw new ConfigurationException(path,
                $"KubeProxyConfiguration.ProxyMode: Invalid value: {GoText.Quote(mode)}: must be iptables, ipvs, "
                + "nftables or blank (blank means the best-available proxy [currently iptables])");
    }
}
