using Keelson.Clusters;
using Keelson.Machinery.Trees;
using Keelson.Machinery.Values;

namespace Keelson.Commands.Describe.Kinds;

/// <summary>Containers, of pods and of templates.</summary>
/// <param name="text">Gets the lines.</param>
/// <param name="context">For times.</param>
/// <param name="pod">The pod; null for a template, where nothing runs.</param>
internal sealed class ContainerDescription(Description text, DescribeContext context, ObjectTree? pod)
{
    /// <summary>All containers of a list.</summary>
    public void Write(
        string title, IReadOnlyList<ObjectTree> containers, IReadOnlyList<ObjectTree> statuses, string indent)
    {
        text.Write(0, $"{indent}{title}:{(containers.Count == 0 ? " <none>" : "")}\n");
        foreach (ObjectTree container in containers)
        {
            ObjectTree? status = statuses.FirstOrDefault(one => one.TextAt("name") == container.TextAt("name"));
            WriteBasics(container, status, indent.Length > 0 ? " " : "");
            WriteWords("Command", container.Texts("command"));
            WriteWords("Args", container.Texts("args"));
            if (status is not null)
            {
                WriteStatus(status);
            }

            WriteResources(container.Node("resources"), 2);
            WriteProbe("Liveness", container.Node("livenessProbe"));
            WriteProbe("Readiness", container.Node("readinessProbe"));
            WriteProbe("Startup", container.Node("startupProbe"));
            WriteEnvironment(container);
            WriteMounts(container);
        }
    }

    /// <summary>Limits and requests.</summary>
    public void WriteResources(ObjectTree? resources, int level)
    {
        foreach ((string title, string field) in ((string, string)[])[("Limits", "limits"), ("Requests", "requests")])
        {
            IReadOnlyList<KeyValuePair<string, string>> amounts = resources?.Pairs(field) ?? [];
            if (amounts.Count > 0)
            {
                text.Write(level, $"{title}:\n");
                foreach ((string name, string amount) in amounts)
                {
                    text.Write(level + 1, $"{name}:\t{amount}\n");
                }
            }
        }
    }

    private void WriteBasics(ObjectTree container, ObjectTree? status, string indent)
    {
        text.Write(1, $"{indent}{container.TextAt("name")}:\n");
        if (status is not null)
        {
            text.Write(2, $"Container ID:\t{status.TextAt("containerID")}\n");
        }

        text.Write(2, $"Image:\t{container.TextAt("image")}\n");
        if (status is not null)
        {
            text.Write(2, $"Image ID:\t{status.TextAt("imageID")}\n");
        }

        IReadOnlyList<ObjectTree> ports = container.Objects("ports");
        WritePorts("Port", [.. ports.Select(port => $"{port.Number("containerPort")}/{Protocol(port)}")]);
        WritePorts("Host Port", [.. ports.Select(port => $"{port.Number("hostPort") ?? 0}/{Protocol(port)}")]);
        if (container.Node("securityContext", "seccompProfile") is { } profile)
        {
            text.Write(2, $"SeccompProfile:\t{profile.TextAt("type")}\n");
            if (profile.TextAt("type") == "Localhost")
            {
                text.Write(3, $"LocalhostProfile:\t{profile.TextAt("localhostProfile")}\n");
            }
        }
    }

    private static string Protocol(ObjectTree port) => port.TextAt("protocol") is { Length: > 0 } named ? named : "TCP";

    private void WritePorts(string title, IReadOnlyList<string> ports) => text.Write(
        2, $"{title}{(ports.Count > 1 ? "s" : "")}:\t{(ports.Count == 0 ? "<none>" : string.Join(", ", ports))}\n");

    private void WriteWords(string title, IReadOnlyList<string> words)
    {
        if (words.Count > 0)
        {
            text.Write(2, $"{title}:\n");
            foreach (string line in words.SelectMany(word => word.Split('\n')))
            {
                text.Write(3, line + "\n");
            }
        }
    }

