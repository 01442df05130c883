using System.Net;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Validation;

namespace Keelson.Api.Core.V1;

public sealed partial record Endpoints
{
    /// <inheritdoc/>
    public static void Validate(Endpoints obj, FieldErrors errors) => ValidateSubsets(obj, null, errors);

    /// <inheritdoc/>
    public static void ValidateUpdate(Endpoints obj, Endpoints old, FieldErrors errors)
    {
        ObjectMetaRules.Revalidate(obj.Metadata, old.Metadata, namespaced: true, NameRules.DnsSubdomain, errors);
        ValidateSubsets(obj, old, errors);
    }

    private static void ValidateSubsets(Endpoints obj, Endpoints? old, FieldErrors errors)
    {
        HashSet<string> stored = old is null
            ? []
            : [.. old.Subsets.SelectMany(subset => subset.Addresses.Concat(subset.NotReadyAddresses)).Select(address => address.Ip)];
        for (int i = 0; i < obj.Subsets.Count; i++)
        {
            EndpointSubset subset = obj.Subsets[i];
            FieldPath path = FieldPath.Of("subsets").Index(i);
            if (subset.Addresses.Count == 0 && subset.NotReadyAddresses.Count == 0)
            {
                errors.Required(path, "must specify `addresses` or `notReadyAddresses`");
            }

            for (int at = 0; at < subset.Addresses.Count; at++)
            {
                ValidateAddress(subset.Addresses[at], stored, path.Child("addresses").Index(at), errors);
            }

            for (int at = 0; at < subset.NotReadyAddresses.Count; at++)
            {
                ValidateAddress(subset.NotReadyAddresses[at], stored, path.Child("notReadyAddresses").Index(at), errors);
            }

            for (int at = 0; at < subset.Ports.Count; at++)
            {
                ValidatePort(subset.Ports[at], subset.Ports.Count > 1, path.Child("ports").Index(at), errors);
            }
        }
    }

    private static void ValidateAddress(EndpointAddress address, HashSet<string> stored, FieldPath path, FieldErrors errors)
    {
        // Odd forms of an address that is stored already are let be.
        if (!stored.Contains(address.Ip))
        {
            errors.Invalid(ContentRules.IpAddress(address.Ip), path, "ip", address.Ip);
        }

        if (address.Hostname.Length > 0)
        {
            errors.Invalid(ContentRules.Dns1123Label(address.Hostname), path, "hostname", address.Hostname);
        }

        if (address.NodeName is { } nodeName)
        {
            errors.Invalid(NameRules.DnsSubdomain(nodeName, false), path, "nodeName", nodeName);
        }

        AddressRules.ValidateNonSpecial(address.Ip, path.Child("ip"), errors);
    }

    private static void ValidatePort(EndpointPort port, bool requireName, FieldPath path, FieldErrors errors)
    {
        if (requireName && port.Name.Length == 0)
        {
            errors.Required(path.Child("name"), "");
        }
        else if (port.Name.Length > 0)
        {
            errors.Invalid(ContentRules.Dns1123Label(port.Name), path, "name", port.Name);
        }

        errors.Invalid(ContentRules.PortNumber(port.Port), path.Child("port"), port.Port);
        PortRules.ValidateProtocol(port.Protocol, path.Child("protocol"), errors);
        if (port.AppProtocol is { } appProtocol)
        {
            errors.Invalid(ContentRules.QualifiedName(appProtocol), path, "appProtocol", appProtocol);
        }
    }
}

/// <summary>The rule on protocols of ports.</summary>
public static class PortRules
{
    /// <summary>One of SCTP, TCP and UDP; it must be there.</summary>
    public static void ValidateProtocol(string protocol, FieldPath path, FieldErrors errors)
    {
        if (protocol.Length == 0)
        {
            errors.Required(path, "");
        }
        else if (protocol is not (Protocol.SCTP or Protocol.TCP or Protocol.UDP))
        {
            errors.NotSupported(path, protocol, Protocol.SCTP, Protocol.TCP, Protocol.UDP);
        }
    }
}

/// <summary>The rule on addresses that traffic is sent to.</summary>
public static class AddressRules
{
    /// <summary>
    /// Refuses what makes no sense as a destination (unspecified, loopback) or is a node's own affair (link-local ranges,
    /// where metadata services live).
    /// </summary>
    public static void ValidateNonSpecial(string value, FieldPath path, FieldErrors errors)
    {
        if (!ContentRules.TryParseSloppyIp(value, out IPAddress? address))
        {
            errors.Invalid(path, value, "must be a valid IP address");
            return;
        }

        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }

        byte[] bytes = address.GetAddressBytes();
        bool isV4 = bytes.Length == 4;
        if (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
        {
            errors.Invalid(path, value, $"may not be unspecified ({value})");
        }

        if (isV4 ? bytes[0] == 127 : address.Equals(IPAddress.IPv6Loopback))
        {
            errors.Invalid(path, value, "may not be in the loopback range (127.0.0.0/8, ::1/128)");
        }

        if (isV4 ? bytes[0] == 169 && bytes[1] == 254 : address.IsIPv6LinkLocal)
        {
            errors.Invalid(path, value, "may not be in the link-local range (169.254.0.0/16, fe80::/10)");
        }

        if (isV4 ? bytes[0] == 224 && bytes[1] == 0 && bytes[2] == 0 : bytes[0] == 0xff && (bytes[1] & 0x0f) == 0x02)
        {
            errors.Invalid(path, value, "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)");
        }
    }
}
