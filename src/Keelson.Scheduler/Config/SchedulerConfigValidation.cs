using Keelson.Machinery.Validation;
using Keelson.Scheduler.Cycle;
using Keelson.Scheduler.Plugins;

namespace Keelson.Scheduler.Config;

/// <summary>Checks settings as a whole, with upstream's messages.</summary>
internal static class SchedulerConfigValidation
{
    private static readonly PluginSet Nothing = new([], []);

    /// <summary>Adds what is wrong.</summary>
    public static void Validate(KubeSchedulerConfiguration config, FieldErrors errors)
    {
        if (config.Parallelism <= 0)
        {
            errors.Invalid(
                FieldPath.Of("parallelism"), config.Parallelism, "should be an integer value greater than zero");
        }

        if (config.LeaderElection is { LeaderElect: true, ResourceLock: not "leases" } election)
        {
            errors.Invalid(
                FieldPath.Of("leaderElection").Child("resourceLock"), election.ResourceLock,
                "resourceLock value must be \"leases\"");
        }

        ValidateProfiles(config.Profiles, errors);
        ValidatePercentage(config.PercentageOfNodesToScore, FieldPath.Of("percentageOfNodesToScore"), errors);
        if (config.PodInitialBackoff <= TimeSpan.Zero)
        {
            errors.Invalid(
                FieldPath.Of("podInitialBackoffSeconds"), (long)config.PodInitialBackoff.TotalSeconds,
                "must be greater than 0");
        }

        if (config.PodMaxBackoff < config.PodInitialBackoff)
        {
            errors.Invalid(
                FieldPath.Of("podMaxBackoffSeconds"), (long)config.PodMaxBackoff.TotalSeconds,
                "must be greater than or equal to PodInitialBackoffSeconds");
        }

        ValidateExtenders(config.Extenders, FieldPath.Of("extenders"), errors);
    }

    private static void ValidatePercentage(int percentage, FieldPath path, FieldErrors errors)
    {
        if (percentage is < 0 or > 100)
        {
            errors.Invalid(path, percentage, "not in valid range [0-100]");
        }
    }

    private static void ValidateProfiles(IReadOnlyList<SchedulerProfile> profiles, FieldErrors errors)
    {
        FieldPath path = FieldPath.Of("profiles");
        Dictionary<string, int> seen = new(StringComparer.Ordinal);
        for (int i = 0; i < profiles.Count; i++)
        {
            SchedulerProfile profile = profiles[i];
            FieldPath at = path.Index(i);
            if (profile.SchedulerName.Length == 0)
            {
                errors.Required(at.Child("schedulerName"), "");
            }

            ValidatePercentage(profile.PercentageOfNodesToScore ?? 0, at.Child("percentageOfNodesToScore"), errors);
            ValidatePlugins(profile, at.Child("plugins"), errors);
            PluginArgsValidation.Validate(profile, at.Child("pluginConfig"), errors);
            if (!seen.TryAdd(profile.SchedulerName, i))
            {
                errors.DuplicateRaw(
                    at.Child("schedulerName"), path.Index(seen[profile.SchedulerName]).Child("schedulerName")
                        .ToString());
            }
        }

        string[] first = QueueSortOf(profiles[0]);
        for (int i = 1; i < profiles.Count; i++)
        {
            if (!QueueSortOf(profiles[i]).SequenceEqual(first))
            {
                errors.Invalid(
                    path.Index(i).Child("plugins").Child("queueSort"), string.Join(' ', QueueSortOf(profiles[i])),
                    "must be the same for all profiles");
            }
        }
    }

    private static void ValidatePlugins(SchedulerProfile profile, FieldPath path, FieldErrors errors)
    {
        int before = errors.Count;
        foreach ((string point, PluginSet set) in profile.Plugins)
        {
            HashSet<string> seen = new(StringComparer.Ordinal);
            for (int i = 0; i < set.Enabled.Count; i++)
            {
                FieldPath at = path.Child(point).Child("enabled").Index(i);
                string name = set.Enabled[i].Name;
                if (!PluginRegistry.All.Any(one => one.Name == name))
                {
                    errors.NotFound(at, name);
                }
                else if (!seen.Add(name))
                {
                    errors.Duplicate(at, name);
                }
            }
        }

        if (errors.Count > before)
        {
            return;
        }

        foreach ((string point, string problem) in (ReadOnlySpan<(string, string)>)
        [
            ("queueSort", "only one queue sort plugin required for profile with scheduler name"),
            ("bind", "at least one bind plugin is needed for profile with scheduler name"),
        ])
        {
            int count = Resolve(profile, point).Length;
            if (count == 0 || (count > 1 && point == "queueSort"))
            {
                errors.Invalid(path.Child(point), count, $"{problem} \"{profile.SchedulerName}\"");
            }
        }
    }

    private static string[] QueueSortOf(SchedulerProfile profile) => Resolve(profile, "queueSort");

    private static string[] Resolve(SchedulerProfile profile, string point)
    {
        IReadOnlyList<PluginChoice> everywhere =
            ProfileFactory.Everywhere(profile.Plugins.GetValueOrDefault(ExtensionPoints.MultiPoint) ?? Nothing);
        PluginSet here = profile.Plugins.GetValueOrDefault(point) ?? Nothing;

        // Which plugins sort and which bind is known without making them.
        string only = point == "queueSort" ? "PrioritySort" : "DefaultBinder";
        return [.. ProfileFactory.Resolve(everywhere, here, name => name == only).Select(static one => one.Name)];
    }

    private static void ValidateExtenders(IReadOnlyList<ExtenderConfig> extenders, FieldPath path, FieldErrors errors)
    {
        HashSet<string> managed = new(StringComparer.Ordinal);
        for (int i = 0; i < extenders.Count; i++)
        {
            ExtenderConfig one = extenders[i];
            FieldPath at = path.Index(i);
            if (one.PrioritizeVerb.Length > 0 && one.Weight <= 0)
            {
                errors.Invalid(at.Child("weight"), one.Weight, "must have a positive weight applied to it");
            }

            if (one.UrlPrefix.Length == 0)
            {
                errors.Required(at.Child("urlPrefix"), "");
            }

            for (int j = 0; j < one.ManagedResources.Count; j++)
            {
                ValidateResource(
                    one.ManagedResources[j].Name, at.Child("managedResources").Index(j).Child("name"), managed, errors);
            }
        }

        int binders = extenders.Count(static one => one.BindVerb.Length > 0);
        if (binders > 1)
        {
            errors.Invalid(
                path, $"found {binders} extenders implementing bind", "only one extender can implement bind");
        }
    }

    private static void ValidateResource(string name, FieldPath path, HashSet<string> managed, FieldErrors errors)
    {
        int before = errors.Count;
        foreach (string message in ContentRules.QualifiedName(name))
        {
            errors.Invalid(path, name, message);
        }

        bool isExtended = name.Contains('/', StringComparison.Ordinal)
            && !name.Contains("kubernetes.io/", StringComparison.Ordinal)
            && !name.StartsWith("requests.", StringComparison.Ordinal);
        if (errors.Count == before && !isExtended)
        {
            errors.Invalid(path, name, "is an invalid extended resource name");
        }

        if (!managed.Add(name))
        {
            errors.Invalid(path, name, "duplicate extender managed resource name");
        }
    }
}
