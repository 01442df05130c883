using Keelson.Api.Kinds;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Resource.V1;

/// <summary>The rules of a claim's spec, which templates hold too.</summary>
internal static class ResourceClaimRules
{
    public const int RequestsMaxCount = 32;
    private const int ConstraintsMaxCount = 32;
    private const int FirstAvailableMaxCount = 8;
    private const int TolerationsMaxCount = 16;

    private const string NotARequest =
        "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'";

    public static void Validate(ResourceClaimSpec spec, FieldPath path, FieldErrors errors)
    {
        FieldPath devices = path.Child("devices");
        HashSet<string> names = RequestNames(spec.Devices);
        DeviceNames.ValidateSet(
            spec.Devices.Requests, RequestsMaxCount, devices.Child("requests"), errors, (Validate, static one => one.Name));
        DeviceNames.ValidateList(
            spec.Devices.Constraints,
            ConstraintsMaxCount,
            devices.Child("constraints"),
            errors,
            (one, at, all) => Validate(one, names, at, all));
        DeviceNames.ValidateList(
            spec.Devices.Config,
            DeviceConfigurationRules.ConfigMaxCount,
            devices.Child("config"),
            errors,
            (one, at, all) =>
            {
                ValidateReferences(one.Requests, names, at.Child("requests"), all);
                DeviceConfigurationRules.Validate(one.DeviceConfiguration, at, all);
            });
    }

    /// <summary>What a claim's requests are called: <c>gpu</c> and, for alternatives, <c>gpu/large</c>.</summary>
    public static HashSet<string> RequestNames(DeviceClaim claim)
    {
        HashSet<string> names = [];
        foreach (DeviceRequest request in claim.Requests)
        {
            names.Add(request.Name);
            foreach (DeviceSubRequest alternative in request.FirstAvailable)
            {
                names.Add(request.Name + "/" + alternative.Name);
            }
        }

        return names;
    }

    public static void ValidateReference(string reference, HashSet<string> names, FieldPath path, FieldErrors errors)
    {
        string[] segments = reference.Split('/');
        if (segments.Length > 2)
        {
            errors.Invalid(path, reference, NotARequest);
            return;
        }

        foreach (string segment in segments)
        {
            errors.Invalid(ContentRules.Dns1123Label(segment), path, segment);
        }

        if (!names.Contains(reference))
        {
            errors.Invalid(path, reference, NotARequest);
        }
    }

    public static void ValidateReferences(ApiList<string> references, HashSet<string> names, FieldPath path, FieldErrors errors) =>
        DeviceNames.ValidateSet(
            references,
            RequestsMaxCount,
            path,
            errors,
            ((one, at, all) => ValidateReference(one, names, at, all), static one => one));

    public static void Validate(DeviceToleration toleration, FieldPath path, FieldErrors errors)
    {
        if (toleration.Key.Length > 0)
        {
            errors.Invalid(ContentRules.QualifiedName(toleration.Key), path.Child("key"), toleration.Key);
        }

        switch (toleration.Operator)
        {
            case DeviceTolerationOperator.Exists:
                if (toleration.Value.Length > 0)
                {
                    errors.Invalid(path.Child("value"), toleration.Value, "must be empty for operator `Exists`");
                }

                break;
            case DeviceTolerationOperator.Equal:
                errors.Invalid(ContentRules.LabelValue(toleration.Value), path.Child("value"), toleration.Value);
                break;
            case "":
                errors.Required(path.Child("operator"), "");
                break;
            default:
                errors.NotSupported(
                    path.Child("operator"), toleration.Operator, DeviceTolerationOperator.Equal, DeviceTolerationOperator.Exists);
                break;
        }

        if (toleration.Effect.Length > 0)
        {
            ValidateEffect(toleration.Effect, path.Child("effect"), errors);
        }
    }

