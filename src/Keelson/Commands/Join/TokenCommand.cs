using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Client.Https;
using Keelson.Client.Kubeconfigs;
using Keelson.Clusters;
using Keelson.Commands.Up;
using Keelson.Commands.UserCommands;
using Keelson.Flags;

namespace Keelson.Commands.Join;

/// <summary>A command about the tokens with which nodes join, as kubeadm has them.</summary>
internal abstract class TokenCommand : FoundClusterCommand
{
    private readonly Flag<string> _kubeconfig;

    protected TokenCommand(string name, CommandHelp help)
        : base(name, help) => _kubeconfig = Flags.Path(
            "kubeconfig", "The administrator's kubeconfig. Default: admin.kubeconfig of the cluster's directory.");

    /// <inheritdoc/>
    protected sealed override async Task<int> RunAsync(
        IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        string file = _kubeconfig.Value.Length > 0
            ? Path.GetFullPath(_kubeconfig.Value)
            : Path.Combine(DataDirectory, "admin.kubeconfig");
        try
        {
            HttpsClientConfig behaviour = new() { Program = "keelson-token", Clock = Console.Clock };
            using HttpsApiClient client = HttpsApiClient.Of(KubeconfigReader.ReadFile(file), behaviour);
            await RunAsync(arguments, client, cancellation);
            return 0;
        }
        catch (KubeconfigException exception)
        {
            throw new CommandException($"--kubeconfig: {exception.Message}", exception);
        }
    }

    /// <summary>Does what the command does.</summary>
    protected abstract Task RunAsync(
        IReadOnlyList<string> arguments, IApiClient client, CancellationToken cancellation);

    /// <summary>Ends the command when the server refused.</summary>
    protected static void Check(Status? error)
    {
        if (error is not null)
        {
            throw new CommandException(error.Message);
        }
    }
}
