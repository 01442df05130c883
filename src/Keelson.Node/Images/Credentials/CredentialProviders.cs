using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Keelson.Api.Core.V1;
using Keelson.Client;
using Keelson.Machinery.Values;
using Keelson.Nodes.Cri.Protos;
using Keelson.Nodes.Linux;
using Keelson.Nodes.Metrics;
using Keelson.Nodes.Volumes.Content;

namespace Keelson.Nodes.Images.Credentials;

/// <summary>
/// Credentials for images from programs (<c>--image-credential-provider-config</c>): each is given a request on its
/// input and answers on its output. Answers are kept as long as they say, for the image, the registry or all.
/// </summary>
internal sealed class CredentialProviders(
    IReadOnlyList<CredentialProviderConfig> providers,
    string directory,
    ServiceAccountTokens tokens,
    TimeProvider clock,
    Action<string> log)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private const long TokenSeconds = 3600;
    private readonly SteadyTime _time = new(clock);

    private readonly ConcurrentDictionary<string, Answer> _kept = new(StringComparer.Ordinal);

    /// <summary>Where questions are counted; null for nowhere.</summary>
    public PluginMetrics? Metrics { get; init; }

    /// <summary>The programs that an agent was told of; null for none.</summary>
    public static CredentialProviders? Of(NodeContext context, NodeAgentConfig config)
    {
        if (config.CredentialProviderConfig.Length == 0)
        {
            return null;
        }

        try
        {
            context.Metrics.Plugins.Configured(CredentialProviderConfig.ContentOf(config.CredentialProviderConfig));
            return new(
                CredentialProviderConfig.ReadPath(config.CredentialProviderConfig),
                config.CredentialProviderDirectory,
                new ServiceAccountTokens(context.Client, context.Clock),
                context.Clock,
                context.Log)
            {
                Metrics = context.Metrics.Plugins,
            };
        }
        catch (Exception exception) when (exception is IOException or FormatException or JsonException)
        {
            throw new NodeAgentException($"failed to register CRI auth plugins: {exception.Message}");
        }
    }

    /// <summary>The credentials that the programs have for an image, the closest pattern's first.</summary>
    /// <param name="pod">The pod that wants it.</param>
    /// <param name="image">The image's name as the pod has it.</param>
    /// <param name="repository">Registry and path, without tag and digest.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<IReadOnlyList<ProvidedCredential>> OfAsync(
        Pod pod, string image, string repository, CancellationToken cancellationToken)
    {
        List<ProvidedCredential> found = [];
        foreach (CredentialProviderConfig provider in providers)
        {
            if (!provider.Images.Any(pattern => RegistryPattern.Covers(pattern, repository)))
            {
                continue;
            }

            try
            {
                Answer answer = await AskAsync(provider, pod, image, repository, cancellationToken);
                found.AddRange(answer.Credentials
                    .Where(one => RegistryPattern.Covers(one.Key, repository))
                    .OrderByDescending(static one => one.Key, StringComparer.Ordinal)
                    .Select(one => new ProvidedCredential(one.Value, provider.TokenAudience.Length > 0)));
            }
            catch (Exception exception) when (exception is FormatException or JsonException)
            {
                log($"Failed getting credential from external registry credential provider: {exception.Message}");
            }
        }

        return found;
    }

    private async Task<Answer> AskAsync(
        CredentialProviderConfig provider,
        Pod pod,
        string image,
        string repository,
        CancellationToken cancellationToken)
    {
        // What a pod's token opens is for pods of its account only.
        string owner = provider.TokenAudience.Length > 0
            ? $"{provider.Name}|{pod.Metadata.Namespace}/{pod.Spec.ServiceAccountName}"
            : provider.Name;
        string registry = repository.Split('/', 2)[0];
        string[] keys = [Key(owner, "Image", image), Key(owner, "Registry", registry), Key(owner, "Global", "")];
        foreach (string key in keys)
        {
            if (_kept.TryGetValue(key, out Answer? kept) && _time.Now < kept.Until)
            {
                return kept;
            }
        }

        string token = await TokenAsync(provider, pod, cancellationToken);
        JsonNode answered = await MeasureAsync(provider, Request(provider, image, token), cancellationToken);
        Answer answer = Read(provider, answered);
        string scope = answered["cacheKeyType"]?.ToString() ?? "";
        string? of = scope switch { "Image" => image, "Registry" => registry, "Global" => "", _ => null };
        if (of is not null && answer.Until > _time.Now)
        {
            _kept[Key(owner, scope, of)] = answer;
        }

        return answer;
    }

    private static string Key(string owner, string scope, string of) => $"{owner}|{scope}|{of}";

    private async Task<string> TokenAsync(
        CredentialProviderConfig provider, Pod pod, CancellationToken cancellationToken)
    {
        if (provider.TokenAudience.Length == 0)
        {
            return "";
        }

        PodToken token = await tokens.GetAsync(pod, provider.TokenAudience, TokenSeconds, cancellationToken);
        return token.Status?.Token
            ?? throw new FormatException("failed to get service account token: " + token.Error);
    }

    private static string Request(CredentialProviderConfig provider, string image, string token)
    {
        JsonObject request = new()
        {
            ["kind"] = "CredentialProviderRequest",
            ["apiVersion"] = provider.ApiVersion,
            ["image"] = image,
        };
        if (token.Length > 0)
        {
            request["serviceAccountToken"] = token;
        }

        return request.ToJsonString();
    }

    private async Task<JsonNode> MeasureAsync(
        CredentialProviderConfig provider, string request, CancellationToken cancellationToken)
    {
        long begun = clock.GetTimestamp();
        bool hasFailed = true;
        try
        {
            JsonNode answered = await RunAsync(provider, request, cancellationToken);
            hasFailed = false;
            return answered;
        }
        finally
        {
            Metrics?.Asked(provider.Name, clock.GetElapsedTime(begun), hasFailed);
        }
    }

    private async Task<JsonNode> RunAsync(
        CredentialProviderConfig provider, string request, CancellationToken cancellationToken)
    {
        ProcessStartInfo start = new(Path.Combine(directory, provider.Name), provider.Arguments);
        foreach (KeyValuePair<string, string> variable in provider.Variables)
        {
            start.Environment[variable.Key] = variable.Value;
        }

        using CancellationTokenSource limit = new(Patience, clock);
        using CancellationTokenSource either =
            CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        ProgramResult result;
        try
        {
            result = await ProgramRun.RunAsync(start, request, either.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            throw new FormatException($"error execing credential provider plugin {provider.Name}: timed out");
        }

        return result.ExitCode == 0
            ? JsonNode.Parse(result.Output)
                ?? throw new FormatException($"credential provider plugin {provider.Name} answered nothing")
            : throw new FormatException(string.Create(
                CultureInfo.InvariantCulture,
                $"error execing credential provider plugin {provider.Name}: exit status {result.ExitCode}: ")
                + result.Errors.Trim());
    }

    private Answer Read(CredentialProviderConfig provider, JsonNode answered)
    {
        if (answered["apiVersion"]?.ToString() != provider.ApiVersion)
        {
            throw new FormatException(
                $"apiVersion from credential plugin response did not match expected apiVersion:{provider.ApiVersion}, "
                + $"actual apiVersion:{answered["apiVersion"]}");
        }

        TimeSpan duration = answered["cacheDuration"]?.ToString() is { } text
            && GoDuration.TryParse(text, out TimeSpan own, out _) ? own : provider.CacheDuration;
        List<KeyValuePair<string, AuthConfig>> credentials = [];
        foreach ((string pattern, JsonNode? values) in answered["auth"] as JsonObject ?? [])
        {
            credentials.Add(KeyValuePair.Create(pattern, new AuthConfig
            {
                Username = values?["username"]?.ToString() ?? "",
                Password = values?["password"]?.ToString() ?? "",
            }));
        }

        return new(credentials, _time.Now + duration);
    }

    private sealed record Answer(IReadOnlyList<KeyValuePair<string, AuthConfig>> Credentials, DateTimeOffset Until);
}

/// <summary>Credentials of a program.</summary>
/// <param name="Auth">The credentials.</param>
/// <param name="IsForAccount">Whether they were given for a pod's service account.</param>
internal readonly record struct ProvidedCredential(AuthConfig Auth, bool IsForAccount);
