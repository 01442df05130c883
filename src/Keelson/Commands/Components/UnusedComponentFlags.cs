using Keelson.Flags;

namespace Keelson.Commands.Components;

/// <summary>Flags that manifests give to components and that change nothing here.</summary>
internal static class UnusedComponentFlags
{
    private static readonly string[] Texts =
    [
        "requestheader-client-ca-file", "cluster-name", "flex-volume-plugin-dir",
    ];

    private static readonly string[] ConcurrencyNames =
    [
        "deployment", "replicaset", "statefulset", "daemonset", "job", "cron-job", "namespace", "gc", "service", "endpoint",
        "service-endpoint", "resource-quota", "serviceaccount-token", "ttl-after-finished", "rc", "horizontal-pod-autoscaler",
        "ephemeralvolume", "validating-admission-policy-status",
    ];

    /// <summary>Declares those of all components.</summary>
    public static void Declare(FlagSection flags)
    {
        foreach (string name in Texts)
        {
            flags.Text(name, "", "Accepted.");
        }

        flags.Switch("profiling", true, "Accepted.");
        flags.Of(
            "feature-gates",
            FlagForms.Pairs with { TypeName = "mapStringBool" },
            new Dictionary<string, string>(),
            "Accepted.");
    }

    /// <summary>Declares how many keys each controller works on at once.</summary>
    public static void DeclareConcurrency(FlagSection flags)
    {
        foreach (string concurrency in ConcurrencyNames)
        {
            flags.Number($"concurrent-{concurrency}-syncs", 5, "Accepted; controllers choose for themselves.");
        }
    }
}