    public static void ValidateEffect(string effect, FieldPath path, FieldErrors errors)
    {
        if (effect is not (DeviceTaintEffect.NoExecute or DeviceTaintEffect.NoSchedule or DeviceTaintEffect.None))
        {
            errors.NotSupported(path, effect, DeviceTaintEffect.NoExecute, DeviceTaintEffect.NoSchedule, DeviceTaintEffect.None);
        }
    }

    private static void Validate(DeviceRequest request, FieldPath path, FieldErrors errors)
    {
        errors.Invalid(ContentRules.Dns1123Label(request.Name), path.Child("name"), request.Name);
        if (request.Exactly is null && request.FirstAvailable.Count == 0)
        {
            errors.Required(path, "exactly one of `exactly` or `firstAvailable` is required");
        }
        else if (request.Exactly is not null && request.FirstAvailable.Count > 0)
        {
            errors.InvalidRaw(
                path, "null", "exactly one of `exactly` or `firstAvailable` is required, but multiple fields are set");
        }
        else if (request.Exactly is { } exactly)
        {
            ValidateDevices(
                (exactly.DeviceClassName, exactly.Selectors, exactly.AllocationMode, exactly.Count, exactly.Tolerations),
                path.Child("exactly"),
                errors);
        }
        else
        {
            DeviceNames.ValidateSet(
                request.FirstAvailable,
                FirstAvailableMaxCount,
                path.Child("firstAvailable"),
                errors,
                (Validate, static one => one.Name));
        }
    }

    private static void Validate(DeviceSubRequest request, FieldPath path, FieldErrors errors)
    {
        errors.Invalid(ContentRules.Dns1123Label(request.Name), path.Child("name"), request.Name);
        ValidateDevices(
            (request.DeviceClassName, request.Selectors, request.AllocationMode, request.Count, request.Tolerations), path, errors);
    }

    private static void ValidateDevices(
        (string Class, ApiList<DeviceSelector> Selectors, string Mode, long Count, ApiList<DeviceToleration> Tolerations) wanted,
        FieldPath path,
        FieldErrors errors)
    {
        if (wanted.Class.Length == 0)
        {
            errors.Required(path.Child("deviceClassName"), "");
        }
        else
        {
            errors.Invalid(ContentRules.Dns1123Subdomain(wanted.Class), path.Child("deviceClassName"), wanted.Class);
        }

        DeviceNames.ValidateList(
            wanted.Selectors,
            DeviceConfigurationRules.SelectorsMaxCount,
            path.Child("selectors"),
            errors,
            DeviceConfigurationRules.Validate);
        switch (wanted.Mode)
        {
            case "All":
                if (wanted.Count != 0)
                {
                    errors.Invalid(path.Child("count"), wanted.Count, "must not be specified when allocationMode is 'All'");
                }

                break;
            case "ExactCount":
                if (wanted.Count <= 0)
                {
                    errors.Invalid(path.Child("count"), wanted.Count, "must be greater than zero");
                }

                break;
            default:
                errors.NotSupported(path.Child("allocationMode"), wanted.Mode, "All", "ExactCount");
                break;
        }

        DeviceNames.ValidateList(wanted.Tolerations, TolerationsMaxCount, path.Child("tolerations"), errors, Validate);
    }

    private static void Validate(DeviceConstraint constraint, HashSet<string> names, FieldPath path, FieldErrors errors)
    {
        ValidateReferences(constraint.Requests, names, path.Child("requests"), errors);
        if (constraint.MatchAttribute is { } match)
        {
            DeviceNames.ValidateFullyQualified(match, path.Child("matchAttribute"), errors);
        }
        else if (constraint.DistinctAttribute is { } distinct)
        {
            DeviceNames.ValidateFullyQualified(distinct, path.Child("distinctAttribute"), errors);
        }
        else
        {
            errors.Required(
                path,
                "exactly one of \"matchAttribute\" or \"distinctAttribute\" is required, but multiple fields are set");
        }
    }
}
