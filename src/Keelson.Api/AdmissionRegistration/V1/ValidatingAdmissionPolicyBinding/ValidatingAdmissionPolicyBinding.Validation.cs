using Keelson.Api.Kinds;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.AdmissionRegistration.V1;

public sealed partial record ValidatingAdmissionPolicyBinding
{
    /// <inheritdoc/>
    public static void Validate(ValidatingAdmissionPolicyBinding obj, FieldErrors errors)
    {
        FieldPath path = FieldPath.Of("spec");
        AdmissionRules.ValidateBinding(obj.Spec.PolicyName, obj.Spec.ParamRef, obj.Spec.MatchResources, path, errors);
        ValidateActions(obj.Spec.ValidationActions, path.Child("validationActions"), errors);
    }

    private static void ValidateActions(ApiList<string> actions, FieldPath path, FieldErrors errors)
    {
        HashSet<string> seen = [];
        for (int i = 0; i < actions.Count; i++)
        {
            if (actions[i] is not (ValidationAction.Audit or ValidationAction.Deny or ValidationAction.Warn))
            {
                errors.NotSupported(
                    path.Index(i), actions[i], ValidationAction.Audit, ValidationAction.Deny, ValidationAction.Warn);
            }

            if (!seen.Add(actions[i]))
            {
                errors.Duplicate(path.Index(i), actions[i]);
            }
        }

        if (seen.Contains(ValidationAction.Deny) && seen.Contains(ValidationAction.Warn))
        {
            errors.InvalidRaw(
                path,
                ErrorValue.Json(actions),
                "must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)");
        }

        if (seen.Count == 0)
        {
            errors.Required(path, "at least one validation action is required");
        }
    }
}
