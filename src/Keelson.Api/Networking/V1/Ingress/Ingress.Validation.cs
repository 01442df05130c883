using Keelson.Api.Kinds;
using Keelson.Machinery.Validation;

namespace Keelson.Api.Networking.V1;

public sealed partial record Ingress
{
    /// <inheritdoc/>
    public static void Validate(Ingress obj, FieldErrors errors)
    {
        IngressRules.Validate(obj.Spec, FieldPath.Of("spec"), errors, IngressLeniency.None);
        if (obj.Spec.IngressClassName is { } className
            && obj.Metadata.Annotations.TryGetValue(ClassAnnotation, out string? annotation)
            && annotation != className)
        {
            errors.Invalid(
                FieldPath.Of("annotations").Child(ClassAnnotation),
                annotation,
                "must match `ingressClassName` when both are specified");
        }
    }

    /// <inheritdoc/>
    public static void ValidateUpdate(Ingress obj, Ingress old, FieldErrors errors) =>
        IngressRules.Validate(obj.Spec, FieldPath.Of("spec"), errors, IngressRules.LeniencyFor(old.Spec));

    private static void ValidateStatusUpdate(Ingress obj, Ingress old, FieldErrors errors)
    {
        HashSet<string> stored = [.. old.Status.LoadBalancer.Ingress.Select(one => one.Ip)];
        FieldPath path = FieldPath.Of("status").Child("loadBalancer").Child("ingress");
        for (int i = 0; i < obj.Status.LoadBalancer.Ingress.Count; i++)
        {
            IngressLoadBalancerIngress one = obj.Status.LoadBalancer.Ingress[i];
            if (one.Ip.Length > 0 && !stored.Contains(one.Ip))
            {
                errors.Invalid(ContentRules.IpAddress(one.Ip), path.Index(i).Child("ip"), one.Ip);
            }

            if (one.Hostname.Length > 0)
            {
                errors.Invalid(ContentRules.Dns1123Subdomain(one.Hostname), path.Index(i).Child("hostname"), one.Hostname);
                if (ContentRules.TryParseSloppyIp(one.Hostname, out System.Net.IPAddress? _))
                {
                    errors.Invalid(path.Index(i).Child("hostname"), one.Hostname, "must be a DNS name, not an IP address");
                }
            }
        }
    }
}
