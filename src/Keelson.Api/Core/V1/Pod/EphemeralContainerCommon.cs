using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>
/// The part of an ephemeral container that has the same layout as an ordinary container. Several fields exist only
/// to keep this layout and must stay empty.
/// </summary>
[ApiType("io.k8s.api.core.v1.EphemeralContainerCommon")]
public sealed partial record EphemeralContainerCommon
{
    /// <summary>Name of the container, a DNS label that no other container of the pod has.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string Name { get; init; }

    /// <summary>Image to run, by tag or digest.</summary>
    [Field(2)]
    public partial string Image { get; init; }

    /// <summary>
    /// Replaces the entrypoint of the image, without a shell. $(NAME) is replaced by environment variables;
    /// $$(NAME) escapes it.
    /// </summary>
    [Field(3, List = ListType.Atomic)]
    public partial ApiList<string> Command { get; init; }

    /// <summary>
    /// Arguments of the entrypoint, replacing the default command of the image. Supports $(NAME) substitution.
    /// </summary>
    [Field(4, List = ListType.Atomic)]
    public partial ApiList<string> Args { get; init; }

    /// <summary>Directory in which the process starts. Defaults to the one set in the image.</summary>
    [Field(5)]
    public partial string WorkingDir { get; init; }

    /// <summary>Not allowed for ephemeral containers.</summary>
    [Field(
        6,
        List = ListType.Map,
        Keys = "containerPort,protocol",
        PatchStrategy = "merge",
        MergeKey = "containerPort")]
    public partial ApiList<ContainerPort> Ports { get; init; }

    /// <summary>
    /// ConfigMaps and Secrets whose entries all become environment variables; env wins over them.
    /// </summary>
    [Field(19, List = ListType.Atomic)]
    public partial ApiList<EnvFromSource> EnvFrom { get; init; }

    /// <summary>Environment variables of the container.</summary>
    [Field(7, List = ListType.Map, Keys = "name", PatchStrategy = "merge", MergeKey = "name")]
    public partial ApiList<EnvVar> Env { get; init; }

    /// <summary>Not allowed: ephemeral containers use what the pod has left over.</summary>
    [Field(8)]
    public partial ResourceRequirements Resources { get; init; }

    /// <summary>Not allowed for ephemeral containers.</summary>
    [Field(23, List = ListType.Atomic)]
    public partial ApiList<ContainerResizePolicy> ResizePolicy { get; init; }

    /// <summary>Not allowed: ephemeral containers are never restarted.</summary>
    [Field(24, GoType = "v1.ContainerRestartPolicy")]
    public partial string? RestartPolicy { get; init; }

    /// <summary>Not allowed for ephemeral containers.</summary>
    [Field(25, List = ListType.Atomic)]
    public partial ApiList<ContainerRestartRule> RestartPolicyRules { get; init; }

    /// <summary>Where volumes of the pod appear in the file system. Sub paths are not allowed here.</summary>
    [Field(9, List = ListType.Map, Keys = "mountPath", PatchStrategy = "merge", MergeKey = "mountPath")]
    public partial ApiList<VolumeMount> VolumeMounts { get; init; }

    /// <summary>Volumes that are handed to the container as raw block devices.</summary>
    [Field(21, List = ListType.Map, Keys = "devicePath", PatchStrategy = "merge", MergeKey = "devicePath")]
    public partial ApiList<VolumeDevice> VolumeDevices { get; init; }

    /// <summary>Not allowed for ephemeral containers.</summary>
    [Field(10)]
    public partial Probe? LivenessProbe { get; init; }

    /// <summary>Not allowed for ephemeral containers.</summary>
    [Field(11)]
    public partial Probe? ReadinessProbe { get; init; }

    /// <summary>Not allowed for ephemeral containers.</summary>
    [Field(22)]
    public partial Probe? StartupProbe { get; init; }

    /// <summary>Not allowed for ephemeral containers.</summary>
    [Field(12)]
    public partial Lifecycle? Lifecycle { get; init; }

    /// <summary>
    /// File in the container whose content becomes its termination message. Defaults to /dev/termination-log.
    /// </summary>
    [Field(13)]
    public partial string TerminationMessagePath { get; init; }

    /// <summary>Where the termination message comes from: File (default) or FallbackToLogsOnError.</summary>
    [Field(20, Enum = typeof(TerminationMessagePolicy))]
    public partial string TerminationMessagePolicy { get; init; }

    /// <summary>
    /// When the image is pulled: Always, IfNotPresent or Never. Defaults to Always for the tag latest or no tag,
    /// otherwise to IfNotPresent.
    /// </summary>
    [Field(14, Enum = typeof(PullPolicy))]
    public partial string ImagePullPolicy { get; init; }

    /// <summary>Security settings of this container, taking precedence over those of the pod.</summary>
    [Field(15)]
    public partial SecurityContext? SecurityContext { get; init; }

    /// <summary>Keeps standard input open so that clients can attach to it. Defaults to false.</summary>
    [Field(16)]
    public partial bool Stdin { get; init; }

    /// <summary>
    /// Closes standard input for good after the first attached client has left. Defaults to false.
    /// </summary>
    [Field(17)]
    public partial bool StdinOnce { get; init; }

    /// <summary>Allocates a terminal for the container; also needs stdin. Defaults to false.</summary>
    [Field(18)]
    public partial bool Tty { get; init; }
}
