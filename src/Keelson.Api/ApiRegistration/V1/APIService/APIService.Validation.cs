using Keelson.Api.Kinds;
using Keelson.Machinery.Validation;

namespace Keelson.Api.ApiRegistration.V1;

public sealed partial record APIService
{
    private const int MaxGroupPriority = 20_000;
    private const int MaxVersionPriority = 1000;

    /// <inheritdoc/>
    public static void Validate(APIService obj, FieldErrors errors)
    {
        APIServiceSpec spec = obj.Spec;
        string requiredName = spec.Version + "." + spec.Group;
        if (obj.Metadata.Name != requiredName && !NameErrors(obj.Metadata.Name, false).Any())
        {
            errors.Invalid(
                FieldPath.Of("metadata").Child("name"),
                obj.Metadata.Name,
                $"must be `spec.version+\".\"+spec.group`: {GoText.Quote(requiredName)}");
        }

        FieldPath path = FieldPath.Of("spec");
        if (spec.Group.Length > 0)
        {
            errors.Invalid(ContentRules.Dns1123Subdomain(spec.Group), path.Child("group"), spec.Group);
        }
        else if (spec.Version != "v1")
        {
            errors.Required(path.Child("group"), "only v1 may have an empty group and it better be legacy kube");
        }

        errors.Invalid(ContentRules.Dns1035Label(spec.Version), path.Child("version"), spec.Version);
        if (spec.GroupPriorityMinimum is <= 0 or > MaxGroupPriority)
        {
            errors.Invalid(path.Child("groupPriorityMinimum"), spec.GroupPriorityMinimum, "must be positive and less than 20000");
        }

        if (spec.VersionPriority is <= 0 or > MaxVersionPriority)
        {
            errors.Invalid(path.Child("versionPriority"), spec.VersionPriority, "must be positive and less than 1000");
        }

        if (spec.Service is null)
        {
            ValidateLocal(spec, path, errors);
        }
        else
        {
            ValidateService(spec, spec.Service, path, errors);
        }
    }

    private static void ValidateLocal(APIServiceSpec spec, FieldPath path, FieldErrors errors)
    {
        if (spec.CaBundle.Length > 0)
        {
            errors.Invalid(path.Child("caBundle"), $"{spec.CaBundle.Length} bytes", "local APIServices may not have a caBundle");
        }

        if (spec.InsecureSkipTLSVerify)
        {
            errors.Invalid(path.Child("insecureSkipTLSVerify"), true, "local APIServices may not have insecureSkipTLSVerify");
        }
    }

    private static void ValidateService(APIServiceSpec spec, ServiceReference service, FieldPath path, FieldErrors errors)
    {
        if (service.Namespace.Length == 0)
        {
            errors.Required(path.Child("service").Child("namespace"), "");
        }

        if (service.Name.Length == 0)
        {
            errors.Required(path.Child("service").Child("name"), "");
        }

        string portProblem = string.Join(", ", ContentRules.PortNumber(service.Port ?? 0));
        if (portProblem.Length > 0)
        {
            errors.Invalid(path.Child("service").Child("port"), service.Port ?? 0, "port is not valid: " + portProblem);
        }

        if (spec.InsecureSkipTLSVerify && spec.CaBundle.Length > 0)
        {
            errors.Invalid(path.Child("insecureSkipTLSVerify"), true, "may not be true if caBundle is present");
        }
    }

    private static void ValidateStatusUpdate(APIService obj, APIService old, FieldErrors errors)
    {
        FieldPath path = FieldPath.Of("status").Child("conditions");
        for (int i = 0; i < obj.Status.Conditions.Count; i++)
        {
            string status = obj.Status.Conditions[i].Status;
            if (status is not ("True" or "False" or "Unknown"))
            {
                errors.NotSupported(path.Index(i).Child("status"), status, "True", "False", "Unknown");
            }
        }
    }
}
