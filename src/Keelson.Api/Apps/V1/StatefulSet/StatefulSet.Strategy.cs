using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Machinery.Validation;

namespace Keelson.Api.Apps.V1;

public sealed partial record StatefulSet
{
    /// <inheritdoc cref="IKind{T}.Subresources"/>
    public static IReadOnlyList<SubresourceStrategy<StatefulSet>> Subresources { get; } =
        [new("status", PrepareStatus, ValidateStatus, ["spec"])];

    /// <inheritdoc cref="IKind{T}.ResetFields"/>
    public static IReadOnlyList<string> ResetFields { get; } = ["status"];

    /// <summary>Pods are called after their set, so its name is a label.</summary>
    public static IEnumerable<string> NameErrors(string name, bool isPrefix) => NameRules.DnsLabel(name, isPrefix);

    /// <inheritdoc cref="IKind{T}.PrepareForCreate"/>
    public static StatefulSet PrepareForCreate(StatefulSet obj, WriteContext context) => obj with
    {
        Metadata = WorkloadRules.FirstGeneration(obj.Metadata),
        Spec = DropMaxUnavailable(obj.Spec, StatefulSetSpec.Empty),
        Status = StatefulSetStatus.Empty,
    };

    /// <inheritdoc cref="IKind{T}.PrepareForUpdate"/>
    public static StatefulSet PrepareForUpdate(StatefulSet obj, StatefulSet old, WriteContext context)
    {
        StatefulSetSpec spec = DropMaxUnavailable(obj.Spec, old.Spec);
        return obj with
        {
            Metadata = WorkloadRules.NextGeneration(obj.Metadata, old.Metadata, !spec.Equals(old.Spec)),
            Spec = spec,
            Status = old.Status,
        };
    }

    /// <inheritdoc cref="IKind{T}.Warnings"/>
    public static IEnumerable<string> Warnings(StatefulSet obj, StatefulSet? old)
    {
        FieldPath claims = FieldPath.Of("spec").Child("volumeClaimTemplates");
        IEnumerable<string> warnings = WorkloadRules.Warnings(obj, old, obj.Spec.Template, warnsOfName: false)
            .Concat(obj.Spec.VolumeClaimTemplates.SelectMany((claim, i) => ClaimSources.Warnings(
                claim.Spec, old is null ? claims.Index(i) : claims.Index(i).Child("Spec"))));
        return obj.Spec.RevisionHistoryLimit < 0
            ? warnings.Append(
                "spec.revisionHistoryLimit: a negative value retains all historical revisions; "
                + "a value >= 0 is recommended")
            : warnings;
    }

    private static StatefulSet PrepareStatus(StatefulSet obj, StatefulSet old, WriteContext context) => obj with
    {
        Metadata = WorkloadRules.NextGeneration(obj.Metadata, old.Metadata, changed: false),
        Spec = old.Spec,
    };

    /// <summary>
    /// Upstream's gate MaxUnavailableStatefulSet is off, so the field stays only where it already is.
    /// </summary>
    private static StatefulSetSpec DropMaxUnavailable(StatefulSetSpec spec, StatefulSetSpec old)
    {
        if (spec.UpdateStrategy.RollingUpdate is not { MaxUnavailable: not null } rolling
            || old.UpdateStrategy.RollingUpdate?.MaxUnavailable is not null)
        {
            return spec;
        }

        RollingUpdateStatefulSetStrategy kept = rolling with { MaxUnavailable = null };
        return spec with { UpdateStrategy = spec.UpdateStrategy with { RollingUpdate = kept } };
    }
}
