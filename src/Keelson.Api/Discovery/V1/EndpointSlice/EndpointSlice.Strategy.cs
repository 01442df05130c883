using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Validation;

namespace Keelson.Api.Discovery.V1;

public sealed partial record EndpointSlice
{
    private const string ManagedByLabel = "endpointslice.kubernetes.io/managed-by";

    /// <inheritdoc/>
    public static EndpointSlice PrepareForCreate(EndpointSlice obj, WriteContext context) =>
        WithoutEmpty(WithoutTopology(obj)) with { Metadata = ObjectMetaStrategy.Created(obj.Metadata) };

    /// <inheritdoc/>
    public static EndpointSlice PrepareForUpdate(EndpointSlice obj, EndpointSlice old, WriteContext context)
    {
        // Labels count too: kube-proxy finds the service by them.
        bool changed = obj.AddressType != old.AddressType || obj.Endpoints != old.Endpoints || obj.Ports != old.Ports
            || obj.Metadata.Labels != old.Metadata.Labels;
        EndpointSlice kept = obj.Endpoints == old.Endpoints ? obj : WithoutTopology(obj);
        return WithoutEmpty(kept) with { Metadata = ObjectMetaStrategy.Updated(obj.Metadata, old.Metadata, changed) };
    }

    /// <inheritdoc/>
    public static IEnumerable<string> Warnings(EndpointSlice obj, EndpointSlice? old)
    {
        if (obj.AddressType == "FQDN")
        {
            yield return "spec.addressType: FQDN endpoints are deprecated";
        }

        // The cluster's own controllers write addresses in their usual form; looking through theirs costs for nothing.
        if (obj.Metadata.Labels.GetValueOrDefault(ManagedByLabel) is "endpointslice-controller.k8s.io"
            or "endpointslicemirroring-controller.k8s.io")
        {
            yield break;
        }

        for (int i = 0; i < obj.Endpoints.Count; i++)
        {
            for (int j = 0; j < obj.Endpoints[i].Addresses.Count; j++)
            {
                FieldPath path = FieldPath.Of("endpoints").Index(i).Child("addresses").Index(j);
                if (ContentRules.IpWarning(path, obj.Endpoints[i].Addresses[j]) is { } warning)
                {
                    yield return warning;
                }
            }
        }
    }

    /// <summary>Upstream's store does not know empty lists from absent ones.</summary>
    private static EndpointSlice WithoutEmpty(EndpointSlice obj) => obj with
    {
        Endpoints = obj.Endpoints.Count == 0 ? default : obj.Endpoints,
        Ports = obj.Ports.Count == 0 ? default : obj.Ports,
    };

    private static EndpointSlice WithoutTopology(EndpointSlice obj) => obj with
    {
        Endpoints = obj.Endpoints.Map(static one => one.DeprecatedTopology.IsAbsent ? one : one with { DeprecatedTopology = default }),
    };
}