    private void WriteStatus(ObjectTree status)
    {
        WriteState("State", status.Node("state"));
        if (status.Node("lastState", "terminated") is not null)
        {
            WriteState("Last State", status.Node("lastState"));
        }

        text.Write(2, $"Ready:\t{DescriptionParts.YesNo(status.Truth("ready"))}\n");
        text.Write(2, $"Restart Count:\t{status.Number("restartCount") ?? 0}\n");
    }

    private void WriteState(string title, ObjectTree? state)
    {
        if (state?.Node("running") is { } running)
        {
            text.Write(2, $"{title}:\tRunning\n");
            text.Write(3, $"Started:\t{context.Date(running.Instant("startedAt"))}\n");
        }
        else if (state?.Node("terminated") is { } terminated)
        {
            text.Write(2, $"{title}:\tTerminated\n");
            WriteIfThere("Reason", terminated.TextAt("reason"));
            WriteIfThere("Message", terminated.TextAt("message"));
            text.Write(3, $"Exit Code:\t{terminated.Number("exitCode") ?? 0}\n");
            if (terminated.Number("signal") is > 0 and var signal)
            {
                text.Write(3, $"Signal:\t{signal}\n");
            }

            text.Write(3, $"Started:\t{context.Date(terminated.Instant("startedAt"))}\n");
            text.Write(3, $"Finished:\t{context.Date(terminated.Instant("finishedAt"))}\n");
        }
        else
        {
            text.Write(2, $"{title}:\tWaiting\n");
            WriteIfThere("Reason", state?.TextAt("waiting", "reason") ?? "");
        }
    }

    private void WriteIfThere(string title, string value)
    {
        if (value.Length > 0)
        {
            text.Write(3, $"{title}:\t{value}\n");
        }
    }

    private void WriteProbe(string title, ObjectTree? probe)
    {
        if (probe is null)
        {
            return;
        }

        string attributes =
            $"delay={probe.Number("initialDelaySeconds") ?? 0}s timeout={probe.Number("timeoutSeconds") ?? 0}s "
            + $"period={probe.Number("periodSeconds") ?? 0}s #success={probe.Number("successThreshold") ?? 0} "
            + $"#failure={probe.Number("failureThreshold") ?? 0}";
        string action = probe switch
        {
            _ when probe.Node("exec") is { } exec => "exec " + DescriptionParts.GoList(exec.Texts("command")),
            _ when probe.Node("httpGet") is { } http => "http-get " + Address(http),
            _ when probe.Node("tcpSocket") is { } tcp => $"tcp-socket {tcp.TextAt("host")}:{tcp.Scalar("port")}",
            _ when probe.Node("grpc") is { } grpc => $"grpc <pod>:{grpc.Scalar("port")} {grpc.TextAt("service")}",
            _ => "unknown",
        };
        text.Write(2, $"{title}:\t{action} {attributes}\n");
    }

    private static string Address(ObjectTree http)
    {
        string scheme = http.TextAt("scheme").ToLowerInvariant();
        string path = http.TextAt("path");
        return $"{(scheme.Length > 0 ? scheme : "http")}://{http.TextAt("host")}:{http.Scalar("port")}"
            + (path.Length == 0 || path.StartsWith('/') ? path : "/" + path);
    }

    private void WriteEnvironment(ObjectTree container)
    {
        IReadOnlyList<ObjectTree> sources = container.Objects("envFrom");
        if (sources.Count > 0)
        {
            text.Write(2, "Environment Variables from:\n");
            foreach (ObjectTree source in sources)
            {
                (string from, ObjectTree? reference) = source.Node("configMapRef") is { } map
                    ? ("ConfigMap", map)
                    : ("Secret", source.Node("secretRef"));
                string prefix = source.TextAt("prefix");
                string shown = prefix.Length > 0 ? $"{from} with prefix '{prefix}'" : from;
                text.Write(3, $"{reference?.TextAt("name")}\t{shown}\tOptional: {Optional(reference)}\n");
            }
        }

        IReadOnlyList<ObjectTree> variables = container.Objects("env");
        text.Write(2, $"Environment:{(variables.Count == 0 ? "\t<none>" : "")}\n");
        foreach (ObjectTree variable in variables)
        {
            string[] lines = ValueOf(variable, container).Split('\n');
            text.Write(3, $"{variable.TextAt("name")}:\t{lines[0]}\n");
            foreach (string line in lines.Skip(1))
            {
                text.Write(3, $"\t{line}\n");
            }
        }
    }

