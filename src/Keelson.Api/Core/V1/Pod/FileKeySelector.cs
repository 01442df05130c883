using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>Points at one variable in an environment file that lies on a volume of the pod.</summary>
[ApiType("io.k8s.api.core.v1.FileKeySelector", Atomic = true)]
public sealed partial record FileKeySelector
{
    /// <summary>
    /// Volume of the pod that holds the file, normally an emptyDir filled by an init container. The container need
    /// not mount it.
    /// </summary>
    [Field(1, Always = true, Required = true)]
    public partial string VolumeName { get; init; }

    /// <summary>
    /// Path of the file, relative to the root of the volume, without leading slash and without .. elements.
    /// </summary>
    [Field(2, Always = true, Required = true)]
    public partial string Path { get; init; }

    /// <summary>
    /// Name of the variable within the file, following the rules for names of environment variables, at most 128
    /// characters.
    /// </summary>
    [Field(3, Always = true, Required = true)]
    public partial string Key { get; init; }

    /// <summary>
    /// If true the variable is left unset when the file or the key is missing; otherwise the container does not
    /// start. Defaults to false.
    /// </summary>
    [Field(4, Default = "false")]
    public partial bool? Optional { get; init; }
}
