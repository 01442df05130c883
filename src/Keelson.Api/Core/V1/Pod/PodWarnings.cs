using Keelson.Api.Meta.V1;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>What is allowed in pods and templates but deprecated, doubtful or without effect.</summary>
internal static class PodWarnings
{
    private const string SeccompText = "non-functional in v1.27+; use the \"seccompProfile\" field instead";
    private const string NullSelectorText = "a null labelSelector results in matching no pod";

    private static readonly (string Key, string Text)[] DeprecatedAnnotations =
    [
        (
            "scheduler.alpha.kubernetes.io/critical-pod",
            "non-functional in v1.16+; use the \"priorityClassName\" field instead"),
        ("security.alpha.kubernetes.io/sysctls", "non-functional in v1.11+; use the \"sysctls\" field instead"),
        ("security.alpha.kubernetes.io/unsafe-sysctls", "non-functional in v1.11+; use the \"sysctls\" field instead"),
    ];

    /// <param name="meta">The metadata of the pod or template.</param>
    /// <param name="spec">Its spec.</param>
    /// <param name="path">Where the template stands; null for a pod.</param>
    /// <param name="isPod">True for a pod.</param>
    public static List<string> Of(ObjectMeta meta, PodSpec spec, FieldPath? path, bool isPod)
    {
        List<string> warnings = [];
        FieldPath specPath = Child(path, "spec");
        FieldPath annotations = Child(path, "metadata").Child("annotations");
        WarnOfNodeLabels(spec, specPath, warnings);
        WarnOfSpread(spec, specPath, warnings);
        foreach ((string key, string text) in DeprecatedAnnotations)
        {
            if (meta.Annotations.ContainsKey(key))
            {
                warnings.Add($"{annotations.Key(key)}: {text}");
            }
        }

        VolumeWarnings.Add(spec.Volumes, specPath.Child("volumes"), warnings);
        WarnOfLists(spec, specPath, warnings);
        WarnOfFractions(spec.Overhead, specPath.Child("overhead"), warnings);
        if (spec.SecurityContext?.SeccompProfile is null && meta.Annotations.ContainsKey(PodAnnotations.SeccompPod))
        {
            warnings.Add($"{annotations.Key(PodAnnotations.SeccompPod)}: {SeccompText}");
        }

        spec.VisitContainers(specPath, (container, at) =>
        {
            WarnOfProfiles(container, spec, meta.Annotations, annotations, isPod, warnings);
            FieldPath resources = at.Child("resources");
            FieldPath limits = resources.Child("limits");
            FieldPath requests = resources.Child("requests");
            WarnOfFractions(container.Resources.Limits, limits, warnings, ResourceName.Memory);
            WarnOfFractions(container.Resources.Requests, requests, warnings, ResourceName.Memory);
            WarnOfFractions(container.Resources.Limits, limits, warnings, ResourceName.EphemeralStorage);
            WarnOfFractions(container.Resources.Requests, requests, warnings, ResourceName.EphemeralStorage);
            WarnOfVariables(container, at, warnings);
        });
        PortWarnings.Add(spec, specPath, warnings);
        if (spec.TerminationGracePeriodSeconds < 0)
        {
            warnings.Add(
                $"{specPath.Child("terminationGracePeriodSeconds")}: must be >= 0; negative values are invalid and "
                + "will be treated as 1");
        }

        WarnOfAffinity(spec.Affinity, specPath.Child("affinity"), warnings);
        return warnings;
    }

    /// <summary>Warnings about a node selector's term.</summary>
    public static IEnumerable<string> OfTerm(NodeSelectorTerm term, FieldPath path)
    {
        for (int i = 0; i < term.MatchExpressions.Count; i++)
        {
            NodeSelectorRequirement expression = term.MatchExpressions[i];
            FieldPath at = path.Child("matchExpressions").Index(i);
            if (DeprecatedLabels.Advice(expression.Key) is { } text)
            {
                yield return $"{at.Child("key")}: {expression.Key} is {text}";
            }

            // Values with other characters than labels have never match a label.
            for (int j = 0; j < expression.Values.Count; j++)
            {
                foreach (string error in ContentRules.LabelValue(expression.Values[j]))
                {
                    string value = GoText.Quote(expression.Values[j]);
                    yield return $"{at.Child("values").Index(j)}: {value} is invalid, {error}";
                }
            }
        }
    }

