using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.Tests.Pods;

/// <summary>Pods to decide about, and the moment at which it is done.</summary>
internal static class TestPods
{
    public static Time Now { get; } = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public static Time Ago(double seconds) => new(Now.Instant.AddSeconds(-seconds));

    /// <summary>A running pod that has been ready since it was made, <paramref name="age"/> seconds ago.</summary>
    public static Pod Ready(string name, double age = 100, string node = "n") => Of(name, age, node, "Running", "True");

    /// <summary>A running pod that is not ready.</summary>
    public static Pod Unready(string name, double age = 100, string node = "n") =>
        Of(name, age, node, "Running", "False");

    /// <summary>A pod that has ended.</summary>
    public static Pod Ended(string name, string phase, double age = 100) => Of(name, age, "n", phase, "False");

    public static Pod Going(this Pod pod) => pod with { Metadata = pod.Metadata with { DeletionTimestamp = Now } };

    public static Pod Labeled(this Pod pod, string key, string value) =>
        pod with { Metadata = pod.Metadata with { Labels = pod.Metadata.Labels.With(key, value) } };

    public static Pod Annotated(this Pod pod, string key, string value) =>
        pod with { Metadata = pod.Metadata with { Annotations = pod.Metadata.Annotations.With(key, value) } };

    public static Pod At(this Pod pod, params string[] addresses) => pod with
    {
        Status = pod.Status with
        {
            PodIP = addresses[0],
            PodIPs = addresses.Select(static one => new PodIP { Ip = one }).ToApiList(),
        },
    };

    public static string[] NamesOf(IEnumerable<Pod> pods) => [.. pods.Select(static one => one.Metadata.Name)];

    private static Pod Of(string name, double age, string node, string phase, string ready) => new()
    {
        Metadata = ObjectMeta.Empty with
        {
            Name = name,
            Namespace = "default",
            Uid = "uid-" + name,
            CreationTimestamp = Ago(age),
        },
        Spec = new PodSpec { NodeName = node },
        Status = new PodStatus
        {
            Phase = phase,
            Conditions = [new PodCondition { Type = "Ready", Status = ready, LastTransitionTime = Ago(age) }],
        },
    };
}
