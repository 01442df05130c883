using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Client.Https;
using Keelson.Client.Kubeconfigs;
using Keelson.Controllers.BootstrapTokens;

namespace Keelson.Cluster.Joining;

/// <summary>What a node knows of a cluster that it wants to join.</summary>
/// <param name="Server"><c>HOST:PORT</c> of its API server.</param>
/// <param name="Token">The token that its administrator gave.</param>
/// <param name="AuthorityHashes">Digests of authorities' public keys (<c>sha256:…</c>), one of which must be the
/// cluster's.</param>
public sealed record JoinTicket(string Server, BootstrapToken Token, IReadOnlyList<string> AuthorityHashes);

/// <summary>Joining does not work; the message names the option and the way out.</summary>
public sealed class JoinException(string message) : IOException(message);

/// <summary>
/// Finds out whom to trust: reads what a server says of its cluster without knowing the server, and believes it when
/// the token signed it and the authority in it is the one that was named.
/// </summary>
public sealed class ClusterDiscovery(JoinTicket ticket, TimeProvider clock)
{
    private const string NewToken = "create one on the control plane with: keelson token create --print-join-command";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>For how long is asked again; within this time the cluster signs with a token that was just
    /// made.</summary>
    internal TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The kubeconfig's part about the cluster, checked.</summary>
    /// <exception cref="JoinException">The cluster is not reached, or not to be trusted.</exception>
    public async Task<KubeconfigCluster> DiscoverAsync(CancellationToken cancellationToken)
    {
        string server = "https://" + ticket.Server;
        string said = await ReadSignedAsync(server, cancellationToken);
        KubeconfigCluster named = Parse(said);
        CheckAuthority(named.CertificateAuthorityPem!);

        // The address that was given is reached from here; the one the cluster names is the way out when its
        // certificate does not have the given one.
        string problem = "";
        foreach (string address in (string[])[server, named.Server])
        {
            KubeconfigCluster checkedOne = named with { Server = address };
            ApiResult<ConfigMap> read = await GetAsync(checkedOne, cancellationToken);
            if (read.TryGet(out _, out Status? error))
            {
                return checkedOne;
            }

            problem = error.Message;
        }

        throw new JoinException(
            $"the API server at {server} does not show a certificate of the cluster's authority: {problem}");
    }

    /// <summary>What is said of the cluster, signed with the token.</summary>
    private async Task<string> ReadSignedAsync(string server, CancellationToken cancellationToken)
    {
        KubeconfigCluster unknown = new() { Server = server, InsecureSkipTlsVerify = true };
        BootstrapToken token = ticket.Token;
        long started = clock.GetTimestamp();
        while (true)
        {
            ApiResult<ConfigMap> read = await GetAsync(unknown, cancellationToken);
            string problem;
            if (read.TryGet(out ConfigMap? map, out Status? error))
            {
                string said = map.Data.GetValueOrDefault(ClusterInfo.Content) ?? "";
                if (map.Data.TryGetValue(ClusterInfo.SignatureKey(token.Id), out string? signature))
                {
                    return BootstrapSignature.IsGenuine(signature, said, token.Id, token.Secret)
                        ? said
                        : throw new JoinException(
                            $"--token: the secret of token \"{token.Id}\" is not the one that the cluster knows; "
                            + NewToken);
                }

                problem = $"--token: the cluster knows no token \"{token.Id}\", or it has expired; {NewToken}";
            }
            else
            {
                problem = error.Code is 503
                    ? $"the API server is not reached at {server}: {error.Message}; check HOST:PORT, firewalls, and "
                        + "that keelson up runs there with a node or with --bind-address"
                    : $"{server} does not say what a node needs to join: {error.Message}";
            }

            if (clock.GetElapsedTime(started) >= Patience)
            {
                throw new JoinException(problem);
            }

            await Task.Delay(Pause, clock, cancellationToken);
        }
    }

    private KubeconfigCluster Parse(string said)
    {
        try
        {
            KubeconfigCluster? named =
                KubeconfigReader.Read(said, ClusterInfo.Name).Clusters.Values.FirstOrDefault();
            return named is { CertificateAuthorityPem.Length: > 0 }
                ? named
                : throw new JoinException($"{ticket.Server} names no authority of its cluster");
        }
        catch (KubeconfigException exception)
        {
            throw new JoinException($"{ticket.Server}: {exception.Message}");
        }
    }

    private void CheckAuthority(string pem)
    {
        X509Certificate2Collection authorities = [];
        try
        {
            authorities.ImportFromPem(pem);
        }
        catch (CryptographicException exception)
        {
            throw new JoinException($"{ticket.Server}: the cluster's authority can't be read: {exception.Message}");
        }

        string[] found = [.. authorities.Select(ClusterInfo.KeyHash)];
        if (!found.Any(one => ticket.AuthorityHashes.Contains(one, StringComparer.OrdinalIgnoreCase)))
        {
            throw new JoinException(
                $"--discovery-token-ca-cert-hash: the cluster's authority is {string.Join(", ", found)}, none of "
                + "those given; if that is the cluster you mean, take the command from: "
                + "keelson token create --print-join-command");
        }
    }

    private async Task<ApiResult<ConfigMap>> GetAsync(
        KubeconfigCluster cluster, CancellationToken cancellationToken)
    {
        HttpsClientConfig behaviour =
            new() { Program = "keelson-join", Clock = clock, Timeout = TimeSpan.FromSeconds(5) };
        try
        {
            using HttpsApiClient client = new(cluster, new KubeconfigUser(), behaviour);
            return await client.GetAsync<ConfigMap>(ClusterInfo.Namespace, ClusterInfo.Name, cancellationToken);
        }
        catch (KubeconfigException exception)
        {
            throw new JoinException($"HOST:PORT: {exception.Message}");
        }
    }
}
