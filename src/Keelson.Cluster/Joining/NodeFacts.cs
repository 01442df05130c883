using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Machinery.Values;

namespace Keelson.Cluster.Joining;

/// <summary>What all nodes of a cluster have to agree on: a config map of kube-system.</summary>
internal sealed record NodeFacts
{
    /// <summary>The map's namespace.</summary>
    public const string Namespace = "kube-system";

    /// <summary>The map's name.</summary>
    public const string Name = "keelson-node";

    /// <summary>The addresses of pods.</summary>
    public required string PodRange { get; init; }

    /// <summary>The addresses of services.</summary>
    public required IReadOnlyList<string> ServiceRanges { get; init; }

    /// <summary>Where pods ask for names.</summary>
    public required string DnsAddress { get; init; }

    /// <summary>The domain of services.</summary>
    public required string Domain { get; init; }

    /// <summary>The map.</summary>
    public ConfigMap ToMap() => new()
    {
        Metadata = ObjectMeta.Empty with { Namespace = Namespace, Name = Name },
        Data = ApiMap<string>.From(
        [
            KeyValuePair.Create("clusterCIDR", PodRange),
            KeyValuePair.Create("clusterDNS", DnsAddress),
            KeyValuePair.Create("clusterDomain", Domain),
            KeyValuePair.Create("serviceClusterIPRange", string.Join(',', ServiceRanges)),
        ]),
    };

    /// <summary>Reads the cluster's map.</summary>
    public static async Task<ApiResult<NodeFacts>> ReadAsync(IApiClient client, CancellationToken cancellationToken)
    {
        ApiResult<ConfigMap> read = await client.GetAsync<ConfigMap>(Namespace, Name, cancellationToken);
        return read.TryGet(out ConfigMap? map, out Status? error) ? Read(map) : error;
    }

    private static ApiResult<NodeFacts> Read(ConfigMap map)
    {
        string[] wanted = ["clusterCIDR", "clusterDNS", "clusterDomain", "serviceClusterIPRange"];
        return wanted.FirstOrDefault(one => !map.Data.ContainsKey(one)) is { } missing
            ? ApiErrors.Internal($"config map {Namespace}/{Name} lacks {missing}")
            : new NodeFacts
            {
                PodRange = map.Data[wanted[0]],
                DnsAddress = map.Data[wanted[1]],
                Domain = map.Data[wanted[2]],
                ServiceRanges = map.Data[wanted[3]].Split(',', StringSplitOptions.RemoveEmptyEntries),
            };
    }
}
