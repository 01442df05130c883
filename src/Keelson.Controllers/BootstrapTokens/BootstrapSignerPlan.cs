using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.BootstrapTokens;

/// <summary>
/// The signatures under the information that a joining node reads before it trusts anybody: one by each token, so that
/// who holds a token can tell that it is genuine.
/// </summary>
internal static class BootstrapSignerPlan
{
    /// <summary>The map's namespace.</summary>
    public const string Namespace = "kube-public";

    /// <summary>The map's name.</summary>
    public const string Name = "cluster-info";

    private const string Signed = "kubeconfig";
    private const string SignaturePrefix = "jws-kubeconfig-";

    /// <summary>The map with the right signatures; null when it has them, or has nothing to sign.</summary>
    /// <param name="map">The map.</param>
    /// <param name="tokens">The tokens that sign: id and secret.</param>
    public static ConfigMap? Compute(ConfigMap map, IEnumerable<(string Id, string Key)> tokens)
    {
        if (!map.Data.TryGetValue(Signed, out string? content))
        {
            return null;
        }

        List<KeyValuePair<string, string>> data =
            [.. map.Data.Where(static one => !one.Key.StartsWith(SignaturePrefix, StringComparison.Ordinal))];
        foreach ((string id, string key) in tokens)
        {
            data.Add(new(SignaturePrefix + id, BootstrapSignature.Sign(content, id, key)));
        }

        ApiMap<string> wanted = ApiMap<string>.From(data);
        return wanted == map.Data ? null : map with { Data = wanted };
    }
}
