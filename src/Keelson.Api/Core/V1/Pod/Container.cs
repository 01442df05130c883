using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>
/// One application process environment within a pod: an image with its command, resources, mounts and health
/// checks.
/// </summary>
[ApiType("io.k8s.api.core.v1.Container")]
public sealed partial record Container
{
    /// <summary>Name of the container, a DNS label that is unique within the pod. Immutable.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string Name { get; init; }

    /// <summary>
    /// Image to run, by tag or digest, for example registry.example.com/app:1.2. May be left out in templates whose
    /// controller fills it in. It is one of the few fields that can be changed on a running pod; the container is
    /// then restarted.
    /// </summary>
    [Field(2)]
    public partial string Image { get; init; }

    /// <summary>
    /// Replaces the entrypoint of the image; it is not run in a shell. $(NAME) is replaced by the environment
    /// variable of that name, $$(NAME) yields a literal $(NAME), and unknown names stay as they are. Immutable.
    /// </summary>
    [Field(3, List = ListType.Atomic)]
    public partial ApiList<string> Command { get; init; }

    /// <summary>
    /// Arguments of the entrypoint, replacing the default command of the image. The same $(NAME) substitution takes
    /// place as in command. Immutable.
    /// </summary>
    [Field(4, List = ListType.Atomic)]
    public partial ApiList<string> Args { get; init; }

    /// <summary>Directory in which the process starts. Defaults to the one set in the image. Immutable.</summary>
    [Field(5)]
    public partial string WorkingDir { get; init; }

    /// <summary>
    /// Ports the process listens on. Mainly informative, since an unlisted port can be reached as well, but names
    /// and host ports are taken from here. Immutable.
    /// </summary>
    [Field(
        6,
        List = ListType.Map,
        Keys = "containerPort,protocol",
        PatchStrategy = "merge",
        MergeKey = "containerPort")]
    public partial ApiList<ContainerPort> Ports { get; init; }

    /// <summary>
    /// ConfigMaps and Secrets whose entries all become environment variables. On equal names a later source wins,
    /// and entries of env win over all of them.
    /// </summary>
    [Field(19, List = ListType.Atomic)]
    public partial ApiList<EnvFromSource> EnvFrom { get; init; }

    /// <summary>Environment variables of the container, one entry per name. Immutable.</summary>
    [Field(7, List = ListType.Map, Keys = "name", PatchStrategy = "merge", MergeKey = "name")]
    public partial ApiList<EnvVar> Env { get; init; }

    /// <summary>
    /// CPU, memory and other resources that the container asks for and is limited to. CPU and memory can be altered
    /// on a running pod through the resize subresource.
    /// </summary>
    [Field(8)]
    public partial ResourceRequirements Resources { get; init; }

    /// <summary>
    /// For each resource, whether a change of its amount requires a restart of the container. Resources not listed
    /// need none.
    /// </summary>
    [Field(23, List = ListType.Atomic)]
    public partial ApiList<ContainerResizePolicy> ResizePolicy { get; init; }

    /// <summary>
    /// Restart behaviour of this container, overriding that of the pod: Always, OnFailure or Never. On an init
    /// container only Always has a special meaning: it turns it into a sidecar that runs alongside the app
    /// containers.
    /// </summary>
    [Field(24, GoType = "v1.ContainerRestartPolicy")]
    public partial string? RestartPolicy { get; init; }

    /// <summary>
    /// Rules checked in order when the container exits; the first that matches decides what happens, otherwise
    /// restartPolicy applies. At most 20 rules; restartPolicy must be set as well.
    /// </summary>
    [Field(25, List = ListType.Atomic)]
    public partial ApiList<ContainerRestartRule> RestartPolicyRules { get; init; }

    /// <summary>
    /// Where volumes of the pod appear in the file system of the container. Mount paths must be unique; immutable.
    /// </summary>
    [Field(9, List = ListType.Map, Keys = "mountPath", PatchStrategy = "merge", MergeKey = "mountPath")]
    public partial ApiList<VolumeMount> VolumeMounts { get; init; }

    /// <summary>Volumes that are handed to the container as raw block devices. Immutable.</summary>
    [Field(21, List = ListType.Map, Keys = "devicePath", PatchStrategy = "merge", MergeKey = "devicePath")]
    public partial ApiList<VolumeDevice> VolumeDevices { get; init; }

    /// <summary>
    /// Check of whether the container is still alive. The container is restarted when it fails repeatedly.
    /// </summary>
    [Field(10)]
    public partial Probe? LivenessProbe { get; init; }

    /// <summary>
    /// Check of whether the container can serve requests. While it fails the pod is left out of the endpoints of
    /// services.
    /// </summary>
    [Field(11)]
    public partial Probe? ReadinessProbe { get; init; }

    /// <summary>
    /// Check of whether the application has finished starting. The other probes are held back until it succeeds; if
    /// it never does, the container is restarted.
    /// </summary>
    [Field(22)]
    public partial Probe? StartupProbe { get; init; }

    /// <summary>Actions to run right after the container was started and before it is stopped.</summary>
    [Field(12)]
    public partial Lifecycle? Lifecycle { get; init; }

    /// <summary>
    /// File in the container whose content is shown as the message of its termination; at most 4096 bytes, and 12
    /// kB over all containers. Defaults to /dev/termination-log; immutable.
    /// </summary>
    [Field(13)]
    public partial string TerminationMessagePath { get; init; }

    /// <summary>
    /// Where the termination message comes from: File reads terminationMessagePath; FallbackToLogsOnError uses the
    /// end of the log (2048 bytes or 80 lines at most) if the file is empty and the container failed. Defaults to
    /// File.
    /// </summary>
    [Field(20, Enum = typeof(TerminationMessagePolicy))]
    public partial string TerminationMessagePolicy { get; init; }

    /// <summary>
    /// When the image is pulled: Always, IfNotPresent or Never. Defaults to Always for the tag latest or no tag,
    /// otherwise to IfNotPresent.
    /// </summary>
    [Field(14, Enum = typeof(PullPolicy))]
    public partial string ImagePullPolicy { get; init; }

    /// <summary>Security settings of this container. They take precedence over those of the pod.</summary>
    [Field(15)]
    public partial SecurityContext? SecurityContext { get; init; }

    /// <summary>
    /// Keeps standard input open so that clients can attach to it. Without it reads return end of file at once.
    /// Defaults to false.
    /// </summary>
    [Field(16)]
    public partial bool Stdin { get; init; }

    /// <summary>
    /// Closes standard input after the first attached client has disconnected; it then stays closed until the
    /// container restarts. Needs stdin. Defaults to false.
    /// </summary>
    [Field(17)]
    public partial bool StdinOnce { get; init; }

    /// <summary>Allocates a terminal for the container; also needs stdin. Defaults to false.</summary>
    [Field(18)]
    public partial bool Tty { get; init; }
}
