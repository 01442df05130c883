using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

public sealed partial record Endpoints
{
    /// <inheritdoc/>
    public static string? Deprecation => "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice";

    /// <inheritdoc/>
    public static bool AllowCreateOnUpdate => true;

    /// <inheritdoc/>
    public static IEnumerable<string> Warnings(Endpoints obj, Endpoints? old)
    {
        // The cluster's own controller writes addresses in their usual form.
        if (obj.Metadata.Labels.GetValueOrDefault("endpoints.kubernetes.io/managed-by") == "endpoint-controller")
        {
            return [];
        }

        FieldPath path = FieldPath.Of("subsets");
        return obj.Subsets.SelectMany((subset, i) =>
            OfAddresses(subset.Addresses, path.Index(i).Child("addresses"))
                .Concat(OfAddresses(subset.NotReadyAddresses, path.Index(i).Child("notReadyAddresses"))));
    }

    private static IEnumerable<string> OfAddresses(ApiList<EndpointAddress> addresses, FieldPath path) =>
        ContentRules.IpWarnings(addresses.Select(static one => one.Ip), i => path.Index(i).Child("ip"));
}
