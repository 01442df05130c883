using Keelson.Clusters;
using Keelson.Machinery.Trees;

namespace Keelson.Commands.Describe.Kinds;

/// <summary>Volumes of pods and templates, and what persistent volumes consist of.</summary>
internal static class VolumeDescription
{
    private const string None = "<none>";

    public static void Write(Description text, IReadOnlyList<ObjectTree> volumes, string indent)
    {
        if (volumes.Count == 0)
        {
            text.Write(0, $"{indent}Volumes:\t{None}\n");
            return;
        }

        text.Write(0, $"{indent}Volumes:\n");
        foreach (ObjectTree volume in volumes)
        {
            text.Write(1, $"{(indent.Length > 0 ? " " : "")}{volume.TextAt("name")}:\n");
            WriteSource(text, volume);
        }
    }

    /// <summary>The source of a volume, below it.</summary>
    public static void WriteSource(Description text, ObjectTree volume)
    {
        if (volume.Node("projected") is { } projected)
        {
            WriteProjected(text, projected);
            return;
        }

        if (volume.Node("downwardAPI") is { } downward)
        {
            text.Write(2, "Type:\tDownwardAPI (a volume populated by information about the pod)\n    Items:\n");
            foreach (ObjectTree item in downward.Objects("items"))
            {
                string from = item.Node("fieldRef") is { } field
                    ? field.TextAt("fieldPath")
                    : item.TextAt("resourceFieldRef", "resource");
                text.Write(3, $"{from} -> {item.TextAt("path")}\n");
            }

            return;
        }

        if (volume.Node("csi") is { } csi)
        {
            WriteCsi(text, csi);
            return;
        }

        (string type, (string, string)[] fields) = Simple(volume);
        if (type.Length == 0)
        {
            text.Write(1, "<unknown>\n");
            return;
        }

        text.Write(2, $"Type:\t{type}\n");
        foreach ((string name, string value) in fields)
        {
            text.Write(2, $"{name}:\t{value}\n");
        }
    }

    private static (string Type, (string, string)[] Fields) Simple(ObjectTree volume)
    {
        if (volume.Node("hostPath") is { } host)
        {
            string type = host.Contains("type") ? host.TextAt("type") : None;
            return ("HostPath (bare host directory volume)", [("Path", host.TextAt("path")), ("HostPathType", type)]);
        }

        if (volume.Node("emptyDir") is { } empty)
        {
            string limit = empty.Scalar("sizeLimit") is { Length: > 0 } given ? given : "<unset>";
            return ("EmptyDir (a temporary directory that shares a pod's lifetime)",
                [("Medium", empty.TextAt("medium")), ("SizeLimit", limit)]);
        }

        if (volume.Node("secret") is { } secret)
        {
            return ("Secret (a volume populated by a Secret)",
                [("SecretName", secret.TextAt("secretName")), ("Optional", Truth(secret, "optional"))]);
        }

        if (volume.Node("configMap") is { } map)
        {
            return ("ConfigMap (a volume populated by a ConfigMap)",
                [("Name", map.TextAt("name")), ("Optional", Truth(map, "optional"))]);
        }

        if (volume.Node("persistentVolumeClaim") is { } claim)
        {
            return ("PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)",
                [("ClaimName", claim.TextAt("claimName")), ("ReadOnly", Truth(claim, "readOnly"))]);
        }

        if (volume.Node("nfs") is { } nfs)
        {
            return ("NFS (an NFS mount that lasts the lifetime of a pod)",
            [
                ("Server", nfs.TextAt("server")), ("Path", nfs.TextAt("path")), ("ReadOnly", Truth(nfs, "readOnly")),
            ]);
        }

        if (volume.Node("image") is { } image)
        {
            return ("Image (a container image or OCI artifact)",
                [("Reference", image.TextAt("reference")), ("PullPolicy", image.TextAt("pullPolicy"))]);
        }

        if (volume.Node("local") is { } local)
        {
            return ("LocalVolume (a persistent volume backed by local storage on a node)",
                [("Path", local.TextAt("path"))]);
        }

        return volume.Node("ephemeral", "volumeClaimTemplate") is { } template
            ? ("EphemeralVolume (an inline specification for a volume that gets created and deleted with the pod)",
                EphemeralFields(template))
            : ("", []);
    }

    private static (string, string)[] EphemeralFields(ObjectTree template) =>
    [
        ("StorageClass", template.TextAt("spec", "storageClassName")),
        ("Volume", template.TextAt("spec", "volumeName")),
        ("Labels", DescriptionParts.LabelText(template.Pairs("metadata", "labels"))),
        ("Annotations", DescriptionParts.LabelText(template.Pairs("metadata", "annotations"))),
        ("Capacity", template.Scalar("spec", "resources", "requests", "storage")),
        ("Access Modes", DescriptionParts.AccessModes(template.Texts("spec", "accessModes"))),
        ("VolumeMode", template.TextAt("spec", "volumeMode")),
    ];

    private static void WriteProjected(Description text, ObjectTree projected)
    {
        text.Write(2, "Type:\tProjected (a volume that contains injected data from multiple sources)\n");
        foreach (ObjectTree source in projected.Objects("sources"))
        {
            if (source.Node("secret") is { } secret)
            {
                text.Write(2, $"SecretName:\t{secret.TextAt("name")}\n    Optional:\t{Truth(secret, "optional")}\n");
            }
            else if (source.Node("downwardAPI") is not null)
            {
                text.Write(2, "DownwardAPI:\ttrue\n");
            }
            else if (source.Node("configMap") is { } map)
            {
                text.Write(2, $"ConfigMapName:\t{map.TextAt("name")}\n    Optional:\t{Truth(map, "optional")}\n");
            }
            else if (source.Node("serviceAccountToken") is { } token)
            {
                text.Write(2, $"TokenExpirationSeconds:\t{token.Number("expirationSeconds")}\n");
            }
        }
    }

    private static void WriteCsi(Description text, ObjectTree csi)
    {
        text.Write(2, "Type:\tCSI (a Container Storage Interface (CSI) volume source)\n");
        text.Write(2, $"Driver:\t{csi.TextAt("driver")}\n");
        text.Write(2, $"FSType:\t{csi.TextAt("fsType")}\n");
        if (csi.Contains("volumeHandle"))
        {
            text.Write(2, $"VolumeHandle:\t{csi.TextAt("volumeHandle")}\n");
        }

        text.Write(2, $"ReadOnly:\t{Truth(csi, "readOnly")}\n");
        IReadOnlyList<KeyValuePair<string, string>> attributes = csi.Pairs("volumeAttributes");
        text.Write(2, "VolumeAttributes:\t");
        if (attributes.Count == 0)
        {
            text.Line(None);
        }

        foreach ((int index, (string name, string value)) in attributes.Index())
        {
            text.Write(0, (index == 0 ? "" : "    \t") + $"    {name}={value}\n");
        }
    }

    private static string Truth(ObjectTree node, string field) => node.Truth(field) ? "true" : "false";
}
