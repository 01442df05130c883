using Keelson.Clusters;
using Keelson.Commands.UserCommands;
using Keelson.Machinery.Trees;

namespace Keelson.Commands.Completion;

/// <summary>What shells ask (<c>keelson __complete WORDS WORD</c>): the words that may stand for the last
/// one.</summary>
internal sealed class CompleteCommand() : UserCommand("__complete", new CommandHelp("", ""))
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly string[] OfPods = ["logs", "exec", "port-forward"];
    private static readonly string[] OfNodes = ["cordon", "uncordon", "drain"];

    private static readonly string[] OfKinds =
        ["get", "describe", "delete", "scale", "label", "annotate", "wait", "rollout"];

    /// <inheritdoc/>
    protected override bool TakesLineAsIs => true;

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        string prefix = arguments.Count > 0 ? arguments[^1] : "";
        List<string> before = [.. arguments.SkipLast(1)];
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        IEnumerable<string> candidates;
        try
        {
            candidates = await CandidatesAsync(before, prefix, limit.Token);
        }
        catch (Exception exception) when (exception is CommandException or ApiFailure or OperationCanceledException)
        {
            // Without a cluster there are no kinds and names to offer.
            candidates = [];
        }

        Console.Output.Write(string.Concat(
            candidates.Where(one => one.StartsWith(prefix, StringComparison.Ordinal)).Distinct()
                .Order(StringComparer.Ordinal).Select(one => one + "\n")));
        return 0;
    }

    private async Task<IEnumerable<string>> CandidatesAsync(
        List<string> before, string prefix, CancellationToken cancellation)
    {
        if (before.Count == 0)
        {
            return CommandCatalog.Shown.Select(one => one.Name.Split(' ')[0]);
        }

        if (CommandCatalog.Find(before) is not var (command, line))
        {
            return CommandCatalog.SecondWords(before[0]);
        }

        if (prefix.StartsWith('-'))
        {
            return command.KnownFlags.Select(flag => "--" + flag.Name);
        }

        string word = before[0];
        List<string> words = [.. line.Where(one => !one.StartsWith('-'))];
        return OfPods.Contains(word) && words.Count == 0 ? await NamesAsync("pods", cancellation)
            : OfNodes.Contains(word) ? await NamesAsync("nodes", cancellation)
            : !OfKinds.Contains(word) ? []
            : words.Count == 0 ? await KindsAsync(cancellation)
            : await NamesAsync(words[0], cancellation);
    }

    private Task<IEnumerable<string>> KindsAsync(CancellationToken cancellation) => AskAsync(
        async cluster => (await cluster.DiscoverAsync(cancellation)).Preferred()
            .Where(one => one.Verbs.Contains("get")).Select(one => one.GroupResource));

    private Task<IEnumerable<string>> NamesAsync(string kind, CancellationToken cancellation) =>
        AskAsync(async cluster =>
    {
        ApiResource resource = (await cluster.DiscoverAsync(cancellation)).Resolve(kind);
        ObjectTree list = await cluster.GetAsync(resource.Path(cluster.Namespace) + "?limit=500", cancellation);
        return list.Objects("items").Select(item => item.Name());
    });

    private async Task<IEnumerable<string>> AskAsync(Func<ClusterConnection, Task<IEnumerable<string>>> ask)
    {
        ClusterAddress address = new(Set.Section("Cluster"));
        var (cluster, user, @namespace) = address.Resolve(Console.Environment);
        using ClusterConnection connection = ClusterConnection.Open(cluster, user, @namespace, static _ => { });
        return await ask(connection);
    }
}
