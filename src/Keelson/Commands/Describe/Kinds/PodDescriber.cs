using Keelson.Clusters;
using Keelson.Machinery.Trees;

namespace Keelson.Commands.Describe.Kinds;

/// <summary>Pods, and the templates of pods.</summary>
internal static class PodDescriber
{
    public static async Task DescribeAsync(ObjectTree pod, Description text, DescribeContext context)
    {
        text.Names(pod);
        WritePlace(pod, text, context);
        text.Notes(pod);
        WriteState(pod, text, context);
        text.ControlledBy(pod);
        if (pod.TextAt("status", "nominatedNodeName") is { Length: > 0 } nominated)
        {
            text.Line($"NominatedNodeName:\t{nominated}");
        }

        ContainerDescription containers = new(text, context, pod);
        if (pod.Node("spec", "resources") is { } resources)
        {
            text.Line("Resources:");
            containers.WriteResources(resources, 1);
        }

        WriteContainers(pod, containers);
        WriteConditions(pod, text);
        VolumeDescription.Write(text, pod.Objects("spec", "volumes"), "");
        text.Line($"QoS Class:\t{pod.TextAt("status", "qosClass")}");
        text.Pairs("Node-Selectors", pod.Pairs("spec", "nodeSelector"));
        text.Tolerations("Tolerations", pod.Objects("spec", "tolerations"));
        text.TopologySpread(pod.Objects("spec", "topologySpreadConstraints"), "");
        await text.EventsAsync(pod, context);
    }

    /// <summary>The template of a workload's pods.</summary>
    public static void DescribeTemplate(ObjectTree? template, Description text, DescribeContext context)
    {
        text.Line("Pod Template:");
        if (template is null)
        {
            text.Write(1, "<unset>");
            return;
        }

        text.Pairs("  Labels", template.Pairs("metadata", "labels"));
        if (template.Pairs("metadata", "annotations") is { Count: > 0 } annotations)
        {
            text.Annotations("  Annotations", annotations);
        }

        ObjectTree spec = template.Node("spec") ?? new ObjectTree();
        if (spec.TextAt("serviceAccountName") is { Length: > 0 } account)
        {
            text.Write(1, $"Service Account:\t{account}\n");
        }

        ContainerDescription containers = new(text, context, null);
        if (spec.Objects("initContainers") is { Count: > 0 } first)
        {
            containers.Write("Init Containers", first, [], "  ");
        }

        containers.Write("Containers", spec.Objects("containers"), [], "  ");
        VolumeDescription.Write(text, spec.Objects("volumes"), "  ");
        text.TopologySpread(spec.Objects("topologySpreadConstraints"), "  ");
        if (spec.TextAt("priorityClassName") is { Length: > 0 } priority)
        {
            text.Write(1, $"Priority Class Name:\t{priority}\n");
        }

        text.Pairs("Node-Selectors", spec.Pairs("nodeSelector"), "  ");
        text.Tolerations("Tolerations", spec.Objects("tolerations"), "  ");
    }

    private static void WritePlace(ObjectTree pod, Description text, DescribeContext context)
    {
        ObjectTree spec = pod.Node("spec") ?? new ObjectTree();
        if (spec.Number("priority") is { } priority)
        {
            text.Line($"Priority:\t{priority}");
        }

        WriteIfThere(text, "Priority Class Name", spec.TextAt("priorityClassName"));
        WriteIfThere(text, "Runtime Class Name", spec.TextAt("runtimeClassName"));
        WriteIfThere(text, "Service Account", spec.TextAt("serviceAccountName"));
        string node = spec.TextAt("nodeName");
        text.Line(node.Length == 0 ? "Node:\t<none>" : $"Node:\t{node}/{pod.TextAt("status", "hostIP")}");
        if (pod.Instant("status", "startTime") is { } start)
        {
            text.Line($"Start Time:\t{context.Date(start)}");
        }
    }

    private static void WriteState(ObjectTree pod, Description text, DescribeContext context)
    {
        string phase = pod.TextAt("status", "phase");
        if (pod.Instant("metadata", "deletionTimestamp") is { } deleted && phase is not ("Failed" or "Succeeded"))
        {
            text.Line($"Status:\tTerminating (lasts {context.Since(deleted)})");
            text.Line($"Termination Grace Period:\t{pod.Number("metadata", "deletionGracePeriodSeconds") ?? 0}s");
        }
        else
        {
            text.Line($"Status:\t{phase}");
        }

        WriteIfThere(text, "Reason", pod.TextAt("status", "reason"));
        WriteIfThere(text, "Message", pod.TextAt("status", "message"));
        if (pod.Node("spec", "securityContext", "seccompProfile") is { } profile)
        {
            text.Line($"SeccompProfile:\t{profile.TextAt("type")}");
            if (profile.TextAt("type") == "Localhost")
            {
                text.Line($"LocalhostProfile:\t{profile.TextAt("localhostProfile")}");
            }
        }

        text.Line($"IP:\t{pod.TextAt("status", "podIP")}");
        IReadOnlyList<ObjectTree> addresses = pod.Objects("status", "podIPs");
        text.Line(addresses.Count == 0 ? "IPs:\t<none>" : "IPs:");
        foreach (ObjectTree address in addresses)
        {
            text.Write(1, $"IP:\t{address.TextAt("ip")}\n");
        }
    }

    private static void WriteContainers(ObjectTree pod, ContainerDescription containers)
    {
        if (pod.Objects("spec", "initContainers") is { Count: > 0 } first)
        {
            containers.Write("Init Containers", first, pod.Objects("status", "initContainerStatuses"), "");
        }

        containers.Write(
            "Containers", pod.Objects("spec", "containers"), pod.Objects("status", "containerStatuses"), "");
        if (pod.Objects("spec", "ephemeralContainers") is { Count: > 0 } ephemeral)
        {
            containers.Write(
                "Ephemeral Containers", ephemeral, pod.Objects("status", "ephemeralContainerStatuses"), "");
        }
    }

    private static void WriteConditions(ObjectTree pod, Description text)
    {
        IReadOnlyList<ObjectTree> conditions = pod.Objects("status", "conditions");
        if (pod.Objects("spec", "readinessGates") is { Count: > 0 } gates)
        {
            text.Write(0, "Readiness Gates:\n  Type\tStatus\n");
            foreach (string type in gates.Select(gate => gate.TextAt("conditionType")))
            {
                string status = conditions.FirstOrDefault(one => one.TextAt("type") == type)?.TextAt("status")
                    ?? "<none>";
                text.Write(1, $"{type} \t{status} \n");
            }
        }

        if (conditions.Count > 0)
        {
            text.Write(0, "Conditions:\n  Type\tStatus\n");
            foreach (ObjectTree condition in conditions)
            {
                text.Write(1, $"{condition.TextAt("type")} \t{condition.TextAt("status")} \n");
            }
        }
    }

    private static void WriteIfThere(Description text, string title, string value)
    {
        if (value.Length > 0)
        {
            text.Line($"{title}:\t{value}");
        }
    }
}
