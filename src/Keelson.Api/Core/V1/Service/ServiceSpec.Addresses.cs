using System.Net;
using System.Net.Sockets;
using Keelson.Api.Kinds;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>The rules on addresses of services and the families these are of.</summary>
internal static partial class ServiceRules
{
    private const string FixedOnceSet = "may not change once set";

    private static FieldPath ClusterIPs => Spec.Child("clusterIPs");

    private static FieldPath Families => Spec.Child("ipFamilies");

    private static FieldPath FamilyPolicy => Spec.Child("ipFamilyPolicy");

    /// <summary>That the address, the addresses, the families and their policy fit each other.</summary>
    public static void ValidateClusterIPs(ServiceSpec spec, ApiList<string> stored, FieldErrors errors)
    {
        if (spec.Type == ServiceType.ExternalName)
        {
            return;
        }

        ApiList<string> addresses = spec.ClusterIPs;
        if (spec.ClusterIP.Length == 0 && addresses.Count > 0)
        {
            InvalidList(ClusterIPs, addresses, "must be empty when `clusterIP` is not specified", errors);
        }
        else if (spec.ClusterIP.Length > 0 && addresses.Count == 0)
        {
            errors.Required(ClusterIPs, "");
        }
        else if (spec.ClusterIP.Length > 0 && addresses[0] != spec.ClusterIP)
        {
            InvalidList(ClusterIPs, addresses, "first value must match `clusterIP`", errors);
        }

        ValidateFamilies(spec, errors);
        bool usable = ValidateEachAddress(addresses, stored, errors);
        if (addresses.Count > 2)
        {
            InvalidList(ClusterIPs, addresses, "may only hold up to 2 values", errors);
        }

        if (!usable)
        {
            return;
        }

        if (addresses.Count > 1 && addresses.Select(FamilyOf).Distinct().Count() < 2)
        {
            InvalidList(ClusterIPs, addresses, "may specify no more than one IP for each IP family", errors);
        }

        for (int i = 0; i < Math.Min(addresses.Count, spec.IpFamilies.Count) && !ServiceTypes.IsHeadless(spec); i++)
        {
            string family = spec.IpFamilies[i];
            if (family is IPFamily.IPv4 or IPFamily.IPv6 && FamilyOf(addresses[i]) != family)
            {
                errors.Invalid(ClusterIPs.Index(i), addresses[i], $"expected an {family} value as indicated by `ipFamilies[{i}]`");
            }
        }
    }

    /// <summary>
    /// That what was given out is not taken back behind the client's back: the first address and family of a service stay,
    /// a second one may come, and go with the policy SingleStack only.
    /// </summary>
    public static void ValidateChange(ServiceSpec spec, ServiceSpec old, FieldErrors errors)
    {
        if (spec.Type != ServiceType.ExternalName && old.Type != ServiceType.ExternalName)
        {
            bool headless = ServiceTypes.IsHeadless(spec);
            bool wasHeadless = ServiceTypes.IsHeadless(old);
            if (!headless || !wasHeadless)
            {
                ValidateAddressChange(spec, old, errors);
            }

            if (!headless && !wasHeadless)
            {
                ValidateFamilyChange(spec, old, errors);
            }
        }

        if (spec.Type == ServiceType.LoadBalancer && old.Type == ServiceType.LoadBalancer && spec.LoadBalancerClass != old.LoadBalancerClass)
        {
            InvalidText(Spec.Child("loadBalancerClass"), spec.LoadBalancerClass, FixedOnceSet, errors);
        }

        ValidateLoadBalancerClass(spec, errors);
        if (ServiceTypes.NeedsHealthCheck(spec) && ServiceTypes.NeedsHealthCheck(old) && spec.HealthCheckNodePort != old.HealthCheckNodePort)
        {
            errors.Forbidden(Spec.Child("healthCheckNodePort"), "field is immutable");
        }
    }

    /// <summary>IPv4 or IPv6.</summary>
    public static string FamilyOf(string address) =>
        ContentRules.TryParseSloppyIp(address, out IPAddress? parsed) && parsed.AddressFamily == AddressFamily.InterNetworkV6
            && !parsed.IsIPv4MappedToIPv6
            ? IPFamily.IPv6
            : IPFamily.IPv4;

