using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.AdmissionRegistration.V1;

public sealed partial record ValidatingAdmissionPolicy
{
    private const int AuditAnnotationsMaxCount = 20;
    private const int ValueExpressionMaxLength = 5 * 1024;
    private const string Nothing = "validations or auditAnnotations must contain at least one item";

    /// <inheritdoc/>
    public static void Validate(ValidatingAdmissionPolicy obj, FieldErrors errors) => Validate(obj, errors, sameConditions: false);

    /// <inheritdoc/>
    public static void ValidateUpdate(ValidatingAdmissionPolicy obj, ValidatingAdmissionPolicy old, FieldErrors errors) => Validate(
        obj,
        errors,
        obj.Spec.ParamKind == old.Spec.ParamKind && obj.Spec.MatchConditions == old.Spec.MatchConditions);

    private static void Validate(ValidatingAdmissionPolicy obj, FieldErrors errors, bool sameConditions)
    {
        FieldPath path = FieldPath.Of("spec");
        ValidatingAdmissionPolicySpec spec = obj.Spec;
        AdmissionRules.ValidateFailurePolicy(spec.FailurePolicy, path.Child("failurePolicy"), errors);
        if (spec.ParamKind is not null)
        {
            AdmissionRules.Validate(spec.ParamKind, path.Child("paramKind"), errors);
        }

        AdmissionRules.ValidateConstraints(spec.MatchConstraints, path.Child("matchConstraints"), errors);
        if (!sameConditions)
        {
            AdmissionRules.Validate(spec.MatchConditions, path.Child("matchConditions"), errors);
        }

        AdmissionRules.Validate(spec.Variables, path.Child("variables"), errors);
        if (spec.Validations.Count == 0 && spec.AuditAnnotations.Count == 0)
        {
            errors.Required(path.Child("validations"), Nothing);
            errors.Required(path.Child("auditAnnotations"), Nothing);
            return;
        }

        for (int i = 0; i < spec.Validations.Count; i++)
        {
            Validate(spec.Validations[i], path.Child("validations").Index(i), errors);
        }

        Validate(obj.Metadata.Name, spec.AuditAnnotations, path.Child("auditAnnotations"), errors);
    }

    private static void Validate(Validation validation, FieldPath path, FieldErrors errors)
    {
        if (string.IsNullOrWhiteSpace(validation.Expression))
        {
            errors.Required(path.Child("expression"), "expression is not specified");
        }

        if (validation.MessageExpression.Length > 0 && string.IsNullOrWhiteSpace(validation.MessageExpression))
        {
            errors.Invalid(path.Child("messageExpression"), validation.MessageExpression, "must be non-empty if specified");
        }

        if (validation.Message.Length > 0 && string.IsNullOrWhiteSpace(validation.Message))
        {
            errors.Invalid(path.Child("message"), validation.Message, "must be non-empty if specified");
        }
        else if (validation.Message.Trim().AsSpan().ContainsAny('\n', '\r'))
        {
            errors.Invalid(path.Child("message"), validation.Message, "must not contain line breaks");
        }

        if (validation.Reason is not (null or StatusReason.Forbidden or StatusReason.Invalid or StatusReason.RequestEntityTooLarge))
        {
            errors.NotSupported(
                path.Child("reason"),
                validation.Reason,
                StatusReason.Forbidden,
                StatusReason.Invalid,
                StatusReason.RequestEntityTooLarge);
        }
    }

    private static void Validate(string policyName, ApiList<AuditAnnotation> annotations, FieldPath path, FieldErrors errors)
    {
        if (annotations.Count > AuditAnnotationsMaxCount)
        {
            IEnumerable<string> rendered = annotations.Select(static one => ErrorValue.Object(
                ("Key", ErrorValue.Json(one.Key)), ("ValueExpression", ErrorValue.Json(one.ValueExpression))));
            errors.InvalidRaw(
                path, ErrorValue.List([.. rendered]), $"must not have more than {AuditAnnotationsMaxCount} auditAnnotations");
        }

        HashSet<string> keys = [];
        for (int i = 0; i < annotations.Count; i++)
        {
            FieldPath key = path.Index(i).Child("key");
            if (policyName.Length == 0)
            {
                errors.Invalid(key, annotations[i].Key, "requires metadata.name be non-empty");
            }
            else
            {
                string name = policyName + "/" + annotations[i].Key;
                errors.Invalid(ContentRules.QualifiedName(name), key, name);
            }

            string expression = annotations[i].ValueExpression.Trim();
            if (expression.Length == 0)
            {
                errors.Required(path.Index(i).Child("valueExpression"), "valueExpression is not specified");
            }
            else if (expression.Length > ValueExpressionMaxLength)
            {
                errors.Required(
                    path.Index(i).Child("valueExpression"), $"must not exceed {ValueExpressionMaxLength} bytes in length");
            }

            if (!keys.Add(annotations[i].Key))
            {
                errors.Duplicate(key, annotations[i].Key);
            }
        }
    }

    private static void ValidateStatusUpdate(ValidatingAdmissionPolicy obj, ValidatingAdmissionPolicy old, FieldErrors errors)
    {
        FieldPath path = FieldPath.Of("status");
        ApiList<ExpressionWarning> warnings = obj.Status.TypeChecking?.ExpressionWarnings ?? default;
        for (int i = 0; i < warnings.Count; i++)
        {
            FieldPath one = path.Child("typeChecking").Child("expressionWarnings").Index(i);
            if (warnings[i].Warning.Length == 0)
            {
                errors.Required(one.Child("warning"), "");
            }

            if (string.IsNullOrWhiteSpace(warnings[i].FieldRef))
            {
                errors.Required(one.Child("fieldRef"), "");
            }
        }

        ConditionRules.Validate(obj.Status.Conditions, path.Child("conditions"), errors);
    }
}
