using Keelson.Api.Meta.V1;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

public sealed partial record TopologySpreadConstraint
{
    internal static void ValidateAll(
        ApiList<TopologySpreadConstraint> constraints, PodValidationOptions options, FieldPath path, FieldErrors errors)
    {
        for (int i = 0; i < constraints.Count; i++)
        {
            TopologySpreadConstraint one = constraints[i];
            FieldPath at = path.Index(i);
            one.ValidateOwn(at, errors);
            foreach (TopologySpreadConstraint later in constraints.AsSpan()[(i + 1)..])
            {
                if (later.TopologyKey == one.TopologyKey && later.WhenUnsatisfiable == one.WhenUnsatisfiable)
                {
                    errors.Duplicate(
                        at.Child("{topologyKey, whenUnsatisfiable}"),
                        $"{{{one.TopologyKey}, {one.WhenUnsatisfiable}}}");
                    break;
                }
            }

            one.ValidatePolicies(at, errors);
            one.ValidateSelector(options, at, errors);
        }
    }

    private void ValidateOwn(FieldPath path, FieldErrors errors)
    {
        if (MaxSkew <= 0)
        {
            errors.Invalid(path.Child("maxSkew"), MaxSkew, ResourceRules.NotPositiveError);
        }

        if (TopologyKey.Length == 0)
        {
            errors.Required(path.Child("topologyKey"), "can not be empty");
        }

        errors.OneOf(
            path.Child("whenUnsatisfiable"),
            WhenUnsatisfiable,
            UnsatisfiableConstraintAction.DoNotSchedule,
            UnsatisfiableConstraintAction.ScheduleAnyway);
    }

    private void ValidatePolicies(FieldPath path, FieldErrors errors)
    {
        if (MinDomains is { } minimum)
        {
            FieldPath at = path.Child("minDomains");
            if (minimum <= 0)
            {
                errors.Invalid(at, minimum, ResourceRules.NotPositiveError);
            }

            if (WhenUnsatisfiable != UnsatisfiableConstraintAction.DoNotSchedule)
            {
                errors.Invalid(
                    at, minimum,
                    $"can only use minDomains if whenUnsatisfiable=DoNotSchedule, not {WhenUnsatisfiable}");
            }
        }

        errors.OneOf(
            path.Child("nodeAffinityPolicy"), NodeAffinityPolicy, NodeInclusionPolicy.Honor,
            NodeInclusionPolicy.Ignore);
        errors.OneOf(
            path.Child("nodeTaintsPolicy"), NodeTaintsPolicy, NodeInclusionPolicy.Honor, NodeInclusionPolicy.Ignore);
    }

    private void ValidateSelector(PodValidationOptions options, FieldPath path, FieldErrors errors)
    {
        if (options.OldViolatesMatchLabelKeys)
        {
            MatchLabelKeyRules.ValidateAsBefore(MatchLabelKeys, LabelSelector, path.Child("matchLabelKeys"), errors);
        }
        else
        {
            MatchLabelKeyRules.Validate(MatchLabelKeys, [], LabelSelector, path, errors);
        }

        if (!options.AllowInvalidTopologySpreadSelector)
        {
            LabelSelectorRules.Validate(LabelSelector, path.Child("labelSelector"), errors);
        }
    }
}
