using Keelson.Flags;

namespace Keelson.Commands.Kubelet;

/// <summary>Flags that units of kubelets have and that change nothing here.</summary>
internal static class KubeletUnusedFlags
{
    private static readonly string[] Texts =
    [
        "cloud-provider", "log-flush-frequency", "manifest-url-header", "maximum-dead-containers",
        "maximum-dead-containers-per-container", "minimum-container-ttl-duration", "runtime-cgroups", "vmodule",
    ];

    /// <summary>Declares them.</summary>
    public static void Declare(FlagSection flags)
    {
        foreach (string name in Texts)
        {
            flags.Text(name, "", "Accepted.");
        }
    }
}
