using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Machinery.Values;
using Keelson.Server.Authentication;

namespace Keelson.Server.Upkeep;

/// <summary>
/// The config map in which extension servers find whom this server trusts, so that they can trust the same. What
/// another server put there stays: several servers may have different authorities for a while.
/// </summary>
internal sealed class PublishedTrust(OwnObjects objects, ApiServerConfig config)
{
    /// <summary>Its namespace.</summary>
    public const string Namespace = "kube-system";

    /// <summary>Its name.</summary>
    public const string Name = "extension-apiserver-authentication";

    private const string TrackingName = "kube-apiserver-legacy-service-account-token-tracking";
    private const string Clients = "client-ca-file";
    private const string FrontProxies = "requestheader-client-ca-file";

    // Clocks differ; a certificate that has just ended may still be in use somewhere.
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(5);

    /// <summary>Writes what is missing.</summary>
    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        if (Complete(null).Data.Count > 0)
        {
            await objects.EnsureAsync<ConfigMap>(
                ApiKinds.CoreV1ConfigMap, Namespace, Name, Complete, cancellationToken);
        }

        // The day from which on the use of tokens in secrets is tracked; whoever clears them away waits for a year from
        // then.
        string today = config.Clock.GetUtcNow().ToString(
            "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        await objects.EnsureAsync<ConfigMap>(
            ApiKinds.CoreV1ConfigMap,
            Namespace,
            TrackingName,
            there => there ?? new ConfigMap { Data = ApiMap<string>.Empty.With("since", today) },
            cancellationToken);
    }

    private ConfigMap Complete(ConfigMap? there)
    {
        ConfigMap map = there ?? new ConfigMap();
        ApiMap<string> data = map.Data;
        data = WithCertificates(data, Clients, config.ClientAuthorities().Certificates);
        if (config.FrontProxyAuthorities is { } authorities)
        {
            data = WithCertificates(data, FrontProxies, authorities().Certificates);
            FrontProxyConfig proxy = config.FrontProxy;
            data = WithNames(data, "requestheader-username-headers", proxy.UserHeaders);
            data = proxy.UidHeaders.Count > 0 ? WithNames(data, "requestheader-uid-headers", proxy.UidHeaders) : data;
            data = WithNames(data, "requestheader-group-headers", proxy.GroupHeaders);
            data = WithNames(data, "requestheader-extra-headers-prefix", proxy.ExtraHeaderPrefixes);
            data = WithNames(data, "requestheader-allowed-names", proxy.AllowedNames);
        }

        return map with { Data = data };
    }

    private ApiMap<string> WithCertificates(ApiMap<string> data, string key, IReadOnlyList<X509Certificate2> own)
    {
        X509Certificate2Collection all = [];
        if (data.GetValueOrDefault(key) is { Length: > 0 } there)
        {
            all.ImportFromPem(there);
        }

        all.AddRange(own.ToArray());
        DateTime earliest = (config.Clock.GetUtcNow() - Slack).LocalDateTime;
        string pem = string.Concat(all.Where(one => one.NotAfter > earliest)
            .DistinctBy(one => one.Thumbprint)
            .Select(one => one.ExportCertificatePem() + "\n"));
        return pem.Length > 0 ? data.With(key, pem) : data;
    }

    private static ApiMap<string> WithNames(ApiMap<string> data, string key, IReadOnlyList<string> own)
    {
        IEnumerable<string> there = data.GetValueOrDefault(key) is { Length: > 0 } text ? Read(text) : [];
        string[] all = [.. there.Concat(own).Distinct(StringComparer.Ordinal)];
        return data.With(key, "[" + string.Join(',', all.Select(one => $"\"{JsonEncodedText.Encode(one)}\"")) + "]");
    }

    private static IEnumerable<string> Read(string text)
    {
        using JsonDocument document = JsonDocument.Parse(text);
        return [.. document.RootElement.EnumerateArray().Select(one => one.GetString() ?? "")];
    }
}