    private static string Optional(ObjectTree? reference) => reference?.Truth("optional") == true ? "true" : "false";

    private string ValueOf(ObjectTree variable, ObjectTree container)
    {
        if (variable.Node("valueFrom") is not { } from)
        {
            return variable.TextAt("value");
        }

        if (from.Node("fieldRef") is { } field)
        {
            return $"{FieldValue(field.TextAt("fieldPath"))} "
                + $"({field.TextAt("apiVersion")}:{field.TextAt("fieldPath")})";
        }

        if (from.Node("resourceFieldRef") is { } resource)
        {
            return $"{ResourceValue(resource, container)} ({resource.TextAt("resource")})";
        }

        if (from.Node("secretKeyRef") is { } secret)
        {
            return $"<set to the key '{secret.TextAt("key")}' in secret '{secret.TextAt("name")}'>\t"
                + $"Optional: {Optional(secret)}";
        }

        ObjectTree? map = from.Node("configMapKeyRef");
        return $"<set to the key '{map?.TextAt("key")}' of config map '{map?.TextAt("name")}'>\tOptional: "
            + $"{Optional(map)}";
    }

    private string FieldValue(string path)
    {
        // kubectl knows no other fields.
        bool isKnown = path is "metadata.name" or "metadata.namespace" or "metadata.uid";
        return isKnown && pod is not null ? pod.Scalar(path.Split('.')) : "";
    }

    private string ResourceValue(ObjectTree reference, ObjectTree container)
    {
        string[] path = ["resources", .. reference.TextAt("resource").Split('.', 2)];
        ObjectTree of = reference.TextAt("containerName") is { Length: > 0 } named
            ? pod?.Objects("spec", "containers").FirstOrDefault(one => one.TextAt("name") == named) ?? container
            : container;
        if (of.Amount(path) is not { } amount)
        {
            return path[1] == "limits" && path[^1] is "cpu" or "memory" ? "node allocatable" : "0";
        }

        Quantity divisor = reference.Amount("divisor") is { IsZero: false } given ? given : Quantity.FromValue(1);
        return path[^1] == "cpu"
            ? ((amount.MilliValue + divisor.MilliValue - 1) / Math.Max(1, divisor.MilliValue)).ToString()
            : ((amount.Value + divisor.Value - 1) / Math.Max(1, divisor.Value)).ToString();
    }

    private void WriteMounts(ObjectTree container)
    {
        IReadOnlyList<ObjectTree> mounts = container.Objects("volumeMounts");
        text.Write(2, $"Mounts:{(mounts.Count == 0 ? "\t<none>" : "")}\n");
        foreach (ObjectTree mount in mounts.OrderBy(one => one.TextAt("mountPath"), StringComparer.Ordinal))
        {
            string flags = mount.Truth("readOnly") ? "ro" : "rw";
            flags += mount.TextAt("subPath") is { Length: > 0 } path ? $",path=\"{path}\"" : "";
            text.Write(3, $"{mount.TextAt("mountPath")} from {mount.TextAt("name")} ({flags})\n");
        }

        IReadOnlyList<ObjectTree> devices = container.Objects("volumeDevices");
        if (devices.Count > 0)
        {
            text.Write(2, "Devices:\n");
            foreach (ObjectTree device in devices.OrderBy(one => one.TextAt("devicePath"), StringComparer.Ordinal))
            {
                text.Write(3, $"{device.TextAt("devicePath")} from {device.TextAt("name")}\n");
            }
        }
    }
}