    private static FieldPath Child(FieldPath? path, string field) =>
        path is null ? FieldPath.Of(field) : path.Child(field);

    private static void WarnOfNodeLabels(PodSpec spec, FieldPath path, List<string> warnings)
    {
        foreach ((string key, _) in spec.NodeSelector)
        {
            if (DeprecatedLabels.Advice(key) is { } text)
            {
                warnings.Add($"{path.Child("nodeSelector").Key(key)}: {text}");
            }
        }

        if (spec.Affinity?.NodeAffinity is not { } affinity)
        {
            return;
        }

        FieldPath at = path.Child("affinity").Child("nodeAffinity");
        ApiList<NodeSelectorTerm> required = affinity.RequiredDuringSchedulingIgnoredDuringExecution?.NodeSelectorTerms
            ?? default;
        FieldPath terms = at.Child("requiredDuringSchedulingIgnoredDuringExecution").Child("nodeSelectorTerms");
        for (int i = 0; i < required.Count; i++)
        {
            warnings.AddRange(OfTerm(required[i], terms.Index(i)));
        }

        ApiList<PreferredSchedulingTerm> preferred = affinity.PreferredDuringSchedulingIgnoredDuringExecution;
        for (int i = 0; i < preferred.Count; i++)
        {
            FieldPath term = at.Child("preferredDuringSchedulingIgnoredDuringExecution").Index(i).Child("preference");
            warnings.AddRange(OfTerm(preferred[i].Preference, term));
        }
    }

    private static void WarnOfSpread(PodSpec spec, FieldPath path, List<string> warnings)
    {
        for (int i = 0; i < spec.TopologySpreadConstraints.Count; i++)
        {
            TopologySpreadConstraint one = spec.TopologySpreadConstraints[i];
            FieldPath at = path.Child("topologySpreadConstraints").Index(i);
            if (DeprecatedLabels.Advice(one.TopologyKey) is { } text)
            {
                warnings.Add($"{at.Child("topologyKey")}: {one.TopologyKey} is {text}");
            }

            if (one.LabelSelector is null)
            {
                warnings.Add($"{at.Child("labelSelector")}: {NullSelectorText}");
            }
        }
    }

    private static void WarnOfLists(PodSpec spec, FieldPath path, List<string> warnings)
    {
        HashSet<string> addresses = new(StringComparer.Ordinal);
        for (int i = 0; i < spec.HostAliases.Count; i++)
        {
            string address = spec.HostAliases[i].Ip;
            if (!addresses.Add(address))
            {
                warnings.Add($"{path.Child("hostAliases").Index(i).Child("ip")}: duplicate ip {GoText.Quote(address)}");
            }
        }

        HashSet<string> secrets = new(StringComparer.Ordinal);
        for (int i = 0; i < spec.ImagePullSecrets.Count; i++)
        {
            if (!secrets.Add(spec.ImagePullSecrets[i].Name))
            {
                warnings.Add(
                    $"{path.Child("imagePullSecrets").Index(i).Child("name")}: duplicate name "
                    + $"{GoText.Quote(spec.ImagePullSecrets[i].Name)}");
            }
        }

        for (int i = 0; i < spec.ImagePullSecrets.Count; i++)
        {
            if (spec.ImagePullSecrets[i].Name.Length == 0)
            {
                warnings.Add($"{path.Child("imagePullSecrets").Index(i).Child("name")}: invalid empty name \"\"");
            }
        }
    }

    private static void WarnOfFractions(ApiMap<Quantity> resources, FieldPath path, List<string> warnings)
    {
        WarnOfFractions(resources, path, warnings, ResourceName.Memory);
        WarnOfFractions(resources, path, warnings, ResourceName.EphemeralStorage);
    }

