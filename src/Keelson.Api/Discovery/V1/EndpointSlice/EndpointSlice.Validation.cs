using System.Net;
using System.Net.Sockets;
using Keelson.Api.Kinds;
using Keelson.Machinery.Validation;

namespace Keelson.Api.Discovery.V1;

public sealed partial record EndpointSlice
{
    private const int MaxAddresses = 100;
    private const int MaxPorts = 20_000;
    private const int MaxEndpoints = 1000;
    private const int MaxHints = 8;

    /// <inheritdoc/>
    public static void Validate(EndpointSlice obj, FieldErrors errors) => Validate(obj, errors, []);

    /// <inheritdoc/>
    public static void ValidateUpdate(EndpointSlice obj, EndpointSlice old, FieldErrors errors)
    {
        Validate(obj, errors, [.. old.Endpoints.SelectMany(one => one.Addresses)]);
        if (obj.AddressType != old.AddressType)
        {
            errors.Invalid(FieldPath.Of("addressType"), obj.AddressType, "field is immutable");
        }
    }

    private static void Validate(EndpointSlice obj, FieldErrors errors, HashSet<string> storedAddresses)
    {
        if (obj.AddressType.Length == 0)
        {
            errors.Required(FieldPath.Of("addressType"), "");
        }
        else if (obj.AddressType is not ("IPv4" or "IPv6" or "FQDN"))
        {
            errors.NotSupported(FieldPath.Of("addressType"), obj.AddressType, "FQDN", "IPv4", "IPv6");
        }

        FieldPath endpoints = FieldPath.Of("endpoints");
        if (obj.Endpoints.Count > MaxEndpoints)
        {
            errors.TooMany(endpoints, obj.Endpoints.Count, MaxEndpoints);
        }
        else
        {
            for (int i = 0; i < obj.Endpoints.Count; i++)
            {
                ValidateEndpoint(obj.Endpoints[i], obj.AddressType, endpoints.Index(i), errors, storedAddresses);
            }
        }

        ValidatePorts(obj, FieldPath.Of("ports"), errors);
    }

    private static void ValidateEndpoint(
        Endpoint endpoint, string addressType, FieldPath path, FieldErrors errors, HashSet<string> storedAddresses)
    {
        FieldPath addresses = path.Child("addresses");
        if (endpoint.Addresses.Count == 0)
        {
            errors.Required(addresses, "must contain at least 1 address");
        }
        else if (endpoint.Addresses.Count > MaxAddresses)
        {
            errors.TooMany(addresses, endpoint.Addresses.Count, MaxAddresses);
        }

        for (int i = 0; i < endpoint.Addresses.Count; i++)
        {
            string address = endpoint.Addresses[i];
            if (!storedAddresses.Contains(address))
            {
                ValidateAddress(address, addressType, addresses.Index(i), errors);
            }
        }

        if (endpoint.NodeName is { } nodeName)
        {
            errors.Invalid(NameRules.DnsSubdomain(nodeName, false), path.Child("nodeName"), nodeName);
        }

        if (endpoint.Hostname is { } hostname)
        {
            errors.Invalid(ContentRules.Dns1123Label(hostname), path.Child("hostname"), hostname);
        }

        if (endpoint.Hints is not null)
        {
            ValidateHints(endpoint.Hints, path.Child("hints"), errors);
        }
    }

    private static void ValidateAddress(string address, string addressType, FieldPath path, FieldErrors errors)
    {
        if (addressType == "FQDN")
        {
            ContentRules.FullyQualifiedDomainName(address, path, errors);
            return;
        }

        if (addressType is not ("IPv4" or "IPv6"))
        {
            return;
        }

        int before = errors.Count;
        errors.Invalid(ContentRules.IpAddress(address), path, address);
        if (errors.Count > before || !ContentRules.TryParseSloppyIp(address, out IPAddress? parsed))
        {
            return;
        }

        bool ipv4 = parsed.AddressFamily == AddressFamily.InterNetwork;
        if (ipv4 != (addressType == "IPv4"))
        {
            errors.Invalid(path, address, $"must be a valid {addressType} address");
        }

        errors.Invalid(SpecialAddress(parsed, address), path, address);
    }

    private static IEnumerable<string> SpecialAddress(IPAddress address, string text)
    {
        byte[] bytes = address.GetAddressBytes();
        bool ipv4 = bytes.Length == 4;
        if (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
        {
            yield return $"may not be unspecified ({text})";
        }

        if (IPAddress.IsLoopback(address))
        {
            yield return "may not be in the loopback range (127.0.0.0/8, ::1/128)";
        }

        if (ipv4 ? bytes is [169, 254, _, _] : address.IsIPv6LinkLocal)
        {
            yield return "may not be in the link-local range (169.254.0.0/16, fe80::/10)";
        }

        if (ipv4 ? bytes is [224, 0, 0, _] : bytes[0] == 0xff && (bytes[1] & 0x0f) == 0x02)
        {
            yield return "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)";
        }
    }

    private static void ValidateHints(EndpointHints hints, FieldPath path, FieldErrors errors)
    {
        FieldPath zones = path.Child("forZones");
        if (hints.ForZones.Count > MaxHints)
        {
            errors.TooMany(zones, hints.ForZones.Count, MaxHints);
            return;
        }

        FieldPath nodes = path.Child("forNodes");
        if (hints.ForNodes.Count > MaxHints)
        {
            errors.TooMany(nodes, hints.ForNodes.Count, MaxHints);
            return;
        }

        HashSet<string> seen = [];
        for (int i = 0; i < hints.ForZones.Count; i++)
        {
            ValidateHint(hints.ForZones[i].Name, ContentRules.LabelValue, zones.Index(i).Child("name"), errors, seen);
        }

        seen.Clear();
        for (int i = 0; i < hints.ForNodes.Count; i++)
        {
            ValidateHint(hints.ForNodes[i].Name, ContentRules.Dns1123Subdomain, nodes.Index(i).Child("name"), errors, seen);
        }
    }

    private static void ValidateHint(
        string name, Func<string, IEnumerable<string>> rule, FieldPath path, FieldErrors errors, HashSet<string> seen)
    {
        if (!seen.Add(name))
        {
            errors.Duplicate(path, name);
        }

        errors.Invalid(rule(name), path, name);
    }

    private static void ValidatePorts(EndpointSlice obj, FieldPath path, FieldErrors errors)
    {
        if (obj.Ports.Count > MaxPorts)
        {
            errors.TooMany(path, obj.Ports.Count, MaxPorts);
            return;
        }

        HashSet<string> names = [];
        for (int i = 0; i < obj.Ports.Count; i++)
        {
            EndpointPort port = obj.Ports[i];
            FieldPath one = path.Index(i);
            string name = port.Name ?? "";
            if (name.Length > 0)
            {
                errors.Invalid(ContentRules.Dns1123Label(name), one.Child("name"), name);
            }

            if (!names.Add(name))
            {
                errors.Duplicate(one.Child("name"), name);
            }

            if (port.Protocol is null)
            {
                errors.Required(one.Child("protocol"), "");
            }
            else if (port.Protocol is not ("TCP" or "UDP" or "SCTP"))
            {
                errors.NotSupported(one.Child("protocol"), port.Protocol, "SCTP", "TCP", "UDP");
            }

            if (port.AppProtocol is { } appProtocol)
            {
                errors.Invalid(ContentRules.QualifiedName(appProtocol), one.Child("appProtocol"), appProtocol);
            }
        }
    }
}
