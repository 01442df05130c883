using Keelson.Api.Kinds;
using Keelson.Machinery.Validation;

namespace Keelson.Api.Networking.V1;

public sealed partial record IngressClass
{
    private const int ControllerMaxLength = 250;

    /// <inheritdoc/>
    public static void Validate(IngressClass obj, FieldErrors errors)
    {
        FieldPath path = FieldPath.Of("spec");
        FieldPath controller = path.Child("controller");
        if (obj.Spec.Controller.Length > ControllerMaxLength)
        {
            errors.TooLong(controller, ControllerMaxLength);
        }

        ContentRules.DomainPrefixedPath(obj.Spec.Controller, controller, errors);
        if (obj.Spec.Parameters is not null)
        {
            ValidateParameters(obj.Spec.Parameters, path.Child("parameters"), errors);
        }
    }

    /// <inheritdoc/>
    public static void ValidateUpdate(IngressClass obj, IngressClass old, FieldErrors errors)
    {
        if (obj.Spec.Controller != old.Spec.Controller)
        {
            errors.Invalid(FieldPath.Of("spec").Child("controller"), obj.Spec.Controller, "field is immutable");
        }

        Validate(obj, errors);
    }

    private static void ValidateParameters(IngressClassParametersReference parameters, FieldPath path, FieldErrors errors)
    {
        if (parameters.ApiGroup is { } group)
        {
            errors.Invalid(ContentRules.Dns1123Subdomain(group), path.Child("apiGroup"), group);
        }

        ReferenceRules.RequirePathSegment(parameters.Kind, path.Child("kind"), errors);
        ReferenceRules.RequirePathSegment(parameters.Name, path.Child("name"), errors);
        switch (parameters.Scope)
        {
            case null:
                errors.Required(path.Child("scope"), "");
                break;
            case "Namespace" when parameters.Namespace is null:
                errors.Required(path.Child("namespace"), "`parameters.scope` is set to 'Namespace'");
                break;
            case "Namespace":
                errors.Invalid(NameRules.DnsLabel(parameters.Namespace, false), path.Child("namespace"), parameters.Namespace);
                break;
            case "Cluster" when parameters.Namespace is not null:
                errors.Forbidden(path.Child("namespace"), "`parameters.scope` is set to 'Cluster'");
                break;
            case "Cluster":
                break;
            default:
                errors.NotSupported(path.Child("scope"), parameters.Scope, "Cluster", "Namespace");
                break;
        }
    }
}
