using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Machinery.Values;

namespace Keelson.Client.Quotas;

/// <summary>Pods: their count and the resources they ask for; the only kind with scopes of its own.</summary>
internal sealed class PodQuotaEvaluator(KindInfo kind) : QuotaEvaluator(kind)
{
    private const string Requests = "requests.";
    private const string HugePages = "hugepages-";

    private static readonly string[] Compute = ["cpu", "memory", "ephemeral-storage"];

    private static readonly string[] MustBeGiven =
        ["cpu", "memory", "requests.cpu", "requests.memory", "limits.cpu", "limits.memory"];

    private static readonly HashSet<string> Known =
        [.. Compute, .. Compute.Select(one => Requests + one), .. Compute.Select(one => "limits." + one)];

    public override bool Handles(bool isCreate, string subresource) =>
        (isCreate && subresource.Length == 0)
        || (!isCreate && subresource == "resize");

    public override bool Measures(string name) =>
        Known.Contains(name)
        || name.StartsWith(HugePages, StringComparison.Ordinal)
        || name.StartsWith(Requests + HugePages, StringComparison.Ordinal)
        || (name.StartsWith(Requests, StringComparison.Ordinal) && IsExtended(name[Requests.Length..]))
        || base.Measures(name);

    public override bool InScope(IObject obj, string scope, string @operator, ApiList<string> values)
    {
        Pod pod = (Pod)obj;
        return scope switch
        {
            "Terminating" => pod.Spec.ActiveDeadlineSeconds >= 0,
            "NotTerminating" => !(pod.Spec.ActiveDeadlineSeconds >= 0),
            "BestEffort" => IsBestEffort(pod),
            "NotBestEffort" => !IsBestEffort(pod),
            "PriorityClass" => Selects(pod.Spec.PriorityClassName, @operator, values),
            "CrossNamespacePodAffinity" => LooksAcrossNamespaces(pod.Spec.Affinity),
            _ => false,
        };
    }

    public override string? Missing(IObject obj, IReadOnlyCollection<string> names)
    {
        PodSpec spec = ((Pod)obj).Spec;
        QuotaAmounts whole = Named(From(spec.Resources?.Requests), From(spec.Resources?.Limits));
        List<string> missing = [];
        IEnumerable<string> required = names.Intersect(MustBeGiven).Where(one => !whole.ContainsKey(one));
        foreach (string name in required.Order(StringComparer.Ordinal))
        {
            string[] without =
            [
                .. spec.Containers.Concat(spec.InitContainers)
                    .Where(one => !Named(From(one.Resources.Requests), From(one.Resources.Limits)).ContainsKey(name))
                    .Select(one => one.Name)
                    .Distinct()
                    .Order(StringComparer.Ordinal),
            ];
            if (without.Length > 0)
            {
                missing.Add($"{name} for: {string.Join(',', without)}");
            }
        }

        return missing.Count == 0 ? null : "must specify " + string.Join("; ", missing);
    }

    public override QuotaAmounts Usage(IObject obj)
    {
        Pod pod = (Pod)obj;
        if (pod.Status.Phase is "Failed" or "Succeeded")
        {
            return new() { [CountName] = Quantity.FromValue(1) };
        }

        QuotaAmounts usage = base.Usage(obj);
        usage.AddAll(Named(Total(pod, limits: false), Total(pod, limits: true)));
        return usage;
    }

    /// <summary>Requests and limits under the names quotas have for them.</summary>
    private static QuotaAmounts Named(QuotaAmounts requests, QuotaAmounts limits)
    {
        QuotaAmounts named = [];
        foreach ((string name, Quantity amount) in requests)
        {
            bool both = Compute.Contains(name) || name.StartsWith(HugePages, StringComparison.Ordinal);
            if (both)
            {
                named[name] = amount;
            }

            if (both || IsExtended(name))
            {
                named[Requests + name] = amount;
            }
        }

        foreach (string name in Compute)
        {
            if (limits.TryGetValue(name, out Quantity amount))
            {
                named["limits." + name] = amount;
            }
        }

        return named;
    }

