using Keelson.Client;
using Keelson.Cluster.Joining;
using Keelson.Clusters;
using Keelson.Commands.UserCommands;

namespace Keelson.Commands.Join;

/// <summary><c>keelson token delete</c>.</summary>
internal sealed class TokenDeleteCommand() : TokenCommand("token delete", Text)
{
    private static CommandHelp Text { get; } = new("Remove tokens with which nodes join.", "TOKEN... [flags]")
    {
        Description = "Remove tokens with which nodes join. A token is named as a whole, or by its first six letters.",
        Examples = """
            # One, by its id
            keelson token delete abcdef
            """,
    };

    /// <inheritdoc/>
    protected override async Task RunAsync(
        IReadOnlyList<string> arguments, IApiClient client, CancellationToken cancellation)
    {
        if (arguments.Count == 0)
        {
            throw Usage("missing argument; 'token delete' is missing token of form [a-z0-9]{6}");
        }

        foreach (string one in arguments)
        {
            string id = BootstrapToken.Parse(one)?.Id ?? one;
            if (await new BootstrapTokens(client, Console.Clock).DeleteAsync(id, cancellation) is { } error)
            {
                throw new CommandException($"failed to delete bootstrap token \"{id}\": {error.Message}");
            }

            Console.Output.WriteLine($"bootstrap token \"{id}\" deleted");
        }
    }
}
