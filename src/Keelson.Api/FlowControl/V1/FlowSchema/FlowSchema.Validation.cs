using Keelson.Api.Kinds;
using Keelson.Machinery.Validation;

namespace Keelson.Api.FlowControl.V1;

public sealed partial record FlowSchema
{
    private const int MaxPrecedence = 10_000;

    /// <inheritdoc/>
    public static void Validate(FlowSchema obj, FieldErrors errors)
    {
        FieldPath path = FieldPath.Of("spec");
        ValidateSpec(obj, path, errors);
        if (MandatorySpec(obj.Metadata.Name) is { } mandatory && mandatory != obj.Spec)
        {
            errors.InvalidRaw(
                path, FlowSchemaText.Render(obj.Spec), $"spec of '{obj.Metadata.Name}' must equal the fixed value");
        }

        FieldPath conditions = FieldPath.Of("status").Child("conditions");
        HashSet<string> types = [];
        for (int i = 0; i < obj.Status.Conditions.Count; i++)
        {
            string type = obj.Status.Conditions[i].Type;
            if (!types.Add(type))
            {
                errors.Duplicate(conditions.Index(i).Child("type"), type);
            }

            if (type.Length == 0)
            {
                errors.Required(conditions.Index(i).Child("type"), "must not be empty");
            }
        }
    }

    private static void ValidateSpec(FlowSchema obj, FieldPath path, FieldErrors errors)
    {
        FlowSchemaSpec spec = obj.Spec;
        FieldPath precedence = path.Child("matchingPrecedence");
        if (spec.MatchingPrecedence <= 0)
        {
            errors.Invalid(precedence, spec.MatchingPrecedence, "must be a positive value");
        }

        if (spec.MatchingPrecedence > MaxPrecedence)
        {
            errors.Invalid(precedence, spec.MatchingPrecedence, $"must not be greater than {MaxPrecedence}");
        }

        if (spec.MatchingPrecedence == 1 && obj.Metadata.Name != Exempt)
        {
            errors.Invalid(precedence, 1, "only the schema named 'exempt' may have matchingPrecedence 1");
        }

        if (spec.DistinguisherMethod is { Type: not (FlowDistinguisherMethodType.ByNamespace or FlowDistinguisherMethodType.ByUser) } method)
        {
            errors.Add(new(
                FieldErrorReason.FieldValueNotSupported,
                path.Child("distinguisherMethod").Child("type").ToString(),
                $"Unsupported value: {ErrorValue.Object(("Type", ErrorValue.Json(method.Type)))}: supported values: \"ByNamespace\", \"ByUser\""));
        }

        string level = spec.PriorityLevelConfiguration.Name;
        FieldPath levelPath = path.Child("priorityLevelConfiguration").Child("name");
        if (level.Length == 0)
        {
            errors.Required(levelPath, "must reference a priority level");
        }
        else
        {
            errors.Invalid(NameRules.DnsSubdomain(level, false), levelPath, level);
        }

        for (int i = 0; i < spec.Rules.Count; i++)
        {
            FlowSchemaRules.Validate(spec.Rules[i], path.Child("rules").Index(i), errors);
        }
    }
}
