using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Networking.V1;

/// <summary>What an update may keep because the stored object has it already.</summary>
internal readonly record struct IngressLeniency(bool SecretNames, bool WildcardHostRules)
{
    public static IngressLeniency None => default;
}

/// <summary>The rules of an ingress' spec.</summary>
internal static class IngressRules
{
    private static readonly string[] ForbiddenSequences = ["//", "/./", "/../", "%2f", "%2F"];
    private static readonly string[] ForbiddenSuffixes = ["/..", "/."];

    public static IngressLeniency LeniencyFor(IngressSpec old) => new(
        old.Tls.Any(one => SecretNameErrors(one.SecretName).Any()),
        old.Rules.Any(one => one.Host.Contains('*', StringComparison.Ordinal) && HasErrors(one.IngressRuleValue)));

    public static void Validate(IngressSpec spec, FieldPath path, FieldErrors errors, IngressLeniency leniency)
    {
        if (spec.Rules.Count == 0 && spec.DefaultBackend is null)
        {
            errors.InvalidRaw(path, spec.Rules.IsAbsent ? "null" : "[]", "either `defaultBackend` or `rules` must be specified");
        }

        if (spec.DefaultBackend is not null)
        {
            ValidateBackend(spec.DefaultBackend, path.Child("defaultBackend"), errors);
        }

        for (int i = 0; i < spec.Rules.Count; i++)
        {
            ValidateRule(spec.Rules[i], path.Child("rules").Index(i), errors, leniency);
        }

        ValidateTls(spec.Tls, path.Child("tls"), errors, leniency);
        if (spec.IngressClassName is { } className)
        {
            errors.Invalid(NameRules.DnsSubdomain(className, false), path.Child("ingressClassName"), className);
        }
    }

    private static void ValidateTls(ApiList<IngressTLS> tls, FieldPath path, FieldErrors errors, IngressLeniency leniency)
    {
        for (int i = 0; i < tls.Count; i++)
        {
            for (int j = 0; j < tls[i].Hosts.Count; j++)
            {
                errors.Invalid(HostErrors(tls[i].Hosts[j]), path.Index(i).Child("hosts").Index(j), tls[i].Hosts[j]);
            }

            if (!leniency.SecretNames)
            {
                errors.Invalid(SecretNameErrors(tls[i].SecretName), path.Index(i).Child("secretName"), tls[i].SecretName);
            }
        }
    }

    private static void ValidateRule(IngressRule rule, FieldPath path, FieldErrors errors, IngressLeniency leniency)
    {
        if (rule.Host.Length > 0)
        {
            if (ContentRules.TryParseSloppyIp(rule.Host, out System.Net.IPAddress? _))
            {
                errors.Invalid(path.Child("host"), rule.Host, "must be a DNS name, not an IP address");
            }

            errors.Invalid(HostErrors(rule.Host), path.Child("host"), rule.Host);
        }

        bool wildcard = rule.Host.Contains('*', StringComparison.Ordinal);
        if (!wildcard || !leniency.WildcardHostRules)
        {
            ValidateRuleValue(rule.IngressRuleValue, path, errors);
        }
    }

    private static void ValidateRuleValue(IngressRuleValue value, FieldPath path, FieldErrors errors)
    {
        if (value.Http is null)
        {
            return;
        }

        FieldPath paths = path.Child("http").Child("paths");
        if (value.Http.Paths.Count == 0)
        {
            errors.Required(paths, "");
        }

        for (int i = 0; i < value.Http.Paths.Count; i++)
        {
            ValidatePath(value.Http.Paths[i], paths.Index(i), errors);
        }
    }

