using Keelson.Flags;

namespace Keelson.Commands.Kubelet;

/// <summary>Flags that units of kubelets have and that change nothing here.</summary>
internal static class KubeletUnusedFlags
{
    private static readonly string[] Texts =
    [
        "cgroup-driver", "pod-infra-container-image", "runtime-cgroups",
        "kubelet-cgroups", "volume-plugin-dir", "image-service-endpoint", "runtime-request-timeout",
    ];

    private static readonly string[] Switches =
    [
        "enable-controller-attach-detach",
    ];

    /// <summary>Declares them.</summary>
    public static void Declare(FlagSection flags)
    {
        foreach (string name in Texts)
        {
            flags.Text(name, "", "Accepted.");
        }

        foreach (string name in Switches)
        {
            flags.Switch(name, true, "Accepted.");
        }

        flags.Of(
            "feature-gates",
            FlagForms.Pairs with { TypeName = "mapStringBool" },
            new Dictionary<string, string>(),
            "Accepted.");
    }
}
