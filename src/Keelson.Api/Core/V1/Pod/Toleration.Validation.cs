using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>Validates tolerations: of pods, of runtime classes.</summary>
public static class TolerationRules
{
    /// <summary>Validates every toleration of the list.</summary>
    public static void Validate(ApiList<Toleration> tolerations, FieldPath path, FieldErrors errors)
    {
        for (int i = 0; i < tolerations.Count; i++)
        {
            ValidateOne(tolerations[i], path.Index(i), errors);
        }
    }

    private static void ValidateOne(Toleration toleration, FieldPath path, FieldErrors errors)
    {
        if (toleration.Key.Length > 0)
        {
            errors.InvalidEach(path.Child("key"), toleration.Key, ContentRules.QualifiedName(toleration.Key));
        }

        FieldPath @operator = path.Child("operator");
        if (toleration.Key.Length == 0 && toleration.Operator != TolerationOperator.Exists)
        {
            errors.Invalid(
                @operator,
                toleration.Operator,
                "operator must be Exists when `key` is empty, which means \"match all values and all keys\"");
        }

        if (toleration.TolerationSeconds is not null && toleration.Effect != TaintEffect.NoExecute)
        {
            errors.Invalid(
                path.Child("effect"), toleration.Effect, "effect must be 'NoExecute' when `tolerationSeconds` is set");
        }

        ValidateValue(toleration, @operator, errors);
        if (toleration.Effect.Length > 0)
        {
            errors.OneOf(
                path.Child("effect"), toleration.Effect, TaintEffect.NoSchedule, TaintEffect.PreferNoSchedule,
                TaintEffect.NoExecute);
        }
    }

    private static void ValidateValue(Toleration toleration, FieldPath path, FieldErrors errors)
    {
        switch (toleration.Operator)
        {
            case TolerationOperator.Equal or "":
                string text = string.Join(";", ContentRules.LabelValue(toleration.Value));
                if (text.Length > 0)
                {
                    errors.Invalid(path, toleration.Value, text);
                }

                break;
            case TolerationOperator.Exists:
                if (toleration.Value.Length > 0)
                {
                    errors.Invalid(path, toleration.Value, "value must be empty when `operator` is 'Exists'");
                }

                break;
            case TolerationOperator.Lt or TolerationOperator.Gt:
                // Comparing values is a feature that 1.36 ships switched off.
                errors.NotSupported(
                    path,
                    toleration.Operator,
                    TolerationOperator.Equal,
                    TolerationOperator.Exists,
                    TolerationOperator.Lt,
                    TolerationOperator.Gt);
                break;
            default:
                errors.NotSupported(path, toleration.Operator, TolerationOperator.Equal, TolerationOperator.Exists);
                break;
        }
    }
}
