using System.Text.Json;
using Keelson.Configuration;
using Keelson.Machinery.Validation;

namespace Keelson.Commands.Proxy;

/// <summary>
/// What <c>--config</c> says: a <c>KubeProxyConfiguration</c> of <c>kubeproxy.config.k8s.io/v1alpha1</c>, YAML or JSON.
/// Fields of other modes than nftables are passed over, as kube-proxy does; so are fields that there are not, with a
/// warning.
/// </summary>
internal static class KubeProxyConfigurationFile
{
    /// <summary>The fields that there are; those of objects behind their names.</summary>
    private static readonly Dictionary<string, string[]> Known = new(StringComparer.Ordinal)
    {
        [""] =
        [
            "apiVersion", "kind", "featureGates", "clientConnection", "logging", "hostnameOverride", "bindAddress",
            "healthzBindAddress", "metricsBindAddress", "bindAddressHardFail", "enableProfiling",
            "showHiddenMetricsForVersion", "mode", "iptables", "ipvs", "nftables", "winkernel", "detectLocalMode",
            "detectLocal", "clusterCIDR", "nodePortAddresses", "oomScoreAdj", "conntrack", "configSyncPeriod",
            "portRange", "windowsRunAsService",
        ],
        ["clientConnection"] = ["kubeconfig", "acceptContentTypes", "contentType", "qps", "burst"],
        ["iptables"] = ["masqueradeBit", "masqueradeAll", "localhostNodePorts", "syncPeriod", "minSyncPeriod"],
        ["ipvs"] =
        [
            "syncPeriod", "minSyncPeriod", "scheduler", "excludeCIDRs", "strictARP", "tcpTimeout", "tcpFinTimeout",
            "udpTimeout",
        ],
        ["nftables"] = ["masqueradeBit", "masqueradeAll", "syncPeriod", "minSyncPeriod"],
        ["conntrack"] =
        [
            "maxPerCore", "min", "tcpEstablishedTimeout", "tcpCloseWaitTimeout", "tcpBeLiberal", "udpTimeout",
            "udpStreamTimeout",
        ],
        ["detectLocal"] = ["bridgeInterface", "interfaceNamePrefix"],
        ["winkernel"] =
        [
            "networkName", "sourceVip", "enableDSR", "rootHnsEndpointName", "forwardHealthCheckVip",
        ],
    };

    /// <summary>Reads a file; an empty path gives a configuration that says nothing.</summary>
    /// <exception cref="ConfigurationException">It can't be read or used.</exception>
    public static ConfigurationDocument Read(string path) => ConfigurationDocument.Read(
        path, "kubeproxy.config.k8s.io/v1alpha1", "KubeProxyConfiguration");

    /// <summary>Says which fields there are not; null when all are known.</summary>
    public static string? Unknown(ConfigurationDocument file)
    {
        List<string> unknown = [];
        foreach (JsonProperty field in file.Fields)
        {
            if (!Known[""].Contains(field.Name))
            {
                unknown.Add($"unknown field {GoText.Quote(field.Name)}");
            }
            else if (Known.TryGetValue(field.Name, out string[]? fields)
                && field.Value.ValueKind == JsonValueKind.Object)
            {
                unknown.AddRange(field.Value.EnumerateObject().Where(one => !fields.Contains(one.Name))
                    .Select(one => $"unknown field {GoText.Quote(field.Name + "." + one.Name)}"));
            }
        }

        return unknown.Count == 0
            ? null
            : $"Using lenient decoding as strict decoding failed: strict decoding error: {string.Join(", ", unknown)}";
    }
}
