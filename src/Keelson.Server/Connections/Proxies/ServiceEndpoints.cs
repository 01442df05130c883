using System.Globalization;
using Keelson.Api.Core.V1;
using Keelson.Api.Discovery.V1;
using Keelson.Api.Kinds;
using Endpoint = Keelson.Api.Discovery.V1.Endpoint;

namespace Keelson.Server.Connections.Proxies;

/// <summary>Chooses the pod behind a service that a proxied request goes to.</summary>
internal sealed class ServiceEndpoints(IObjectLookup lookup, Random random)
{
    private const string ServiceLabel = "kubernetes.io/service-name";

    /// <summary>Address and port of a ready endpoint of the service, any of them.</summary>
    /// <param name="id">The name as the path has it, for the error.</param>
    /// <param name="namespace">The service's namespace.</param>
    /// <param name="target">The name taken apart.</param>
    public ApiResult<(string Address, string Port)> Choose(string id, string @namespace, ProxyTarget target)
    {
        string portName = target.Port;
        if (long.TryParse(target.Port, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number))
        {
            if (lookup.Find<Service>(@namespace, target.Name) is not { } service)
            {
                return ApiErrors.NotFound(Service.Info, target.Name);
            }

            if (service.Spec.Ports.FirstOrDefault(one => one.Port == number) is not { } port)
            {
                return ApiErrors.Unavailable($"no service port {number} found for service \"{target.Name}\"");
            }

            portName = port.Name;
        }

        EndpointSlice[] slices =
        [
            .. lookup.List<EndpointSlice>(@namespace)
                .Where(slice => slice.Metadata.Labels.GetValueOrDefault(ServiceLabel) == target.Name),
        ];
        if (slices.Length == 0)
        {
            // Nobody has endpoints for it, so there is no such service as far as proxies go.
            return ApiErrors.NotFound(Service.Info, target.Name);
        }

        (string Address, int Port)[] candidates =
            [.. slices.SelectMany(slice => CandidatesOf(slice, portName, @namespace))];
        if (candidates.Length == 0)
        {
            return ApiErrors.Unavailable($"no endpoints available for service \"{id}\"");
        }

        (string address, int chosen) = candidates[random.Next(candidates.Length)];
        return (address, chosen.ToString(CultureInfo.InvariantCulture));
    }

    private IEnumerable<(string Address, int Port)> CandidatesOf(
        EndpointSlice slice, string portName, string @namespace)
    {
        if (slice.AddressType == "FQDN")
        {
            yield break;
        }

        foreach (var port in slice.Ports.Where(one => (one.Name ?? "") == portName && one.Port is not null))
        {
            IEnumerable<Endpoint> ready = slice.Endpoints.Where(
                one => one.Conditions.Ready is not false && one.Addresses.Count > 0 && IsPod(one, @namespace));
            foreach (Endpoint endpoint in ready)
            {
                yield return (endpoint.Addresses[0], port.Port!.Value);
            }
        }
    }

    /// <summary>
    /// Only pods of the namespace may be reached, at addresses that are theirs: who may write endpoints must not be
    /// able to make the server call whatever they like.
    /// </summary>
    private bool IsPod(Endpoint endpoint, string @namespace) =>
        endpoint.TargetRef is { Kind: "Pod" or "" } target
        && target.Namespace == @namespace
        && lookup.Find<Pod>(@namespace, target.Name) is { } pod
        && pod.Status.PodIPs.Any(one => one.Ip == endpoint.Addresses[0]);
}
