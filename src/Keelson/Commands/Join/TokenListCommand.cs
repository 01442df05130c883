using System.Globalization;
using Keelson.Api.Kinds;
using Keelson.Client;
using Keelson.Cluster.Joining;
using Keelson.Commands.UserCommands;
using Keelson.Machinery.Values;

namespace Keelson.Commands.Join;

/// <summary><c>keelson token list</c>.</summary>
internal sealed class TokenListCommand() : TokenCommand("token list", Text)
{
    private static CommandHelp Text { get; } = new("List the tokens with which nodes join.", "[flags]")
    {
        Examples = """
            # All tokens, and how long they are good
            keelson token list
            """,
    };

    /// <inheritdoc/>
    protected override async Task RunAsync(
        IReadOnlyList<string> arguments, IApiClient client, CancellationToken cancellation)
    {
        TakesNoArguments(arguments);
        ApiResult<IReadOnlyList<KeptToken>> listed =
            await new BootstrapTokens(client, Console.Clock).ListAsync(cancellation);
        Check(listed.Error);
        if (listed.Value.Count == 0)
        {
            return;
        }

        DateTimeOffset now = Console.Clock.GetUtcNow();
        string[] heads = ["TOKEN", "TTL", "EXPIRES", "USAGES", "DESCRIPTION", "EXTRA GROUPS"];
        string[][] rows = [heads, .. listed.Value.Select(one => Row(one, now))];
        int[] widths = [.. heads.Select((_, column) => rows.Max(row => row[column].Length) + 3)];
        foreach (string[] row in rows)
        {
            string line = string.Concat(row.Select((cell, column) => cell.PadRight(widths[column])));
            Console.Output.WriteLine(line.TrimEnd());
        }
    }

    private static string[] Row(KeptToken one, DateTimeOffset now) =>
    [
        one.Token.ToString(),
        one.Expiration is not { } end ? "<forever>"
            : end <= now ? "<invalid>"
            : HumanDuration.Format(end - now),
        one.Expiration is { } time
            ? time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)
            : "<never>",
        OrNone(string.Join(',', one.Usages)),
        OrNone(one.Description),
        OrNone(string.Join(',', one.Groups)),
    ];

    private static string OrNone(string text) => text.Length == 0 ? "<none>" : text;
}