    private static void ValidatePath(HTTPIngressPath one, FieldPath path, FieldErrors errors)
    {
        if (one.PathType is null)
        {
            errors.Required(path.Child("pathType"), "pathType must be specified");
            return;
        }

        bool strict = one.PathType is "Exact" or "Prefix";
        if (!strict && one.PathType != "ImplementationSpecific")
        {
            errors.NotSupported(path.Child("pathType"), one.PathType, "Exact", "ImplementationSpecific", "Prefix");
        }
        else if ((strict || one.Path.Length > 0) && !one.Path.StartsWith('/'))
        {
            errors.Invalid(path.Child("path"), one.Path, "must be an absolute path");
        }

        if (strict)
        {
            foreach (string sequence in ForbiddenSequences.Where(sequence => one.Path.Contains(sequence, StringComparison.Ordinal)))
            {
                errors.Invalid(path.Child("path"), one.Path, $"must not contain '{sequence}'");
            }

            foreach (string suffix in ForbiddenSuffixes.Where(suffix => one.Path.EndsWith(suffix, StringComparison.Ordinal)))
            {
                errors.Invalid(path.Child("path"), one.Path, $"cannot end with '{suffix}'");
            }
        }

        ValidateBackend(one.Backend, path.Child("backend"), errors);
    }

    private static void ValidateBackend(IngressBackend backend, FieldPath path, FieldErrors errors)
    {
        if (backend.Resource is not null && backend.Service is not null)
        {
            errors.Invalid(path, "", "cannot set both resource and service backends");
        }
        else if (backend.Resource is not null)
        {
            ValidateReference(backend.Resource, path.Child("resource"), errors);
        }
        else if (backend.Service is not null)
        {
            ValidateService(backend.Service, path, errors);
        }
        else
        {
            errors.Invalid(path, "", "resource or service backend is required");
        }
    }

    private static void ValidateService(IngressServiceBackend service, FieldPath path, FieldErrors errors)
    {
        FieldPath servicePath = path.Child("service");
        if (service.Name.Length == 0)
        {
            errors.Required(servicePath.Child("name"), "");
        }
        else
        {
            errors.Invalid(NameRules.DnsLabel(service.Name, false), servicePath.Child("name"), service.Name);
        }

        bool hasName = service.Port.Name.Length > 0;
        bool hasNumber = service.Port.Number != 0;
        if (hasName && hasNumber)
        {
            errors.Invalid(path, "", "cannot set both port name & port number");
        }
        else if (hasName)
        {
            errors.Invalid(ContentRules.PortName(service.Port.Name), servicePath.Child("port").Child("name"), service.Port.Name);
        }
        else if (hasNumber)
        {
            errors.Invalid(ContentRules.PortNumber(service.Port.Number), servicePath.Child("port").Child("number"), service.Port.Number);
        }
        else
        {
            errors.Required(path, "port name or number is required");
        }
    }

    private static void ValidateReference(TypedLocalObjectReference reference, FieldPath path, FieldErrors errors)
    {
        if (reference.ApiGroup is { } group)
        {
            errors.Invalid(ContentRules.Dns1123Subdomain(group), path.Child("apiGroup"), group);
        }

        ReferenceRules.RequirePathSegment(reference.Kind, path.Child("kind"), errors);
        ReferenceRules.RequirePathSegment(reference.Name, path.Child("name"), errors);
    }

    private static bool HasErrors(IngressRuleValue value)
    {
        FieldErrors errors = new();
        ValidateRuleValue(value, FieldPath.Of("rule"), errors);
        return errors.Count > 0;
    }

    private static IEnumerable<string> HostErrors(string host) => host.Contains('*', StringComparison.Ordinal)
        ? ContentRules.WildcardDns1123Subdomain(host)
        : ContentRules.Dns1123Subdomain(host);

    private static IEnumerable<string> SecretNameErrors(string name) => name.Length == 0 ? [] : NameRules.DnsSubdomain(name, false);
}

/// <summary>References to other objects.</summary>
internal static class ReferenceRules
{
    /// <summary>A text that must be there and can be one segment of a path.</summary>
    public static void RequirePathSegment(string value, FieldPath path, FieldErrors errors)
    {
        if (value.Length == 0)
        {
            errors.Required(path, "");
        }
        else
        {
            errors.Invalid(ContentRules.PathSegment(value), path, value);
        }
    }
}
