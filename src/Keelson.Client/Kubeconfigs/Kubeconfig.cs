namespace Keelson.Client.Kubeconfigs;

/// <summary>A kubeconfig file: which servers there are, as whom to speak to them, and which pair is the current
/// one.</summary>
public sealed record Kubeconfig
{
    /// <summary>The servers, by name.</summary>
    public IReadOnlyDictionary<string, KubeconfigCluster> Clusters { get; init; } =
        new Dictionary<string, KubeconfigCluster>();

    /// <summary>The identities, by name.</summary>
    public IReadOnlyDictionary<string, KubeconfigUser> Users { get; init; } = new Dictionary<string, KubeconfigUser>();

    /// <summary>Pairs of a server and an identity, by name.</summary>
    public IReadOnlyDictionary<string, KubeconfigContext> Contexts { get; init; } =
        new Dictionary<string, KubeconfigContext>();

    /// <summary>The context that holds when none is named.</summary>
    public string CurrentContext { get; init; } = "";

    /// <summary>A file of one server and one identity, with the names kubeadm would choose.</summary>
    public static Kubeconfig Of(string clusterName, KubeconfigCluster cluster, string userName, KubeconfigUser user)
    {
        var contextName = $"{userName}@{clusterName}";
        return new Kubeconfig
        {
            Clusters = new Dictionary<string, KubeconfigCluster> { [clusterName] = cluster },
            Users = new Dictionary<string, KubeconfigUser> { [userName] = user },
            Contexts = new Dictionary<string, KubeconfigContext>
            {
                [contextName] = new() { Cluster = clusterName, User = userName },
            },
            CurrentContext = contextName,
        };
    }

    /// <summary>Puts together what a client needs for a context.</summary>
    /// <param name="contextName">The context; null or empty for the current one.</param>
    /// <exception cref="KubeconfigException">The context, its cluster or its user does not exist.</exception>
    public (KubeconfigContext Context, KubeconfigCluster Cluster, KubeconfigUser User) Select(
        string? contextName = null)
    {
        var name = string.IsNullOrEmpty(contextName) ? CurrentContext : contextName;
        if (!Contexts.TryGetValue(name, out var context))
        {
            throw new KubeconfigException($"context \"{name}\" does not exist");
        }
        if (!Clusters.TryGetValue(context.Cluster, out var cluster))
        {
            throw new KubeconfigException($"cluster \"{context.Cluster}\" does not exist");
        }
        if (context.User.Length == 0)
        {
            return (context, cluster, new KubeconfigUser());
        }
        return Users.TryGetValue(context.User, out var user)
            ? (context, cluster, user)
            : throw new KubeconfigException($"user \"{context.User}\" does not exist");
    }
}

/// <summary>A server and how to know that it is the right one. Certificates are PEM.</summary>
public sealed record KubeconfigCluster
{
    /// <summary>The server's URL.</summary>
    public string Server { get; init; } = "";

    /// <summary>The authority that signed the server's certificate.</summary>
    public string? CertificateAuthorityPem { get; init; }

    /// <summary>The name to check the server's certificate against, when it is not the URL's host.</summary>
    public string? TlsServerName { get; init; }

    /// <summary>Takes any certificate.</summary>
    public bool InsecureSkipTlsVerify { get; init; }

    /// <summary>A proxy to go through.</summary>
    public string? ProxyUrl { get; init; }
}

/// <summary>An identity: a client certificate, a token, or a name and password.</summary>
public sealed record KubeconfigUser
{
    /// <summary>The client's certificate.</summary>
    public string? ClientCertificatePem { get; init; }

    /// <summary>Its private key.</summary>
    public string? ClientKeyPem { get; init; }

    /// <summary>The file that the certificate is in; null when the kubeconfig has it embedded. A written kubeconfig
    /// points at the file then.</summary>
    public string? ClientCertificateFile { get; init; }

    /// <summary>The file that the key is in; as with the certificate.</summary>
    public string? ClientKeyFile { get; init; }

    /// <summary>A bearer token.</summary>
    public string? Token { get; init; }

    /// <summary>A file that holds the current bearer token; read anew when it changes.</summary>
    public string? TokenFile { get; init; }

    /// <summary>Name for basic authentication.</summary>
    public string? Username { get; init; }

    /// <summary>Password for basic authentication.</summary>
    public string? Password { get; init; }

    /// <summary>The user to act as.</summary>
    public string? ImpersonateUser { get; init; }
}

/// <summary>A server with an identity.</summary>
public sealed record KubeconfigContext
{
    /// <summary>The cluster's name in the file.</summary>
    public string Cluster { get; init; } = "";

    /// <summary>The user's name in the file; empty for none.</summary>
    public string User { get; init; } = "";

    /// <summary>The namespace that holds when none is named.</summary>
    public string Namespace { get; init; } = "";
}

/// <summary>A kubeconfig that can't be used; the message names the file and the field.</summary>
public sealed class KubeconfigException(string message, Exception? inner = null) : Exception(message, inner);
