using Keelson.Client.Kubeconfigs;
using Keelson.Flags;

namespace Keelson.Clusters;

/// <summary>Which cluster a command talks to, as whom, in which namespace: kubectl's flags for it.</summary>
internal sealed class ClusterAddress(FlagSection flags)
{
    public Flag<string> Kubeconfig { get; } = flags.Text("kubeconfig", "",
        "The kubeconfig to use. Default: $KUBECONFIG, admin.kubeconfig of $KEELSON_DATA_DIR or ~/.keelson, "
            + "~/.kube/config; the first that exists.");

    public Flag<string> Context { get; } = flags.Text("context", "", "The context of the kubeconfig to use.");

    public Flag<string> Cluster { get; } = flags.Text("cluster", "", "The cluster of the kubeconfig to use.");

    public Flag<string> User { get; } = flags.Text("user", "", "The user of the kubeconfig to use.");

    public Flag<string> Server { get; } = flags.Add(new Flag<string>(
        "server", FlagForms.Text, "", "The address of the API server.") { Letter = 's' });

    public Flag<string> Token { get; } = flags.Text("token", "", "The bearer token to show to the API server.");

    public Flag<string> As { get; } = flags.Text("as", "", "The user to act as.");

    public Flag<bool> Insecure { get; } = flags.Switch("insecure-skip-tls-verify", false,
        "Take any certificate of the server. This makes the connection insecure.");

    public Flag<string> Namespace { get; } = flags.Add(new Flag<string>(
        "namespace", FlagForms.Text, "", "The namespace to work in.") { Letter = 'n' });

    /// <summary>Finds the server, the identity and the namespace.</summary>
    /// <param name="environment">Reads a variable of the environment; null when it is not set.</param>
    /// <exception cref="CommandException">There is none, or it can't be used.</exception>
    public (KubeconfigCluster Cluster, KubeconfigUser User, string Namespace) Resolve(Func<string, string?> environment)
    {
        try
        {
            Kubeconfig file = Read(Files(Kubeconfig.Value, environment));
            (KubeconfigCluster cluster, KubeconfigUser user, string @namespace) = Select(file);
            cluster = Server.IsSet ? cluster with { Server = Server.Value } : cluster;
            cluster = Insecure.IsSet ? cluster with { InsecureSkipTlsVerify = Insecure.Value } : cluster;
            user = Token.IsSet ? user with { Token = Token.Value, TokenFile = null } : user;
            user = As.IsSet ? user with { ImpersonateUser = As.Value } : user;
            if (cluster.Server.Length == 0)
            {
                throw new CommandException(
                    "there is no cluster to talk to: start one with `keelson up`, or name a kubeconfig with "
                        + "--kubeconfig "
                    + "or $KUBECONFIG");
            }

            return (cluster, user, Namespace.IsSet ? Namespace.Value : @namespace.Length > 0 ? @namespace : "default");
        }
        catch (KubeconfigException exception)
        {
            throw new CommandException(exception.Message, exception);
        }
    }

    /// <summary>The kubeconfigs that hold, the first most.</summary>
    public static IReadOnlyList<string> Files(string fromFlag, Func<string, string?> environment)
    {
        if (fromFlag.Length > 0)
        {
            return [fromFlag];
        }

        if (environment("KUBECONFIG") is { Length: > 0 } named)
        {
            return [.. named.Split(':', StringSplitOptions.RemoveEmptyEntries).Where(File.Exists)];
        }

        string home = environment("HOME") ?? "/root";
        string data = environment("KEELSON_DATA_DIR") is { Length: > 0 } set ? set : Path.Combine(home, ".keelson");
        string[] usual = [Path.Combine(data, "admin.kubeconfig"), Path.Combine(home, ".kube", "config")];
        return [.. usual.Where(File.Exists).Take(1)];
    }

    private (KubeconfigCluster, KubeconfigUser, string) Select(Kubeconfig file)
    {
        string name = Context.IsSet ? Context.Value : file.CurrentContext;
        KubeconfigContext context = file.Contexts.GetValueOrDefault(name) ?? (Context.IsSet
            ? throw new KubeconfigException($"context \"{name}\" does not exist")
            : new KubeconfigContext());
        string clusterName = Cluster.IsSet ? Cluster.Value : context.Cluster;
        string userName = User.IsSet ? User.Value : context.User;
        KubeconfigCluster cluster = clusterName.Length == 0
            ? new KubeconfigCluster()
            : file.Clusters.GetValueOrDefault(clusterName)
                ?? throw new KubeconfigException($"cluster \"{clusterName}\" does not exist");
        KubeconfigUser user = userName.Length == 0
            ? new KubeconfigUser()
            : file.Users.GetValueOrDefault(userName)
                ?? throw new KubeconfigException($"auth info \"{userName}\" does not exist");
        return (cluster, user, context.Namespace);
    }

    private static Kubeconfig Read(IReadOnlyList<string> paths)
    {
        Kubeconfig all = new();
        foreach (string path in paths)
        {
            Kubeconfig one = KubeconfigReader.ReadFile(path);
            all = new Kubeconfig
            {
                Clusters = Merged(all.Clusters, one.Clusters),
                Users = Merged(all.Users, one.Users),
                Contexts = Merged(all.Contexts, one.Contexts),
                CurrentContext = all.CurrentContext.Length > 0 ? all.CurrentContext : one.CurrentContext,
            };
        }

        return all;
    }

    /// <summary>What an earlier file says stays.</summary>
    private static Dictionary<string, T> Merged<T>(
        IReadOnlyDictionary<string, T> first, IReadOnlyDictionary<string, T> second)
    {
        Dictionary<string, T> all = new(second, StringComparer.Ordinal);
        foreach ((string name, T value) in first)
        {
            all[name] = value;
        }

        return all;
    }
}
