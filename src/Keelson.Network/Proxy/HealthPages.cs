using Keelson.Client;
using Keelson.Machinery.Validation;

namespace Keelson.Network.Proxy;

/// <summary>What the proxy's health servers answer, in kube-proxy's form.</summary>
internal static class HealthPages
{
    /// <summary>The answer of a health-check node port.</summary>
    public static string OfService(ObjectKey key, int localEndpoints, bool isProxyHealthy) => $$"""
        {
        	"service": {
        		"namespace": {{GoText.Quote(key.Namespace)}},
        		"name": {{GoText.Quote(key.Name)}}
        	},
        	"localEndpoints": {{localEndpoints}},
        	"serviceProxyHealthy": {{(isProxyHealthy ? "true" : "false")}}
        }
        """;

    /// <summary>The answer of <c>/healthz</c>.</summary>
    public static string OfProxy(DateTimeOffset updated, DateTimeOffset now, bool isNodeEligible) =>
        $"{{\"lastUpdated\": \"{Text(updated)}\",\"currentTime\": \"{Text(now)}\", \"nodeEligible\": "
        + (isNodeEligible ? "true}" : "false}");

    /// <summary>The answer of <c>/livez</c>.</summary>
    public static string OfLife(DateTimeOffset updated, DateTimeOffset now) =>
        $"{{\"lastUpdated\": \"{Text(updated)}\",\"currentTime\": \"{Text(now)}\"}}";

    /// <summary>As Go prints a time in UTC.</summary>
    private static string Text(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fffffff", System.Globalization.CultureInfo.InvariantCulture)
        + " +0000 UTC";
}
