using System.Globalization;
using System.Text;
using Keelson.Api.Core.V1;

namespace Keelson.Nodes.Pods;

/// <summary>The file /etc/hosts of a pod.</summary>
internal static class HostsFile
{
    private const string Base =
        "127.0.0.1\tlocalhost\n"
        + "::1\tlocalhost ip6-localhost ip6-loopback\n"
        + "fe00::0\tip6-localnet\n"
        + "fe00::0\tip6-mcastprefix\n"
        + "fe00::1\tip6-allnodes\n"
        + "fe00::2\tip6-allrouters\n";

    /// <summary>The file's text.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="addresses">Its addresses.</param>
    /// <param name="clusterDomain">The domain of services.</param>
    /// <param name="ofHost">The node's own file, for pods in its network.</param>
    public static string Write(Pod pod, IReadOnlyList<string> addresses, string clusterDomain, string ofHost)
    {
        StringBuilder text = new();
        if (pod.Spec.HostNetwork)
        {
            text.Append("# Kubernetes-managed hosts file (host network).\n").Append(ofHost);
        }
        else
        {
            text.Append("# Kubernetes-managed hosts file.\n").Append(Base);
            string name = SandboxConfigs.ShortHostname(pod);
            string domain = SandboxConfigs.Domain(pod, clusterDomain);
            foreach (string address in addresses)
            {
                text.Append(CultureInfo.InvariantCulture, $"{address}\t");
                text.Append(domain.Length > 0 ? $"{name}.{domain}\t{name}\n" : name + "\n");
            }
        }

        if (pod.Spec.HostAliases.Count > 0)
        {
            text.Append("\n# Entries added by HostAliases.\n");
            foreach (HostAlias alias in pod.Spec.HostAliases)
            {
                text.Append(CultureInfo.InvariantCulture, $"{alias.Ip}\t{string.Join('\t', alias.Hostnames)}\n");
            }
        }

        return text.ToString();
    }
}