    /// <summary>What a pod needs at most at a time: its containers together, or one that runs before them.</summary>
    private static QuotaAmounts Total(Pod pod, bool limits)
    {
        PodSpec spec = pod.Spec;
        QuotaAmounts running = [];
        foreach (Container one in spec.Containers)
        {
            running.AddAll(Of(one, pod.Status.ContainerStatuses, limits));
        }

        QuotaAmounts sidecars = [];
        QuotaAmounts starting = [];
        foreach (Container one in spec.InitContainers)
        {
            QuotaAmounts own = Of(one, pod.Status.InitContainerStatuses, limits);
            if (one.RestartPolicy == "Always")
            {
                running.AddAll(own);
                sidecars.AddAll(own);
                starting.RaiseTo(sidecars.ToMap());
            }
            else
            {
                own.AddAll(sidecars);
                starting.RaiseTo(own.ToMap());
            }
        }

        running.RaiseTo(starting.ToMap());
        ApiMap<Quantity> whole = (limits ? spec.Resources?.Limits : spec.Resources?.Requests) ?? default;
        foreach (KeyValuePair<string, Quantity> pair in whole)
        {
            running[pair.Key] = pair.Value;
        }

        foreach (KeyValuePair<string, Quantity> pair in spec.Overhead)
        {
            if (!limits || running.ContainsKey(pair.Key))
            {
                running.Add(pair.Key, pair.Value);
            }
        }

        return running;
    }

    /// <summary>What a container asks for, or still holds while it is resized.</summary>
    private static QuotaAmounts Of(Container container, ApiList<ContainerStatus> statuses, bool limits)
    {
        QuotaAmounts own = From(limits ? container.Resources.Limits : container.Resources.Requests);
        if (statuses.FirstOrDefault(one => one.Name == container.Name) is { } status)
        {
            own.RaiseTo((limits ? status.Resources?.Limits : status.Resources?.Requests) ?? default);
            own.RaiseTo(limits ? default : status.AllocatedResources);
        }

        return own;
    }

    private static QuotaAmounts From(ApiMap<Quantity>? map) => QuotaAmounts.From(map ?? default);

    private static bool IsExtended(string name) =>
        name.Contains('/', StringComparison.Ordinal) && !name.Contains("kubernetes.io/", StringComparison.Ordinal);

    private static bool IsBestEffort(Pod pod)
    {
        if (pod.Status.QosClass.Length > 0)
        {
            return pod.Status.QosClass == "BestEffort";
        }

        IEnumerable<ResourceRequirements?> given =
            [pod.Spec.Resources, .. pod.Spec.Containers.Concat(pod.Spec.InitContainers).Select(one => one.Resources)];
        return !given.Any(one => one is not null && (AsksForTime(one.Requests) || AsksForTime(one.Limits)));
    }

    private static bool AsksForTime(ApiMap<Quantity> amounts) =>
        (amounts.TryGetValue("cpu", out Quantity cpu) && cpu.Sign > 0)
        || (amounts.TryGetValue("memory", out Quantity memory) && memory.Sign > 0);

    private static bool LooksAcrossNamespaces(Affinity? affinity)
    {
        IEnumerable<PodAffinityTerm> terms =
        [
            .. affinity?.PodAffinity?.RequiredDuringSchedulingIgnoredDuringExecution ?? default,
            .. (affinity?.PodAffinity?.PreferredDuringSchedulingIgnoredDuringExecution ?? default)
                .Select(one => one.PodAffinityTerm),
            .. affinity?.PodAntiAffinity?.RequiredDuringSchedulingIgnoredDuringExecution ?? default,
            .. (affinity?.PodAntiAffinity?.PreferredDuringSchedulingIgnoredDuringExecution ?? default)
                .Select(one => one.PodAffinityTerm),
        ];
        return terms.Any(term => term.Namespaces.Count > 0 || term.NamespaceSelector is not null);
    }
}
