using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>Makes a volume of the pod visible in a container.</summary>
[ApiType("io.k8s.api.core.v1.VolumeMount")]
public sealed partial record VolumeMount
{
    /// <summary>Name of the volume in spec.volumes.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string Name { get; init; }

    /// <summary>Mounts the volume read only if true. Defaults to false.</summary>
    [Field(2)]
    public partial bool ReadOnly { get; init; }

    /// <summary>
    /// Whether mounts below a read-only one become read only as well: Disabled (the default), IfPossible (where the
    /// runtime can) or Enabled (fail otherwise). Needs readOnly and, if set, mountPropagation None.
    /// </summary>
    [Field(7, GoType = "v1.RecursiveReadOnlyMode")]
    public partial string? RecursiveReadOnly { get; init; }

    /// <summary>Directory or file in the container at which the volume appears. Must not contain a colon.</summary>
    [Field(3, Always = true, Required = true)]
    public partial string MountPath { get; init; }

    /// <summary>
    /// Path within the volume to mount instead of its root. Relative and without .. elements. Such mounts do not
    /// receive updates of ConfigMaps and Secrets.
    /// </summary>
    [Field(4)]
    public partial string SubPath { get; init; }

    /// <summary>
    /// How mounts spread between node and container: None (the default), HostToContainer, or Bidirectional, which
    /// only privileged containers may use.
    /// </summary>
    [Field(5, Enum = typeof(MountPropagationMode))]
    public partial string? MountPropagation { get; init; }

    /// <summary>
    /// Like subPath, but with $(NAME) replaced by environment variables of the container. Cannot be combined with
    /// subPath.
    /// </summary>
    [Field(6)]
    public partial string SubPathExpr { get; init; }
}
