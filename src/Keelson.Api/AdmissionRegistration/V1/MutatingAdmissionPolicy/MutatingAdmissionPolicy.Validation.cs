using Keelson.Machinery.Validation;

namespace Keelson.Api.AdmissionRegistration.V1;

public sealed partial record MutatingAdmissionPolicy
{
    /// <inheritdoc/>
    public static void Validate(MutatingAdmissionPolicy obj, FieldErrors errors) => Validate(obj, errors, sameConditions: false);

    /// <inheritdoc/>
    public static void ValidateUpdate(MutatingAdmissionPolicy obj, MutatingAdmissionPolicy old, FieldErrors errors) => Validate(
        obj,
        errors,
        obj.Spec.ParamKind == old.Spec.ParamKind && obj.Spec.MatchConditions == old.Spec.MatchConditions);

    private static void Validate(MutatingAdmissionPolicy obj, FieldErrors errors, bool sameConditions)
    {
        FieldPath path = FieldPath.Of("spec");
        MutatingAdmissionPolicySpec spec = obj.Spec;
        AdmissionRules.ValidateFailurePolicy(spec.FailurePolicy, path.Child("failurePolicy"), errors);
        if (spec.ParamKind is not null)
        {
            AdmissionRules.Validate(spec.ParamKind, path.Child("paramKind"), errors);
        }

        AdmissionRules.ValidateConstraints(spec.MatchConstraints, path.Child("matchConstraints"), errors);
        AdmissionRules.ValidateMutatingOperations(spec.MatchConstraints, path.Child("matchConstraints"), errors);
        if (!sameConditions)
        {
            AdmissionRules.Validate(spec.MatchConditions, path.Child("matchConditions"), errors);
        }

        AdmissionRules.Validate(spec.Variables, path.Child("variables"), errors);
        if (spec.Mutations.Count == 0)
        {
            errors.Required(path.Child("mutations"), "mutations must contain at least one item");
        }

        for (int i = 0; i < spec.Mutations.Count; i++)
        {
            Validate(spec.Mutations[i], path.Child("mutations").Index(i), errors);
        }

        if (spec.ReinvocationPolicy.Length == 0)
        {
            errors.Required(path.Child("reinvocationPolicy"), "");
        }
        else if (spec.ReinvocationPolicy is not (ReinvocationPolicyType.IfNeeded or ReinvocationPolicyType.Never))
        {
            errors.NotSupported(
                path.Child("reinvocationPolicy"),
                spec.ReinvocationPolicy,
                ReinvocationPolicyType.IfNeeded,
                ReinvocationPolicyType.Never);
        }
    }

    private static void Validate(Mutation mutation, FieldPath path, FieldErrors errors)
    {
        switch (mutation.PatchType)
        {
            case "":
                errors.Required(path.Child("patchType"), "");
                break;
            case PatchType.JSONPatch:
                ValidatePatch("jsonPatch", mutation.PatchType, mutation.JsonPatch?.Expression, path, errors);
                Forbid("applyConfiguration", mutation.PatchType, mutation.ApplyConfiguration is not null, path, errors);
                break;
            case PatchType.ApplyConfiguration:
                ValidatePatch("applyConfiguration", mutation.PatchType, mutation.ApplyConfiguration?.Expression, path, errors);
                Forbid("jsonPatch", mutation.PatchType, mutation.JsonPatch is not null, path, errors);
                break;
            default:
                errors.NotSupported(
                    path.Child("patchType"), mutation.PatchType, PatchType.ApplyConfiguration, PatchType.JSONPatch);
                break;
        }
    }

    private static void ValidatePatch(string field, string type, string? expression, FieldPath path, FieldErrors errors)
    {
        if (expression is null)
        {
            errors.Required(path.Child(field), $"must be specified when patchType is {type}");
        }
        else if (string.IsNullOrWhiteSpace(expression))
        {
            errors.Required(path.Child(field).Child("expression"), "");
        }
    }

    private static void Forbid(string field, string type, bool present, FieldPath path, FieldErrors errors)
    {
        if (present)
        {
            errors.Invalid(path.Child(field), $"{{{field}}}", $"must not be specified when patchType is {type}");
        }
    }
}
