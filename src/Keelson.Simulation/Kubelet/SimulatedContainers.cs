using Keelson.Api.Core.V1;

namespace Keelson.Simulation.Kubelet;

/// <summary>The containers of a pod, of all kinds.</summary>
internal static class SimulatedContainers
{
    /// <summary>All of them: init containers, containers, ephemeral ones.</summary>
    public static IEnumerable<Container> All(Pod pod) =>
        pod.Spec.InitContainers.Concat(pod.Spec.Containers).Concat(pod.Spec.EphemeralContainers.Select(Plain));

    /// <summary>One of them; null for none.</summary>
    public static Container? Find(Pod pod, string name) => All(pod).FirstOrDefault(one => one.Name == name);

    /// <summary>What is known of all of them.</summary>
    public static IEnumerable<ContainerStatus> Statuses(Pod pod) => pod.Status.ContainerStatuses
        .Concat(pod.Status.InitContainerStatuses).Concat(pod.Status.EphemeralContainerStatuses);

    /// <summary>An ephemeral container as a plain one.</summary>
    public static Container Plain(EphemeralContainer one)
    {
        EphemeralContainerCommon common = one.EphemeralContainerCommon;
        return new Container
        {
            Name = common.Name,
            Image = common.Image,
            Command = common.Command,
            Args = common.Args,
            Env = common.Env,
            Stdin = common.Stdin,
            Tty = common.Tty,
        };
    }
}
