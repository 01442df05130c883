using System.Globalization;
using Keelson.Api.Core.V1;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Nodes.Objects;

/// <summary>A value for a container, or why there is none.</summary>
/// <param name="Text">The value.</param>
/// <param name="Error">Null, or upstream's words for what is wrong.</param>
internal readonly record struct DownwardValue(string Text, string? Error)
{
    public static DownwardValue Failed(string error) => new("", error);
}

/// <summary>What pods may be told of themselves: fields, and resources of their containers.</summary>
internal static class DownwardFields
{
    /// <summary>A field of the pod's metadata, by path or with a subscript.</summary>
    public static DownwardValue OfMetadata(Pod pod, string path)
    {
        int bracket = path.IndexOf("['", StringComparison.Ordinal);
        if (bracket > 0 && path.EndsWith("']", StringComparison.Ordinal))
        {
            string key = path[(bracket + 2)..^2];
            return path[..bracket] switch
            {
                "metadata.annotations" => new(pod.Metadata.Annotations.GetValueOrDefault(key) ?? "", null),
                "metadata.labels" => new(pod.Metadata.Labels.GetValueOrDefault(key) ?? "", null),
                string field => DownwardValue.Failed($"fieldPath {GoText.Quote(field)} does not support subscript"),
            };
        }

        return path switch
        {
            "metadata.annotations" => new(Lines(pod.Metadata.Annotations), null),
            "metadata.labels" => new(Lines(pod.Metadata.Labels), null),
            "metadata.name" => new(pod.Metadata.Name, null),
            "metadata.namespace" => new(pod.Metadata.Namespace, null),
            "metadata.uid" => new(pod.Metadata.Uid, null),
            _ => DownwardValue.Failed("unsupported fieldPath: " + path),
        };
    }

    /// <summary>A resource of a container: the limit (the node's when it has none) or the request, divided.</summary>
    public static DownwardValue OfResource(
        Pod pod, Container container, ResourceFieldSelector field, ApiMap<Quantity> allocatable)
    {
        int dot = field.Resource.IndexOf('.', StringComparison.Ordinal);
        string source = dot < 0 ? "" : field.Resource[..dot];
        string name = field.Resource[(dot + 1)..];
        bool isKnown = name is "cpu" or "memory" or "ephemeral-storage"
            || name.StartsWith("hugepages-", StringComparison.Ordinal);
        if (!isKnown || source is not ("limits" or "requests"))
        {
            return DownwardValue.Failed("unsupported container resource : " + field.Resource);
        }

        Quantity amount = source == "limits"
            ? Limit(pod, container, name, allocatable)
            : container.Resources.Requests.GetValueOrDefault(name);
        Quantity divisor = field.Divisor.IsZero ? Quantity.FromValue(1) : field.Divisor;
        (long have, long unit) = name == "cpu"
            ? (amount.MilliValue, divisor.MilliValue)
            : (amount.Value, divisor.Value);
        long rounded = (long)Math.Ceiling((double)have / unit);
        return new(rounded.ToString(CultureInfo.InvariantCulture), null);
    }

    /// <summary>A resource of one of the pod's containers by the container's name.</summary>
    public static DownwardValue OfResource(Pod pod, ResourceFieldSelector field, ApiMap<Quantity> allocatable)
    {
        foreach (Container container in pod.Spec.Containers.Concat(pod.Spec.InitContainers))
        {
            if (container.Name == field.ContainerName)
            {
                return OfResource(pod, container, field, allocatable);
            }
        }

        return DownwardValue.Failed($"container {field.ContainerName} not found");
    }

    private static Quantity Limit(Pod pod, Container container, string name, ApiMap<Quantity> allocatable)
    {
        if (container.Resources.Limits.TryGetValue(name, out Quantity own) && !own.IsZero)
        {
            return own;
        }

        if (pod.Spec.Resources is { } shared && shared.Limits.TryGetValue(name, out Quantity ofPod))
        {
            return ofPod;
        }

        // Huge pages have no default: none are there unless asked for.
        return name is "cpu" or "memory" or "ephemeral-storage" ? allocatable.GetValueOrDefault(name) : own;
    }

    private static string Lines(ApiMap<string> map)
    {
        List<string> lines = [];
        foreach (KeyValuePair<string, string> pair in map)
        {
            lines.Add($"{pair.Key}={GoText.Quote(pair.Value)}");
        }

        return string.Join('\n', lines);
    }
}
