using Keelson.Api.Kinds;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>The rules on the ports of services.</summary>
internal static class ServicePortRules
{
    /// <summary>Each port by itself, and that names are unique.</summary>
    public static void Validate(ServiceSpec spec, FieldPath path, FieldErrors errors)
    {
        HashSet<string> names = [];
        for (int i = 0; i < spec.Ports.Count; i++)
        {
            Validate(spec.Ports[i], spec.Ports.Count > 1, names, path.Index(i), errors);
        }
    }

    /// <summary>That the type allows ports on nodes, and that no number is taken twice.</summary>
    public static void ValidateNumbers(ServiceSpec spec, FieldPath path, FieldErrors errors)
    {
        for (int i = 0; i < spec.Ports.Count && spec.Type == ServiceType.ClusterIP; i++)
        {
            if (spec.Ports[i].NodePort != 0)
            {
                errors.Forbidden(path.Index(i).Child("nodePort"), "may not be used when `type` is 'ClusterIP'");
            }
        }

        HashSet<(string, int)> nodePorts = [];
        for (int i = 0; i < spec.Ports.Count; i++)
        {
            ServicePort port = spec.Ports[i];
            if (port.NodePort != 0 && !nodePorts.Add((port.Protocol, port.NodePort)))
            {
                errors.DuplicateRaw(path.Index(i).Child("nodePort"), ErrorValue.Json(port.NodePort));
            }
        }

        HashSet<(string, int)> ports = [];
        for (int i = 0; i < spec.Ports.Count; i++)
        {
            ServicePort port = spec.Ports[i];
            if (!ports.Add((port.Protocol, port.Port)))
            {
                errors.DuplicateRaw(path.Index(i), RenderKey(port));
            }
        }
    }

    /// <summary>A port's number or its name in the pods.</summary>
    public static void ValidateNumberOrName(IntOrString port, FieldPath path, FieldErrors errors)
    {
        if (port.IsText)
        {
            errors.Invalid(ContentRules.PortName(port.Text), path, port.Text);
        }
        else
        {
            errors.Invalid(ContentRules.PortNumber(port.Number), path, port.Number);
        }
    }

    private static void Validate(ServicePort port, bool requireName, HashSet<string> names, FieldPath path, FieldErrors errors)
    {
        if (requireName && port.Name.Length == 0)
        {
            errors.Required(path.Child("name"), "");
        }
        else if (port.Name.Length > 0)
        {
            errors.Invalid(ContentRules.Dns1123Label(port.Name), path, "name", port.Name);
            if (!names.Add(port.Name))
            {
                errors.Duplicate(path.Child("name"), port.Name);
            }
        }

        errors.Invalid(ContentRules.PortNumber(port.Port), path.Child("port"), port.Port);
        PortRules.ValidateProtocol(port.Protocol, path.Child("protocol"), errors);
        ValidateNumberOrName(port.TargetPort, path.Child("targetPort"), errors);
        if (port.AppProtocol is { } appProtocol)
        {
            errors.Invalid(ContentRules.QualifiedName(appProtocol), path, "appProtocol", appProtocol);
        }
    }

    /// <summary>The port with nothing but what must be unique.</summary>
    private static string RenderKey(ServicePort port) => ErrorValue.Object(
        ("Name", "\"\""),
        ("Protocol", ErrorValue.Json(port.Protocol)),
        ("AppProtocol", "null"),
        ("Port", ErrorValue.Json(port.Port)),
        ("TargetPort", "0"),
        ("NodePort", "0"));
}
