using Keelson.Machinery.Validation;

namespace Keelson.Api.FlowControl.V1;

public sealed partial record PriorityLevelConfiguration
{
    private const string ExemptName = "exempt";
    private const string CatchAllName = "catch-all";
    private const int MaxQueues = 10_000_000;

    /// <summary>A hand of cards is dealt from the bits of one 64-bit hash; upstream leaves four of them unused.</summary>
    private const int MaxHashBits = 60;

    private const string NotNegative = "must be a non-negative integer";

    private static readonly PriorityLevelConfigurationSpec CatchAllSpec = PriorityLevelConfigurationSpec.Empty with
    {
        Type = PriorityLevelEnablement.Limited,
        Limited = LimitedPriorityLevelConfiguration.Empty with
        {
            NominalConcurrencyShares = 5,
            LendablePercent = 0,
            LimitResponse = LimitResponse.Empty with { Type = LimitResponseType.Reject },
        },
    };

    /// <inheritdoc/>
    public static void Validate(PriorityLevelConfiguration obj, FieldErrors errors)
    {
        FieldPath path = FieldPath.Of("spec");
        ValidateSpec(obj, path, errors);
        ValidateMandatory(obj, path, errors);
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

    private static void ValidateMandatory(PriorityLevelConfiguration obj, FieldPath path, FieldErrors errors)
    {
        // What the exempt level lends may be tuned; that it is exempt may not.
        if (obj.Metadata.Name == ExemptName && obj.Spec is not { Type: PriorityLevelEnablement.Exempt, Limited: null })
        {
            errors.InvalidRaw(
                path,
                FlowSchemaText.Render(obj.Spec),
                $"spec of '{ExemptName}' except the 'spec.exempt' field must equal the fixed value");
        }

        if (obj.Metadata.Name == CatchAllName && obj.Spec != CatchAllSpec)
        {
            errors.InvalidRaw(path, FlowSchemaText.Render(obj.Spec), $"spec of '{CatchAllName}' must equal the fixed value");
        }
    }

    private static void ValidateSpec(PriorityLevelConfiguration obj, FieldPath path, FieldErrors errors)
    {
        PriorityLevelConfigurationSpec spec = obj.Spec;
        if ((obj.Metadata.Name == ExemptName) != (spec.Type == PriorityLevelEnablement.Exempt))
        {
            errors.Invalid(path.Child("type"), spec.Type, "type must be 'Exempt' if and only if name is 'exempt'");
        }

        switch (spec.Type)
        {
            case PriorityLevelEnablement.Exempt:
                if (spec.Limited is not null)
                {
                    errors.Forbidden(path.Child("limited"), "must be nil if the type is not Limited");
                }

                if (spec.Exempt is not null)
                {
                    ValidateExempt(spec.Exempt, path.Child("exempt"), errors);
                }

                break;
            case PriorityLevelEnablement.Limited:
                if (spec.Exempt is not null)
                {
                    errors.Forbidden(path.Child("exempt"), "must be nil if the type is Limited");
                }

                if (spec.Limited is null)
                {
                    errors.Required(path.Child("limited"), "must not be empty when type is Limited");
                }
                else
                {
                    ValidateLimited(spec.Limited, path.Child("limited"), errors);
                }

                break;
            default:
                errors.NotSupported(
                    path.Child("type"), spec.Type, PriorityLevelEnablement.Exempt, PriorityLevelEnablement.Limited);
                break;
        }
    }

    private static void ValidateExempt(ExemptPriorityLevelConfiguration exempt, FieldPath path, FieldErrors errors)
    {
        ValidateNotNegative(exempt.NominalConcurrencyShares, path.Child("nominalConcurrencyShares"), errors);
        ValidatePercent(exempt.LendablePercent, path.Child("lendablePercent"), errors);
    }

    private static void ValidateLimited(LimitedPriorityLevelConfiguration limited, FieldPath path, FieldErrors errors)
    {
        ValidateNotNegative(limited.NominalConcurrencyShares, path.Child("nominalConcurrencyShares"), errors);
        ValidateResponse(limited.LimitResponse, path.Child("limitResponse"), errors);
        ValidatePercent(limited.LendablePercent, path.Child("lendablePercent"), errors);
        if (limited.BorrowingLimitPercent is { } percent and < 0)
        {
            errors.Invalid(path.Child("borrowingLimitPercent"), percent, "if specified, must be a non-negative integer");
        }
    }

    private static void ValidateNotNegative(int? value, FieldPath path, FieldErrors errors)
    {
        if (value is { } number and < 0)
        {
            errors.Invalid(path, number, NotNegative);
        }
    }

    private static void ValidatePercent(int? value, FieldPath path, FieldErrors errors)
    {
        if (value is { } percent and (< 0 or > 100))
        {
            errors.Invalid(path, percent, "must be between 0 and 100, inclusive");
        }
    }

    private static void ValidateResponse(LimitResponse response, FieldPath path, FieldErrors errors)
    {
        switch (response.Type)
        {
            case LimitResponseType.Reject when response.Queuing is not null:
                errors.Forbidden(path.Child("queuing"), "must be nil if limited.limitResponse.type is not Limited");
                break;
            case LimitResponseType.Reject:
                break;
            case LimitResponseType.Queue when response.Queuing is null:
                errors.Required(path.Child("queuing"), "must not be empty if limited.limitResponse.type is Limited");
                break;
            case LimitResponseType.Queue:
                ValidateQueuing(response.Queuing, path.Child("queuing"), errors);
                break;
            default:
                errors.NotSupported(path.Child("type"), response.Type, LimitResponseType.Queue, LimitResponseType.Reject);
                break;
        }
    }

    private static void ValidateQueuing(QueuingConfiguration queuing, FieldPath path, FieldErrors errors)
    {
        if (queuing.QueueLengthLimit <= 0)
        {
            errors.Invalid(path.Child("queueLengthLimit"), queuing.QueueLengthLimit, "must be positive");
        }

        if (queuing.Queues <= 0)
        {
            errors.Invalid(path.Child("queues"), queuing.Queues, "must be positive");
        }
        else if (queuing.Queues > MaxQueues)
        {
            errors.Invalid(path.Child("queues"), queuing.Queues, $"must not be greater than {MaxQueues}");
        }

        FieldPath handSize = path.Child("handSize");
        if (queuing.HandSize <= 0)
        {
            errors.Invalid(handSize, queuing.HandSize, "must be positive");
        }
        else if (queuing.HandSize > queuing.Queues)
        {
            errors.Invalid(handSize, queuing.HandSize, $"should not be greater than queues ({queuing.Queues})");
        }
        else if (Math.Ceiling(Math.Log2(queuing.Queues) * queuing.HandSize) > MaxHashBits)
        {
            errors.Invalid(
                handSize,
                queuing.HandSize,
                $"required entropy bits of deckSize {queuing.Queues} and handSize {queuing.HandSize} should not be greater than {MaxHashBits}");
        }
    }
}
