using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>
/// Decides which families of addresses a service gets, from what the client says, what it had, and what the cluster has.
/// The server asks before it allocates.
/// </summary>
public static class ServiceFamilies
{
    private static readonly FieldPath Policy = FieldPath.Of("spec").Child("ipFamilyPolicy");

    /// <summary>The service with its policy and families filled in; errors mean that the write must fail.</summary>
    /// <param name="spec">The new version, prepared.</param>
    /// <param name="old">The stored version; null for a new service.</param>
    /// <param name="configured">The families of the cluster, the default one first.</param>
    /// <param name="errors">Takes the errors.</param>
    public static ServiceSpec Decide(ServiceSpec spec, ServiceSpec? old, IReadOnlyList<string> configured, FieldErrors errors)
    {
        // A service that prefers two families keeps what it has when the cluster gets or loses one.
        bool unchangedPreference = old is { IpFamilyPolicy: IPFamilyPolicy.PreferDualStack } && old.Type != ServiceType.ExternalName
            && spec.IpFamilyPolicy == IPFamilyPolicy.PreferDualStack && SameAddresses(spec, old) && spec.IpFamilies == old.IpFamilies;
        if (spec.Type == ServiceType.ExternalName || unchangedPreference)
        {
            return spec;
        }

        bool free = spec.ClusterIP == ServiceTypes.Headless && spec.Selector.Count == 0;
        spec = spec with
        {
            IpFamilyPolicy = spec.IpFamilyPolicy ?? old?.IpFamilyPolicy
                ?? (free ? IPFamilyPolicy.RequireDualStack : IPFamilyPolicy.SingleStack),
        };
        int before = errors.Count;
        ServiceRules.ValidateClusterIPs(spec, old?.ClusterIPs ?? default, errors);
        if (errors.Count > before)
        {
            return spec;
        }

        if (old is not null)
        {
            spec = Release(spec, old, errors);
        }

        spec = Infer(spec, configured, errors);
        if (errors.Count > before)
        {
            return spec;
        }

        return free ? Complete(spec, configured[0], true) : DecideForCluster(spec, configured, errors);
    }

    private static ServiceSpec DecideForCluster(ServiceSpec spec, IReadOnlyList<string> configured, FieldErrors errors)
    {
        int before = errors.Count;
        if (spec.IpFamilyPolicy == IPFamilyPolicy.RequireDualStack && configured.Count < 2)
        {
            errors.Invalid(Policy, spec.IpFamilyPolicy, "this cluster is not configured for dual-stack services");
        }

        for (int i = 0; i < spec.IpFamilies.Count; i++)
        {
            if (!configured.Contains(spec.IpFamilies[i]))
            {
                errors.Invalid(FieldPath.Of("spec").Child("ipFamilies").Index(i), spec.IpFamilies[i], "not configured on this cluster");
            }
        }

        return errors.Count > before ? spec : Complete(spec, configured[0], configured.Count == 2);
    }

    /// <summary>The default family where none is given, and the other one where two are wanted and possible.</summary>
    private static ServiceSpec Complete(ServiceSpec spec, string defaultFamily, bool canHaveTwo)
    {
        ApiList<string> families = spec.IpFamilies.Count == 0 ? [defaultFamily] : spec.IpFamilies;
        if (canHaveTwo && families.Count == 1 && spec.IpFamilyPolicy != IPFamilyPolicy.SingleStack)
        {
            families = families.Add(families[0] == IPFamily.IPv4 ? IPFamily.IPv6 : IPFamily.IPv4);
        }

        return spec with { IpFamilies = families };
    }

    /// <summary>The policy SingleStack releases the second address and family; nothing else does.</summary>
    private static ServiceSpec Release(ServiceSpec spec, ServiceSpec old, FieldErrors errors)
    {
        if (spec.IpFamilyPolicy == IPFamilyPolicy.SingleStack)
        {
            ApiList<string> addresses = SameAddresses(spec, old) && spec.ClusterIPs.Count > 1 ? [spec.ClusterIPs[0]] : spec.ClusterIPs;
            ApiList<string> families = spec.IpFamilies == old.IpFamilies && spec.IpFamilies.Count > 1 ? [spec.IpFamilies[0]] : spec.IpFamilies;
            return spec with { ClusterIPs = addresses, IpFamilies = families };
        }

        if (Reduced(spec.ClusterIPs, old.ClusterIPs))
        {
            errors.Invalid(Policy, spec.IpFamilyPolicy, "must be 'SingleStack' to release the secondary cluster IP");
        }

        if (Reduced(spec.IpFamilies, old.IpFamilies))
        {
            errors.Invalid(Policy, spec.IpFamilyPolicy, "must be 'SingleStack' to release the secondary IP family");
        }

        return spec;
    }

    /// <summary>Families that the client leaves out follow from the addresses it gives.</summary>
    private static ServiceSpec Infer(ServiceSpec spec, IReadOnlyList<string> configured, FieldErrors errors)
    {
        if (spec.IpFamilyPolicy == IPFamilyPolicy.SingleStack)
        {
            const string needsTwo = "must be 'RequireDualStack' or 'PreferDualStack' when multiple ";
            if (spec.ClusterIPs.Count == 2)
            {
                errors.Invalid(Policy, spec.IpFamilyPolicy, needsTwo + "cluster IPs are specified");
            }

            if (spec.IpFamilies.Count == 2)
            {
                errors.Invalid(Policy, spec.IpFamilyPolicy, needsTwo + "IP families are specified");
            }
        }

        ApiList<string> families = spec.IpFamilies;
        for (int i = families.Count; i < spec.ClusterIPs.Count && spec.ClusterIPs[i] != ServiceTypes.Headless; i++)
        {
            string family = ServiceRules.FamilyOf(spec.ClusterIPs[i]);
            if (configured.Contains(family))
            {
                families = families.Add(family);
            }
            else
            {
                errors.InvalidRaw(
                    FieldPath.Of("spec").Child("clusterIPs").Index(i),
                    Kinds.ErrorValue.Json(spec.ClusterIPs),
                    $"{family} is not configured on this cluster");
            }
        }

        return spec with { IpFamilies = families };
    }

    private static bool SameAddresses(ServiceSpec spec, ServiceSpec old) =>
        spec.ClusterIP == old.ClusterIP && spec.ClusterIPs == old.ClusterIPs;

    private static bool Reduced(ApiList<string> list, ApiList<string> old) => list.Count == 1 && old.Count == 2 && list[0] == old[0];
}
