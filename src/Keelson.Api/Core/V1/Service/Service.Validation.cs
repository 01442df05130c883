using System.Net;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

public sealed partial record Service
{
    /// <inheritdoc/>
    public static void Validate(Service obj, FieldErrors errors) => ServiceRules.Validate(obj, null, errors);

    /// <inheritdoc/>
    public static void ValidateUpdate(Service obj, Service old, FieldErrors errors)
    {
        ObjectMetaRules.ValidateUpdate(obj.Metadata, old.Metadata, ObjectMetaRules.Path, errors);
        ServiceRules.ValidateChange(obj.Spec, old.Spec, errors);
        ServiceRules.Validate(obj, old, errors);
    }

    private static void ValidateStatusUpdate(Service obj, Service old, FieldErrors errors)
    {
        ObjectMetaRules.ValidateUpdate(obj.Metadata, old.Metadata, ObjectMetaRules.Path, errors);
        FieldPath path = FieldPath.Of("status").Child("loadBalancer").Child("ingress");
        ApiList<LoadBalancerIngress> ingress = obj.Status.LoadBalancer.Ingress;
        if (obj.Spec.Type != ServiceType.LoadBalancer && ingress.Count > 0)
        {
            errors.Forbidden(path, "may only be used when `spec.type` is 'LoadBalancer'");
            return;
        }

        HashSet<string> stored = [.. old.Status.LoadBalancer.Ingress.Select(one => one.Ip)];
        for (int i = 0; i < ingress.Count; i++)
        {
            ValidateIngress(ingress[i], stored, path.Index(i), errors);
        }
    }

    private static void ValidateIngress(LoadBalancerIngress ingress, HashSet<string> stored, FieldPath path, FieldErrors errors)
    {
        if (ingress.Ip.Length > 0 && !stored.Contains(ingress.Ip))
        {
            errors.Invalid(ContentRules.IpAddress(ingress.Ip), path, "ip", ingress.Ip);
        }

        FieldPath mode = path.Child("ipMode");
        if (ingress.IpMode is null && ingress.Ip.Length > 0)
        {
            errors.Required(mode, "must be specified when `ip` is set");
        }
        else if (ingress.IpMode is not null && ingress.Ip.Length == 0)
        {
            errors.Forbidden(mode, "may not be specified when `ip` is not set");
        }
        else if (ingress.IpMode is not (null or LoadBalancerIPMode.Proxy or LoadBalancerIPMode.VIP))
        {
            errors.NotSupported(mode, ingress.IpMode, LoadBalancerIPMode.Proxy, LoadBalancerIPMode.VIP);
        }

        if (ingress.Hostname.Length > 0)
        {
            errors.Invalid(ContentRules.Dns1123Subdomain(ingress.Hostname), path, "hostname", ingress.Hostname);
            if (ContentRules.TryParseSloppyIp(ingress.Hostname, out IPAddress? _))
            {
                errors.Invalid(path.Child("hostname"), ingress.Hostname, "must be a DNS name, not an IP address");
            }
        }
    }
}
