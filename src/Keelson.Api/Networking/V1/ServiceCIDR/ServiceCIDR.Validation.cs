using System.Net.Sockets;
using Keelson.Api.Kinds;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Networking.V1;

public sealed partial record ServiceCIDR
{
    private const string Immutable = "field is immutable";

    /// <inheritdoc/>
    public static void Validate(ServiceCIDR obj, FieldErrors errors)
    {
        FieldPath path = FieldPath.Of("spec").Child("cidrs");
        ApiList<string> cidrs = obj.Spec.Cidrs;
        if (cidrs.Count == 0)
        {
            errors.Required(path, "at least one CIDR required");
            return;
        }

        if (cidrs.Count > 2)
        {
            errors.InvalidRaw(path, ErrorValue.Object(("CIDRs", ErrorValue.Json(cidrs))), "may only hold up to 2 values");
            return;
        }

        for (int i = 0; i < cidrs.Count; i++)
        {
            errors.Invalid(ContentRules.CanonicalCidr(cidrs[i]), path.Index(i), cidrs[i]);
        }

        if (cidrs.Count == 2 && Family(cidrs[0]) is { } first && first == Family(cidrs[1]))
        {
            errors.InvalidRaw(
                path,
                ErrorValue.Json(cidrs),
                "may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64");
        }
    }

    /// <inheritdoc/>
    public static void ValidateUpdate(ServiceCIDR obj, ServiceCIDR old, FieldErrors errors)
    {
        FieldPath path = FieldPath.Of("spec").Child("cidrs");
        (ApiList<string> cidrs, ApiList<string> stored) = (obj.Spec.Cidrs, old.Spec.Cidrs);
        bool widened = stored.Count == 1 && cidrs.Count == 2;
        if (cidrs.Count != stored.Count && !widened)
        {
            errors.InvalidRaw(path, ErrorValue.Json(cidrs), Immutable);
            return;
        }

        for (int i = 0; i < stored.Count; i++)
        {
            if (cidrs[i] != stored[i])
            {
                errors.Invalid(path.Index(i), cidrs[i], Immutable);
            }
        }

        // A second family may join, nothing else may change.
        if (widened)
        {
            Validate(obj, errors);
        }
    }

    private static AddressFamily? Family(string cidr) =>
        ContentRules.TryParseSloppyCidr(cidr, out System.Net.IPAddress? address, out _) ? address.AddressFamily : null;
}
