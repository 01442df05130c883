using Keelson.Api.Core.V1;
using Keelson.Controllers.Services;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.EndpointSlices;

/// <summary>The labels of endpoint slices.</summary>
internal static class SliceLabels
{
    /// <summary>Which service a slice belongs to.</summary>
    public const string Service = "kubernetes.io/service-name";

    /// <summary>Who looks after a slice.</summary>
    public const string ManagedBy = "endpointslice.kubernetes.io/managed-by";

    /// <summary>This controller.</summary>
    public const string Controller = "endpointslice-controller.k8s.io";

    private const string Headless = "service.kubernetes.io/headless";

    /// <summary>A slice's labels: the service's own, and those that say whose it is. No others stay, so that a
    /// label that the service loses goes from its slices as well.</summary>
    public static ApiMap<string> Of(Service service)
    {
        ApiMap<string> labels = ApiMap<string>.Empty;
        foreach (KeyValuePair<string, string> one in service.Metadata.Labels)
        {
            if (one.Key is not (Service or ManagedBy or Headless))
            {
                labels = labels.With(one.Key, one.Value);
            }
        }

        labels = labels.With(Service, service.Metadata.Name).With(ManagedBy, Controller);
        return ServiceTargets.IsHeadless(service) ? labels.With(Headless, "") : labels;
    }
}
