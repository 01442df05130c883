using System.Collections.Immutable;
using Keelson.Api.Core.V1;

namespace Keelson.Simulation;

/// <summary>The variables of a container and the files of its volumes, as scripts ask for them.</summary>
internal static class ContainerSurroundings
{
    private const string OnHost = "host:";

    /// <summary>What a container's script finds.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="container">The container.</param>
    /// <param name="files">The files of the pod's volumes.</param>
    /// <param name="host">The files of the node.</param>
    public static ScriptSurroundings Of(
        Pod pod, Container container, ImmutableHashSet<string> files, SimulatedFiles host) => new(
        name => VariableOf(pod, container, name),
        path => KeyOf(pod, container, path) is { } key
            && (IsOnHost(key) ? host.Contains(key) : files.Contains(key)));

    /// <summary>Where files lie that a container made: those of volumes stay, the others go with the
    /// container.</summary>
    public static IEnumerable<string> Kept(Pod pod, Container container, IEnumerable<string> touched) =>
        touched.Select(path => KeyOf(pod, container, path)).OfType<string>();

    /// <summary>True for a file that lies on the node, where other pods see it.</summary>
    public static bool IsOnHost(string key) => key.StartsWith(OnHost, StringComparison.Ordinal);

    private static string? KeyOf(Pod pod, Container container, string path)
    {
        VolumeMount? mount = container.VolumeMounts
            .Where(one => path.StartsWith(one.MountPath.TrimEnd('/') + "/", StringComparison.Ordinal))
            .MaxBy(static one => one.MountPath.Length);
        if (mount is null || pod.Spec.Volumes.FirstOrDefault(one => one.Name == mount.Name) is not { } volume)
        {
            return null;
        }

        string rest = path[mount.MountPath.TrimEnd('/').Length..];
        return volume.VolumeSource.HostPath is { } host ? OnHost + host.Path.TrimEnd('/') + rest : volume.Name + rest;
    }

    private static string? VariableOf(Pod pod, Container container, string name)
    {
        EnvVar? variable = container.Env.LastOrDefault(one => one.Name == name);
        return variable?.ValueFrom is { } source ? FieldOf(pod, source.FieldRef?.FieldPath ?? "") : variable?.Value;
    }

    private static string? FieldOf(Pod pod, string path) => path switch
    {
        "metadata.name" => pod.Metadata.Name,
        "metadata.namespace" => pod.Metadata.Namespace,
        "metadata.uid" => pod.Metadata.Uid,
        "spec.nodeName" => pod.Spec.NodeName,
        "status.podIP" => pod.Status.PodIP,
        _ when KeyIn(path, "metadata.annotations") is { } key => pod.Metadata.Annotations.GetValueOrDefault(key),
        _ when KeyIn(path, "metadata.labels") is { } key => pod.Metadata.Labels.GetValueOrDefault(key),
        _ => null,
    };

    /// <summary>The key in <c>metadata.labels['key']</c>.</summary>
    private static string? KeyIn(string path, string map) =>
        path.StartsWith(map + "['", StringComparison.Ordinal) && path.EndsWith("']", StringComparison.Ordinal)
            ? path[(map.Length + 2)..^2]
            : null;
}
