using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;
using Keelson.Nodes.Pods;

namespace Keelson.Nodes.Resize;

/// <summary>What a container needs to have what its pod was given.</summary>
internal enum ResizeNeed
{
    /// <summary>It has it.</summary>
    None,

    /// <summary>It is told while it runs.</summary>
    Update,

    /// <summary>It wants to be started anew.</summary>
    Restart,
}

/// <summary>Decides how containers that run get what their pods were given. Pure.</summary>
internal static class ResizePlanning
{
    /// <summary>What a container that runs needs.</summary>
    /// <param name="container">The container with what it was given.</param>
    /// <param name="actuated">What is in force; null when nobody knows.</param>
    public static ResizeNeed NeedOf(Container container, ResourceRequirements? actuated)
    {
        if (actuated is null)
        {
            return ResizeNeed.None;
        }

        ResizeNeed need = ResizeNeed.None;
        foreach (string name in (ReadOnlySpan<string>)["cpu", "memory"])
        {
            if (!Differs(container.Resources.Limits, actuated.Limits, name)
                && !Differs(container.Resources.Requests, actuated.Requests, name))
            {
                continue;
            }

            bool restarts = container.ResizePolicy.Any(one => one.ResourceName == name
                && one.RestartPolicy == ResourceResizeRestartPolicy.RestartContainer);
            need = restarts || need == ResizeNeed.Restart ? ResizeNeed.Restart : ResizeNeed.Update;
        }

        return need;
    }

    /// <summary>Adds to a plan what a container that runs needs; false when it is ended for it.</summary>
    public static bool Add(PlanDraft draft, ContainerSpec one, ContainerPicture latest)
    {
        switch (NeedOf(one.Container, draft.Actuated?.Containers.GetValueOrDefault(one.Name)))
        {
            case ResizeNeed.Restart:
                draft.KillOne(latest, one, $"Container {one.Name} resize requires restart");
                return false;
            case ResizeNeed.Update:
                draft.Update.Add(new(latest, one));
                return true;
            default:
                return true;
        }
    }

    /// <summary>Containers in the order in which they are told: those that get less make room for the
    /// others.</summary>
    public static IEnumerable<ContainerToUpdate> InOrder(
        IEnumerable<ContainerToUpdate> updates, PodAllocation? actuated) => updates.OrderBy(one =>
        {
            ApiMap<Quantity> now = one.Spec.Container.Resources.Limits;
            ApiMap<Quantity> before = actuated?.Containers.GetValueOrDefault(one.Spec.Name)?.Limits ?? default;
            return now.GetValueOrDefault("memory") > before.GetValueOrDefault("memory")
                || now.GetValueOrDefault("cpu") > before.GetValueOrDefault("cpu");
        });

    private static bool Differs(ApiMap<Quantity> one, ApiMap<Quantity> other, string name) =>
        one.ContainsKey(name) != other.ContainsKey(name)
        || one.GetValueOrDefault(name) != other.GetValueOrDefault(name);
}

/// <summary>A container that runs and is to be told of its new resources.</summary>
internal sealed record ContainerToUpdate(ContainerPicture Container, ContainerSpec Spec);
