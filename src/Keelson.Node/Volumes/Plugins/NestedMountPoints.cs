using Keelson.Api.Core.V1;

namespace Keelson.Nodes.Volumes.Plugins;

/// <summary>
/// The places within a volume where a container mounts other volumes. They are made beforehand, because the runtime
/// can't make them where the volume is mounted read-only.
/// </summary>
internal static class NestedMountPoints
{
    /// <summary>
    /// Makes them for all containers of a pod; those within another nested mount are the other's matter.
    /// </summary>
    public static void Make(string volume, string directory, Pod pod)
    {
        HashSet<string> places = new(StringComparer.Ordinal);
        foreach (Container container in pod.Spec.InitContainers.Concat(pod.Spec.Containers))
        {
            foreach (VolumeMount outer in container.VolumeMounts)
            {
                if (outer.Name == volume && outer.SubPath.Length == 0 && outer.SubPathExpr.Length == 0)
                {
                    places.UnionWith(Within(outer, container));
                }
            }
        }

        foreach (string place in places)
        {
            string full = Path.GetFullPath(Path.Combine(directory, place));
            if (full.StartsWith(directory + "/", StringComparison.Ordinal))
            {
                Directory.CreateDirectory(full);
            }
        }
    }

    private static List<string> Within(VolumeMount outer, Container container)
    {
        string top = outer.MountPath.TrimEnd('/') + "/";
        List<string> places = [];
        foreach (string path in container.VolumeMounts
            .Where(one => one != outer && one.MountPath.StartsWith(top, StringComparison.Ordinal))
            .Select(one => one.MountPath[top.Length..].TrimEnd('/'))
            .Where(static one => one.Length > 0)
            .Order(StringComparer.Ordinal))
        {
            if (!places.Any(one => path.StartsWith(one + "/", StringComparison.Ordinal)))
            {
                places.Add(path);
            }
        }

        return places;
    }
}
