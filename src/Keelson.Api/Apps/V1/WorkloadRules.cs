using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Apps.V1;

/// <summary>What the kinds that run pods from a template have in common.</summary>
internal static class WorkloadRules
{
    /// <summary>Upstream's text for a change of what can't change.</summary>
    public const string ImmutableText = "field is immutable";

    private const string MismatchText = "`selector` does not match template `labels`";
    private const string AboveReplicasText = "cannot be greater than status.replicas";
    private const string AboveReadyText = "cannot be greater than readyReplicas";

    /// <summary>The metadata of a new object: generations begin with 1.</summary>
    public static ObjectMeta FirstGeneration(ObjectMeta metadata) =>
        metadata.Generation == 1 ? metadata : metadata with { Generation = 1 };

    /// <summary>
    /// The metadata of an updated object, with the next generation where something that counts has changed.
    /// </summary>
    public static ObjectMeta NextGeneration(ObjectMeta metadata, ObjectMeta old, bool changed)
    {
        long generation = old.Generation + (changed ? 1 : 0);
        return metadata.Generation == generation ? metadata : metadata with { Generation = generation };
    }

    /// <summary>A selector that must be there and ask for something.</summary>
    /// <returns>True when the selector can be evaluated.</returns>
    public static bool RequireSelector(
        LabelSelector? selector, FieldPath path, string owner, string invalidText, FieldErrors errors)
    {
        if (selector is null)
        {
            errors.Required(path, "");
            return true;
        }

        int before = errors.Count;
        LabelSelectorRules.Validate(selector, path, errors);
        bool valid = errors.Count == before;
        if (IsEmpty(selector))
        {
            errors.InvalidRaw(path, UnversionedText.Wire(selector), $"empty selector is invalid for {owner}");
        }

        if (!valid)
        {
            errors.InvalidRaw(path, UnversionedText.Wire(selector), invalidText);
        }

        return valid;
    }

    /// <summary>True for a selector without any requirement.</summary>
    public static bool IsEmpty(LabelSelector selector) =>
        selector.MatchLabels.Count + selector.MatchExpressions.Count == 0;

    /// <summary>The pods must be the ones that the selector finds; an absent selector finds none.</summary>
    public static void RequireMatch(
        LabelSelector? selector, PodTemplateSpec template, FieldPath path, FieldErrors errors)
    {
        if (selector is null || !LabelSelectorRules.Matches(selector, template.Metadata.Labels))
        {
            errors.InvalidRaw(
                path.Child("metadata").Child("labels"), UnversionedText.Wire(template.Metadata.Labels), MismatchText);
        }
    }

    /// <summary>Controllers replace pods, so these restart always and have no deadline.</summary>
    public static void RequireLasting(PodTemplateSpec template, FieldPath path, string owner, FieldErrors errors)
    {
        if (template.Spec.RestartPolicy != RestartPolicy.Always)
        {
            errors.NotSupported(
                path.Child("spec").Child("restartPolicy"), template.Spec.RestartPolicy, RestartPolicy.Always);
        }

        if (template.Spec.ActiveDeadlineSeconds is not null)
        {
            errors.Forbidden(
                path.Child("spec").Child("activeDeadlineSeconds"),
                $"activeDeadlineSeconds in {owner} is not Supported");
        }
    }

    /// <summary>The checks that deployments and replica sets share from the template on.</summary>
    public static void ReplicaTemplate(
        LabelSelector? selector, PodTemplateSpec template, FieldPath path, FieldErrors errors)
    {
        if (selector is null || !IsEmpty(selector))
        {
            RequireMatch(selector, template, path, errors);
        }

        PodTemplateRules.Validate(template, path, errors);
        RequireLasting(template, path, "ReplicaSet", errors);
    }

    /// <summary>A selector that stays what it was.</summary>
    public static void ImmutableSelector(LabelSelector? selector, LabelSelector? old, FieldErrors errors)
    {
        if (!Equals(selector, old))
        {
            errors.InvalidRaw(FieldPath.Of("spec").Child("selector"), UnversionedText.Wire(selector), ImmutableText);
        }
    }

    /// <summary>A count of pods that can't be larger than the count of all.</summary>
    public static void NotAboveReplicas(FieldPath path, int value, int replicas, FieldErrors errors)
    {
        if (value > replicas)
        {
            errors.Invalid(path, value, AboveReplicasText);
        }
    }

    /// <summary>A pod that is available is ready, too.</summary>
    public static void NotAboveReady(FieldPath path, int available, int ready, FieldErrors errors)
    {
        if (available > ready)
        {
            errors.Invalid(path, available, AboveReadyText);
        }
    }

    /// <summary>Names derived from a collision count would repeat if it went back.</summary>
    public static void NotDecremented(int? collisionCount, int? old, FieldErrors errors)
    {
        if (old is { } before && (collisionCount ?? -1) < before)
        {
            errors.Invalid(
                FieldPath.Of("status").Child("collisionCount"), collisionCount ?? 0, "cannot be decremented");
        }
    }

    /// <summary>What users hear about the name and the template of what they create or change.</summary>
    public static IEnumerable<string> Warnings<T>(T obj, T? old, PodTemplateSpec template, bool warnsOfName)
        where T : class, IObject
    {
        if (old is not null && old.Metadata.Generation == obj.Metadata.Generation)
        {
            return [];
        }

        IEnumerable<string> warnings = PodTemplateRules.Warnings(template, FieldPath.Of("spec").Child("template"));
        return old is null && warnsOfName ? NameWarnings(obj.Metadata.Name).Concat(warnings) : warnings;
    }

    /// <summary>Pods take their host names from the name, so a DNS label serves best.</summary>
    public static IEnumerable<string> NameWarnings(string name)
    {
        string[] details = [.. ContentRules.Dns1123Label(name)];
        return details.Length == 0
            ? []
            :
            [
                "metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; "
                    + $"a DNS label is recommended: [{string.Join(' ', details)}]",
            ];
    }

    /// <summary>The containers' names and their images, each as one cell.</summary>
    public static (string Names, string Images) ContainerCells(PodTemplateSpec? template)
    {
        ApiList<Container> containers = template?.Spec.Containers ?? default;
        return (
            string.Join(",", containers.Select(static one => one.Name)),
            string.Join(",", containers.Select(static one => one.Image)));
    }

    /// <summary>The columns that <c>-o wide</c> adds.</summary>
    public static TableColumn[] WideColumns(bool withSelector)
    {
        TableColumn names = TableColumn.Text("Containers", "The names of the containers in the pod template.", 1);
        TableColumn images = TableColumn.Text("Images", "The images of the containers in the pod template.", 1);
        return withSelector
            ? [names, images, TableColumn.Text("Selector", "Which pods belong to the object.", 1)]
            : [names, images];
    }
}