    private static void WarnOfFractions(ApiMap<Quantity> resources, FieldPath path, List<string> warnings, string name)
    {
        if (resources.TryGetValue(name, out Quantity amount) && amount.MilliValue % 1000 != 0)
        {
            warnings.Add(
                $"{path.Key(name)}: fractional byte value {GoText.Quote(amount.ToString())} is invalid, must be an "
                + "integer");
        }
    }

    private static void WarnOfProfiles(
        Container container, PodSpec spec, ApiMap<string> annotations, FieldPath path, bool isPod,
        List<string> warnings)
    {
        string seccomp = PodAnnotations.SeccompContainerPrefix + container.Name;
        if (container.SecurityContext?.SeccompProfile is null && annotations.ContainsKey(seccomp))
        {
            warnings.Add($"{path.Key(seccomp)}: {SeccompText}");
        }

        string key = PodAnnotations.AppArmorPrefix + container.Name;
        if (!annotations.TryGetValue(key, out string? annotation))
        {
            return;
        }

        AppArmorProfile? own = container.SecurityContext?.AppArmorProfile;
        AppArmorProfile? ofPod = spec.SecurityContext?.AppArmorProfile;

        // In a pod the annotation has become a field by now; a field that says something else came from the user.
        AppArmorProfile? meant = PodAnnotations.ToAppArmorProfile(annotation);
        bool stood = isPod ? (own is null && meant is null)
            || (own is not null && own == meant && own != ofPod) : own is null && ofPod is null;
        if (stood)
        {
            warnings.Add($"{path.Key(key)}: deprecated since v1.30; use the \"appArmorProfile\" field instead");
        }
    }

    private static void WarnOfVariables(Container container, FieldPath path, List<string> warnings)
    {
        HashSet<string>? names = null;
        for (int i = 0; i < container.Env.Count && container.Env.Count > 1; i++)
        {
            EnvVar variable = container.Env[i];
            if ((names ??= new(StringComparer.Ordinal)).Add(variable.Name))
            {
                continue;
            }

            // A new value that builds upon the old one is meant: PATH=/opt:$(PATH).
            string reference = $"$({variable.Name})";
            if (variable.ValueFrom is not null
                || variable.Value == reference
                || !variable.Value.Contains(reference, StringComparison.Ordinal))
            {
                warnings.Add(
                    $"{path.Child("env").Index(i)}: hides previous definition of {GoText.Quote(variable.Name)}, which "
                    + "may be dropped when using apply");
            }
        }
    }

    private static void WarnOfAffinity(Affinity? affinity, FieldPath path, List<string> warnings)
    {
        if (affinity?.PodAffinity is { } with)
        {
            WarnOfTerms(
                with.RequiredDuringSchedulingIgnoredDuringExecution,
                with.PreferredDuringSchedulingIgnoredDuringExecution,
                path.Child("podAffinity"),
                warnings);
        }

        if (affinity?.PodAntiAffinity is { } without)
        {
            WarnOfTerms(
                without.RequiredDuringSchedulingIgnoredDuringExecution,
                without.PreferredDuringSchedulingIgnoredDuringExecution,
                path.Child("podAntiAffinity"),
                warnings);
        }
    }

    private static void WarnOfTerms(
        ApiList<PodAffinityTerm> required, ApiList<WeightedPodAffinityTerm> preferred, FieldPath path,
        List<string> warnings)
    {
        for (int i = 0; i < required.Count; i++)
        {
            if (required[i].LabelSelector is null)
            {
                warnings.Add(
                    $"{path.Child("requiredDuringSchedulingIgnoredDuringExecution").Index(i).Child("labelSelector")}: "
                    + $"{NullSelectorText}");
            }
        }

        for (int i = 0; i < preferred.Count; i++)
        {
            if (preferred[i].PodAffinityTerm.LabelSelector is null)
            {
                FieldPath term = path.Child("preferredDuringSchedulingIgnoredDuringExecution").Index(i).Child(
                    "podAffinityTerm");
                warnings.Add($"{term.Child("labelSelector")}: {NullSelectorText}");
            }
        }
    }
}
