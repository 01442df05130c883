using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;

namespace Keelson.Nodes.Pods;

/// <summary>In which list of a pod a container is.</summary>
internal enum ContainerRole
{
    /// <summary>One of the pod's containers.</summary>
    Regular,

    /// <summary>Runs to its end before the pod's containers.</summary>
    Init,

    /// <summary>Started like an init container and kept running (restartPolicy Always).</summary>
    Sidecar,

    /// <summary>Added to a pod that runs.</summary>
    Ephemeral,
}

/// <summary>A container of a pod, whichever list it is in.</summary>
/// <param name="Container">The container; an ephemeral one by its common part.</param>
/// <param name="Role">The list.</param>
/// <param name="Target">For ephemeral ones: the container whose processes they see.</param>
internal sealed record ContainerSpec(Container Container, ContainerRole Role, string Target = "")
{
    /// <summary>The name.</summary>
    public string Name => Container.Name;

    /// <summary>The image.</summary>
    public string Image => Container.Image;

    /// <summary>The field of the pod's spec that lists it.</summary>
    public string ListName => Role switch
    {
        ContainerRole.Regular => "spec.containers",
        ContainerRole.Ephemeral => "spec.ephemeralContainers",
        _ => "spec.initContainers",
    };

    /// <summary>The init containers, sidecars among them.</summary>
    public static IEnumerable<ContainerSpec> InitOf(PodSpec spec)
    {
        for (int i = 0; i < spec.InitContainers.Count; i++)
        {
            Container one = spec.InitContainers[i];
            yield return new(one, PodResources.IsSidecar(one) ? ContainerRole.Sidecar : ContainerRole.Init);
        }
    }

    /// <summary>The containers proper.</summary>
    public static IEnumerable<ContainerSpec> RegularOf(PodSpec spec)
    {
        for (int i = 0; i < spec.Containers.Count; i++)
        {
            yield return new(spec.Containers[i], ContainerRole.Regular);
        }
    }

    /// <summary>The ephemeral containers.</summary>
    public static IEnumerable<ContainerSpec> EphemeralOf(PodSpec spec)
    {
        for (int i = 0; i < spec.EphemeralContainers.Count; i++)
        {
            EphemeralContainer one = spec.EphemeralContainers[i];
            yield return new(
                ToContainer(one.EphemeralContainerCommon), ContainerRole.Ephemeral, one.TargetContainerName);
        }
    }

    /// <summary>All of them.</summary>
    public static IEnumerable<ContainerSpec> AllOf(PodSpec spec) =>
        InitOf(spec).Concat(RegularOf(spec)).Concat(EphemeralOf(spec));

    private static Container ToContainer(EphemeralContainerCommon common) => new()
    {
        Name = common.Name,
        Image = common.Image,
        Command = common.Command,
        Args = common.Args,
        WorkingDir = common.WorkingDir,
        EnvFrom = common.EnvFrom,
        Env = common.Env,
        Resources = common.Resources,
        VolumeMounts = common.VolumeMounts,
        VolumeDevices = common.VolumeDevices,
        TerminationMessagePath = common.TerminationMessagePath,
        TerminationMessagePolicy = common.TerminationMessagePolicy,
        ImagePullPolicy = common.ImagePullPolicy,
        SecurityContext = common.SecurityContext,
        Stdin = common.Stdin,
        StdinOnce = common.StdinOnce,
        Tty = common.Tty,
    };
}
