using System.Globalization;
using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Controllers.Pods;
using Keelson.Controllers.Services;
using Keelson.Machinery.Values;
using ServiceEndpoints = Keelson.Api.Core.V1.Endpoints;

namespace Keelson.Controllers.Endpoints;

/// <summary>What to do about a service's endpoints.</summary>
/// <param name="Wanted">The object to write; null when what is stored is right.</param>
/// <param name="IsNew">True when it is to be created.</param>
internal sealed record EndpointsPlan(ServiceEndpoints? Wanted, bool IsNew)
{
    /// <summary>The most addresses an object holds (upstream's maxCapacity).</summary>
    public const int Capacity = 1000;

    /// <summary>Who looks after the object.</summary>
    public const string ManagedBy = "endpoints.kubernetes.io/managed-by";

    /// <summary>This controller, as <see cref="ManagedBy"/> names it.</summary>
    public const string Controller = "endpoint-controller";

    private const string Headless = "service.kubernetes.io/headless";
    private const string OverCapacity = "endpoints.kubernetes.io/over-capacity";
    private const string TriggerTime = "endpoints.kubernetes.io/last-change-trigger-time";

    /// <summary>Decides.</summary>
    /// <param name="service">A service with a selector.</param>
    /// <param name="pods">The pods that it selects.</param>
    /// <param name="stored">The object as it is; null when there is none.</param>
    public static EndpointsPlan Compute(Service service, IReadOnlyList<Pod> pods, ServiceEndpoints? stored)
    {
        ApiList<EndpointSubset> all = EndpointSubsets.Of(service, pods);
        ApiList<EndpointSubset> subsets = EndpointSubsets.Fitted(all, Capacity);
        ApiMap<string> labels = service.Metadata.Labels.Without(Headless).With(ManagedBy, Controller);
        labels = ServiceTargets.IsHeadless(service) ? labels.With(Headless, "") : labels;
        ApiMap<string> annotations = stored?.Metadata.Annotations ?? default;
        ApiMap<string> marked = subsets == all
            ? annotations.Without(OverCapacity)
            : annotations.With(OverCapacity, "truncated");
        bool isSame = stored is not null && stored.Subsets.SequenceEqual(subsets)
            && stored.Metadata.Labels == labels && annotations.Count == marked.Count;
        if (isSame)
        {
            return new(null, false);
        }

        ObjectMeta meta = stored?.Metadata ?? ObjectMeta.Empty with
        {
            Name = service.Metadata.Name,
            Namespace = service.Metadata.Namespace,
        };
        ServiceEndpoints wanted = (stored ?? new ServiceEndpoints()) with
        {
            Metadata = meta with { Labels = labels, Annotations = marked.With(TriggerTime, Trigger(service, pods)) },
            Subsets = subsets,
        };
        return new(wanted, stored is null);
    }

    /// <summary>When what led to the endpoints happened: the newest readiness of a pod, or the service's
    /// creation.</summary>
    private static string Trigger(Service service, IReadOnlyList<Pod> pods)
    {
        Time newest = service.Metadata.CreationTimestamp;
        foreach (Pod pod in pods)
        {
            Time ready = PodFacts.Condition(pod, PodConditionType.Ready)?.LastTransitionTime ?? default;
            newest = ready > newest ? ready : newest;
        }

        return newest.Instant.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
    }
}
