using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;

namespace Keelson.Server.Admission.LimitRanger;

/// <summary>Gives containers the default resources of their namespace; holds pods and claims to bounds.</summary>
internal sealed class LimitRangerPlugin(IObjectLookup lookup) : IAdmissionPlugin
{
    private const string Annotation = "kubernetes.io/limit-ranger";

    public string Name => "LimitRanger";

    public bool Handles(AdmissionOperation operation) =>
        operation is AdmissionOperation.Create or AdmissionOperation.Update;

    public ValueTask<Status?> AdmitAsync(AdmissionContext context, CancellationToken cancellationToken)
    {
        if (Concerns(context) && context.Object is Pod pod)
        {
            foreach (LimitRange range in Ranges(context))
            {
                pod = SetDefaults(pod, range);
            }

            context.Object = pod;
        }

        return new((Status?)null);
    }

    public ValueTask<Status?> ValidateAsync(AdmissionContext context, CancellationToken cancellationToken)
    {
        if (!Concerns(context))
        {
            return new((Status?)null);
        }

        foreach (LimitRange range in Ranges(context))
        {
            List<string> errors = [];
            foreach (LimitRangeItem limit in range.Spec.Limits)
            {
                Check(context.Object!, new LimitCheck(limit, errors));
            }

            if (errors.Count > 0)
            {
                string[] texts = [.. errors.Distinct()];
                string reason = texts.Length == 1 ? texts[0] : $"[{string.Join(", ", texts)}]";
                return new(context.Forbidden(reason));
            }
        }

        return new((Status?)null);
    }

    /// <summary>Resources of pods change by their resize alone; other updates are left alone.</summary>
    private static bool Concerns(AdmissionContext context)
    {
        bool create = context.Operation == AdmissionOperation.Create;
        return context.Object switch
        {
            Pod pod => create ? context.Is("", "pods")
                : context.Is("", "pods", "resize") && pod.Metadata.DeletionTimestamp is null,
            PersistentVolumeClaim claim => context.Is("", "persistentvolumeclaims")
                && (create || claim.Metadata.DeletionTimestamp is null),
            _ => false,
        };
    }

    private IEnumerable<LimitRange> Ranges(AdmissionContext context) =>
        lookup.List<LimitRange>(context.Request.Namespace);

    private static Pod SetDefaults(Pod pod, LimitRange range)
    {
        ApiMap<Quantity> requests = ApiMap<Quantity>.Empty;
        ApiMap<Quantity> limits = ApiMap<Quantity>.Empty;
        foreach (LimitRangeItem item in range.Spec.Limits)
        {
            if (item.Type == LimitType.Container)
            {
                (requests, _) = Merge(requests, item.DefaultRequest, overwrite: true);
                (limits, _) = Merge(limits, item.Default, overwrite: true);
            }
        }

        List<string> notes = [];
        PodSpec spec = pod.Spec with
        {
            Containers = pod.Spec.Containers.Map(one => SetDefaults(one, "container", requests, limits, notes)),
        };
        if (spec.InitContainers.Count > 0)
        {
            spec = spec with
            {
                InitContainers = spec.InitContainers.Map(
                    one => SetDefaults(one, "init container", requests, limits, notes)),
            };
        }

        if (notes.Count == 0)
        {
            return pod;
        }

        string text = "LimitRanger plugin set: " + string.Join("; ", notes);
        ObjectMeta metadata = pod.Metadata with { Annotations = pod.Metadata.Annotations.With(Annotation, text) };
        return pod with { Metadata = metadata, Spec = spec };
    }

    private static Container SetDefaults(
        Container container, string what, ApiMap<Quantity> requests, ApiMap<Quantity> limits, List<string> notes)
    {
        (ApiMap<Quantity> newRequests, List<string> setRequests) = Merge(container.Resources.Requests, requests);
        (ApiMap<Quantity> newLimits, List<string> setLimits) = Merge(container.Resources.Limits, limits);
        if (setRequests.Count > 0)
        {
            notes.Add($"{string.Join(", ", setRequests)} request for {what} {container.Name}");
        }

        if (setLimits.Count > 0)
        {
            notes.Add($"{string.Join(", ", setLimits)} limit for {what} {container.Name}");
        }

        return setRequests.Count + setLimits.Count == 0 ? container : container with
        {
            Resources = container.Resources with { Requests = newRequests, Limits = newLimits },
        };
    }

    private static (ApiMap<Quantity> Merged, List<string> Set) Merge(
        ApiMap<Quantity> given, ApiMap<Quantity> added, bool overwrite = false)
    {
        List<string> set = [];
        foreach ((string name, Quantity amount) in added)
        {
            if (overwrite || !given.ContainsKey(name))
            {
                given = given.With(name, amount);
                set.Add(name);
            }
        }

        set.Sort(StringComparer.Ordinal);
        return (given, set);
    }

    private static void Check(IObject obj, LimitCheck check)
    {
        switch (obj, check.Type)
        {
            case (Pod pod, LimitType.Container):
                foreach (Container one in pod.Spec.Containers.Concat(pod.Spec.InitContainers))
                {
                    check.Amounts(one.Resources.Requests, one.Resources.Limits);
                }

                break;
            case (Pod pod, LimitType.Pod):
                (ApiMap<Quantity> requests, _) = Merge(
                    PodResources.AggregateContainerRequests(pod.Spec),
                    pod.Spec.Resources?.Requests ?? ApiMap<Quantity>.Empty,
                    overwrite: true);
                (ApiMap<Quantity> limits, _) = Merge(
                    PodResources.AggregateContainerLimits(pod.Spec),
                    pod.Spec.Resources?.Limits ?? ApiMap<Quantity>.Empty,
                    overwrite: true);
                check.Amounts(requests, limits);
                break;
            case (PersistentVolumeClaim claim, LimitType.PersistentVolumeClaim):
                check.Claim(claim.Spec.Resources.Requests);
                break;
        }
    }
}
