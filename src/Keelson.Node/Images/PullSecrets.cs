using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Keelson.Api.Core.V1;
using Keelson.Client;
using Keelson.Client.Events;
using Keelson.Machinery.Values;
using Keelson.Nodes.Images.Pulls;
using Proto = Keelson.Nodes.Cri.Protos;

namespace Keelson.Nodes.Images;

/// <summary>The credentials that a pod's imagePullSecrets have for an image.</summary>
internal sealed class PullSecrets(IApiClient client, EventRecorder events)
{
    /// <summary>The credentials to try, one after the other; none for a pull without.</summary>
    public async Task<IReadOnlyList<PullCredential>> OfAsync(
        Pod pod, string image, CancellationToken cancellationToken)
    {
        List<PullCredential> found = [];
        List<string> missing = [];
        foreach (LocalObjectReference reference in pod.Spec.ImagePullSecrets.AsSpan().ToArray())
        {
            if (reference.Name.Length == 0)
            {
                continue;
            }

            var secret = await client.GetAsync<Secret>(pod.Metadata.Namespace, reference.Name, cancellationToken);
            if (secret.Error is not null)
            {
                missing.Add(reference.Name);
                continue;
            }

            found.AddRange(Read(secret.Value, image)
                .Select(one => new PullCredential(one, SourceOf(secret.Value, one))));
        }

        if (missing.Count > 0)
        {
            events.Warning(
                pod,
                "FailedToRetrieveImagePullSecret",
                $"Unable to retrieve some image pull secrets ({string.Join(", ", missing)}); "
                + "attempting to pull the image may not succeed.");
        }

        return found;
    }

    /// <summary>The service account of a pod, as pulls on its behalf are noted.</summary>
    public async Task<PullSource> AccountAsync(Pod pod, CancellationToken cancellationToken)
    {
        string name = pod.Spec.ServiceAccountName.Length > 0 ? pod.Spec.ServiceAccountName : "default";
        var account = await client.GetAsync<ServiceAccount>(pod.Metadata.Namespace, name, cancellationToken);
        return new(account.Error is null ? account.Value.Metadata.Uid : "", pod.Metadata.Namespace, name);
    }

    private static PullSource SourceOf(Secret secret, Proto.AuthConfig auth) => new(
        secret.Metadata.Uid,
        secret.Metadata.Namespace,
        secret.Metadata.Name,
        Convert.ToHexStringLower(SHA256.HashData(auth.ToByteArray())));

    /// <summary>The credentials of a secret that are for an image.</summary>
    internal static IEnumerable<Proto.AuthConfig> Read(Secret secret, string image)
    {
        JsonObject? registries = null;
        try
        {
            if (secret.Data.TryGetValue(".dockerconfigjson", out Bytes config))
            {
                registries = JsonNode.Parse(config.AsSpan())?["auths"] as JsonObject;
            }
            else if (secret.Data.TryGetValue(".dockercfg", out config))
            {
                registries = JsonNode.Parse(config.AsSpan()) as JsonObject;
            }
        }
        catch (JsonException)
        {
            // A secret that can't be read has no credentials.
        }

        string repository = ImageName.FullRepository(image);
        foreach ((string registry, JsonNode? entry) in (registries ?? [])
            .OrderByDescending(static one => one.Key.Length))
        {
            if (entry is JsonObject values && IsFor(registry, repository) && ToAuth(values) is { } auth)
            {
                yield return auth;
            }
        }
    }

    /// <summary>True when an entry's address covers a repository: hosts part by part with wildcards, paths as
    /// prefix.</summary>
    private static bool IsFor(string address, string repository)
    {
        string plain = address.Replace("https://", "", StringComparison.Ordinal)
            .Replace("http://", "", StringComparison.Ordinal).TrimEnd('/');
        if (plain is "index.docker.io/v1" or "index.docker.io" or "docker.io" or "index.docker.io/v2")
        {
            return repository.StartsWith("docker.io/", StringComparison.Ordinal);
        }

        plain = plain.EndsWith("/v1", StringComparison.Ordinal) || plain.EndsWith("/v2", StringComparison.Ordinal)
            ? plain[..^3]
            : plain;
        string[] wanted = plain.Split('/', 2);
        string[] given = repository.Split('/', 2);
        string[] wantedParts = wanted[0].Split('.');
        string[] givenParts = given[0].Split('.');
        bool isHost = wantedParts.Length == givenParts.Length
            && wantedParts.Zip(givenParts).All(static pair =>
                System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(pair.First, pair.Second, false));
        return isHost && (wanted.Length == 1 || (given[1] + "/").StartsWith(wanted[1] + "/", StringComparison.Ordinal));
    }

    private static Proto.AuthConfig? ToAuth(JsonObject values)
    {
        string user = values["username"]?.ToString() ?? "";
        string password = values["password"]?.ToString() ?? "";
        if (values["auth"]?.ToString() is { Length: > 0 } both)
        {
            try
            {
                string[] parts = Encoding.UTF8.GetString(Convert.FromBase64String(both)).Split(':', 2);
                user = parts[0];
                password = parts.Length > 1 ? parts[1].TrimEnd('\0') : "";
            }
            catch (FormatException)
            {
                return null;
            }
        }

        return new()
        {
            Username = user,
            Password = password,
            IdentityToken = values["identitytoken"]?.ToString() ?? "",
        };
    }
}