    private static void ValidateFamilies(ServiceSpec spec, FieldErrors errors)
    {
        HashSet<string> seen = [];
        for (int i = 0; i < spec.IpFamilies.Count; i++)
        {
            string family = spec.IpFamilies[i];
            if (family is not (IPFamily.IPv4 or IPFamily.IPv6))
            {
                errors.NotSupported(Families.Index(i), family, IPFamily.IPv4, IPFamily.IPv6);
            }

            if (!seen.Add(family))
            {
                errors.Duplicate(Families.Index(i), family);
            }
        }

        if (spec.IpFamilyPolicy is not (null or IPFamilyPolicy.SingleStack or IPFamilyPolicy.PreferDualStack or IPFamilyPolicy.RequireDualStack))
        {
            errors.NotSupported(
                FamilyPolicy, spec.IpFamilyPolicy, IPFamilyPolicy.PreferDualStack, IPFamilyPolicy.RequireDualStack, IPFamilyPolicy.SingleStack);
        }
    }

    /// <summary>False when further checks would only repeat that an address is none.</summary>
    private static bool ValidateEachAddress(ApiList<string> addresses, ApiList<string> stored, FieldErrors errors)
    {
        int before = errors.Count;
        for (int i = 0; i < addresses.Count; i++)
        {
            if (i == 0 && addresses[i] == ServiceTypes.Headless)
            {
                if (addresses.Count > 1)
                {
                    InvalidList(ClusterIPs, addresses, "'None' must be the first and only value", errors);
                }
            }
            else if (!stored.AsSpan().Contains(addresses[i]))
            {
                errors.Invalid(ContentRules.IpAddress(addresses[i]), ClusterIPs.Index(i), addresses[i]);
            }
        }

        return errors.Count == before;
    }

    private static void ValidateAddressChange(ServiceSpec spec, ServiceSpec old, FieldErrors errors)
    {
        ApiList<string> addresses = spec.ClusterIPs;
        if (addresses.Count == old.ClusterIPs.Count)
        {
            for (int i = 0; i < addresses.Count; i++)
            {
                if (addresses[i] != old.ClusterIPs[i])
                {
                    InvalidList(ClusterIPs.Index(i), addresses, FixedOnceSet, errors);
                }
            }

            return;
        }

        if (addresses.Count == 0)
        {
            InvalidList(ClusterIPs.Index(0), addresses, "primary clusterIP can not be unset", errors);
        }
        else if (old.ClusterIPs.Count > 0 && addresses[0] != old.ClusterIPs[0])
        {
            InvalidList(ClusterIPs.Index(0), addresses, FixedOnceSet, errors);
        }

        if (old.ClusterIPs.Count > addresses.Count && addresses.Count == 1 && spec.IpFamilyPolicy != IPFamilyPolicy.SingleStack)
        {
            InvalidText(FamilyPolicy, spec.IpFamilyPolicy, "must be set to 'SingleStack' when releasing the secondary clusterIP", errors);
        }
    }

    private static void ValidateFamilyChange(ServiceSpec spec, ServiceSpec old, FieldErrors errors)
    {
        ApiList<string> families = spec.IpFamilies;
        if (families.Count == old.IpFamilies.Count)
        {
            for (int i = 0; i < families.Count; i++)
            {
                if (families[i] != old.IpFamilies[i])
                {
                    InvalidList(Families.Index(0), families, FixedOnceSet, errors);
                }
            }

            return;
        }

        bool released = old.IpFamilies.Count > families.Count;
        if (released && spec.ClusterIPs.Count == 0)
        {
            InvalidList(Families.Index(0), families, "primary ipFamily can not be unset", errors);
        }

        if (families.Count > 0 && old.IpFamilies.Count > 0 && families[0] != old.IpFamilies[0])
        {
            InvalidList(Families.Index(0), spec.ClusterIPs, FixedOnceSet, errors);
        }

        if (released && families.Count == 1 && spec.IpFamilyPolicy != IPFamilyPolicy.SingleStack)
        {
            InvalidText(FamilyPolicy, spec.IpFamilyPolicy, "must be set to 'SingleStack' when releasing the secondary ipFamily", errors);
        }
    }

    private static void InvalidList(FieldPath path, ApiList<string> list, string detail, FieldErrors errors) =>
        errors.InvalidRaw(path, list.IsAbsent ? "null" : ErrorValue.Json(list), detail);

    private static void InvalidText(FieldPath path, string? text, string detail, FieldErrors errors) =>
        errors.InvalidRaw(path, text is null ? "null" : FieldErrors.Quote(text), detail);
}
