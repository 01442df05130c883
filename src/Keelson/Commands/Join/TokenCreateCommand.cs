using System.Security.Cryptography.X509Certificates;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Client.Kubeconfigs;
using Keelson.Cluster.Joining;
using Keelson.Clusters;
using Keelson.Commands.UserCommands;
using Keelson.Flags;

namespace Keelson.Commands.Join;

/// <summary><c>keelson token create</c>.</summary>
internal sealed class TokenCreateCommand : TokenCommand
{
    private readonly Flag<TimeSpan> _ttl;
    private readonly Flag<string> _description;
    private readonly Flag<bool> _print;

    public TokenCreateCommand()
        : base("token create", Text)
    {
        _ttl = Flags.Duration("ttl", TimeSpan.FromHours(24), "For how long the token is good; 0 for ever.");
        _description = Flags.Text("description", "", "What the token is for.");
        _print = Flags.Switch("print-join-command", false,
            "Print the whole command that makes a machine a node, instead of the token alone.");
    }

    private static CommandHelp Text { get; } = new("Make a token with which nodes join.", "[TOKEN] [flags]")
    {
        Description = """
            Make a token with which machines can join the cluster as nodes, and print it. Without one that is named, it
            is made by chance. A token is a secret of kube-system and ends by itself.
            """,
        Examples = """
            # The command for another machine
            keelson token create --print-join-command

            # For an hour
            keelson token create --ttl 1h
            """,
    };

    /// <inheritdoc/>
    protected override async Task RunAsync(
        IReadOnlyList<string> arguments, IApiClient client, CancellationToken cancellation)
    {
        if (arguments.Count > 1)
        {
            throw Usage($"keelson token create takes one token, got \"{arguments[1]}\" too");
        }

        string text = arguments.Count > 0 ? arguments[0] : BootstrapToken.New().ToString();
        if (BootstrapToken.Parse(text) is not { } token)
        {
            throw new CommandException(
                $"the bootstrap token \"{text}\" was not of the form \"\\A([a-z0-9]{{6}})\\.([a-z0-9]{{16}})\\z\"");
        }

        if (_ttl.Value < TimeSpan.Zero)
        {
            throw new CommandException($"--ttl: {_ttl.Text} is below zero") { ExitCode = WrongUse };
        }

        Check(await new BootstrapTokens(client, Console.Clock).CreateAsync(
            token, _ttl.Value == TimeSpan.Zero ? null : _ttl.Value, _description.Value, cancellation));
        Console.Output.WriteLine(_print.Value ? await JoinAsync(client, token, cancellation) : token.ToString());
    }

    private static async Task<string> JoinAsync(
        IApiClient client, BootstrapToken token, CancellationToken cancellation)
    {
        ApiResult<ConfigMap> read = await client.GetAsync<ConfigMap>("kube-public", "cluster-info", cancellation);
        if (read.Error is { Code: 404 })
        {
            throw new CommandException(
                "the cluster does not say how to join it (there is no config map kube-public/cluster-info); keelson "
                + "up writes it when it runs a node");
        }

        Check(read.Error);
        KubeconfigCluster cluster = KubeconfigReader.Read(
            read.Value.Data.GetValueOrDefault("kubeconfig") ?? "", "kube-public/cluster-info").Clusters.Values.First();
        X509Certificate2Collection authorities = [];
        authorities.ImportFromPem(cluster.CertificateAuthorityPem);
        IEnumerable<string> hashes =
            authorities.Select(static one => "--discovery-token-ca-cert-hash " + ClusterInfo.KeyHash(one));
        return $"keelson join {new Uri(cluster.Server).Authority} --token {token} {string.Join(' ', hashes)}";
    }
}
