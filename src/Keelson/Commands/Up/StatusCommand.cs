using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Client;
using Keelson.Client.Https;
using Keelson.Client.Kubeconfigs;
using Keelson.Commands.Join;
using Keelson.Commands.UserCommands;

namespace Keelson.Commands.Up;

/// <summary><c>keelson status</c>: whether a cluster runs on this machine and how it is.</summary>
internal sealed class StatusCommand() : FoundClusterCommand("status", Text)
{
    private const int NotWell = 1;
    private const int NotRunning = 3;

    private static CommandHelp Text { get; } =
        new("Show whether a cluster runs on this machine and how it is.", "[flags]")
    {
        Description = """
            Show whether a cluster runs on this machine and how it is: where its API server is, whether that answers,
            and each node. On a machine that joined a cluster: the same of that machine's node alone.
            """,
        Examples = """
            # The cluster in ~/.keelson
            keelson status

            # Start it if it does not run
            keelson status || keelson up --detach
            """,
        Notes = """
            Exit codes:
              0   it runs, and all nodes (that joined: this one) are ready
              1   it runs, but something is not well
              2   a flag, variable or configuration file is wrong
              3   it does not run
            """,
    };

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        TakesNoArguments(arguments);
        string directory = DataDirectory;
        if (RunState.Read(directory) is not { } running)
        {
            Console.Output.WriteLine(JoinedNode.NameIn(directory) is { } node
                ? $"The node {node} of {directory} is not running. Start it with: keelson join"
                : $"No cluster of {directory} is running. Start it with: keelson up");
            return NotRunning;
        }

        string what = running.IsJoined ? $", as node {running.Node}" : "";
        Console.Output.WriteLine(
            $"Cluster      {running.Url} (process {running.Process}{what}, data in {directory})");
        Console.Output.WriteLine($"Kubeconfig   {running.Kubeconfig}");
        return await ShowAsync(running, cancellation) ? 0 : NotWell;
    }

    private async Task<bool> ShowAsync(RunState running, CancellationToken cancellation)
    {
        try
        {
            HttpsClientConfig config = new() { Program = "keelson-status", Clock = Console.Clock };
            using HttpsApiClient client = HttpsApiClient.Of(KubeconfigReader.ReadFile(running.Kubeconfig), config);

            // A node that joined answers for itself alone.
            ListRequest which = running.IsJoined
                ? ListRequest.All with { FieldSelector = "metadata.name=" + running.Node }
                : ListRequest.All;
            ApiResult<IReadOnlyList<Node>> listed = await client.ListAsync<Node>("", which, cancellation);
            if (!listed.TryGet(out IReadOnlyList<Node>? nodes, out Api.Meta.V1.Status? error))
            {
                Console.Output.WriteLine($"API server   does not answer as it should: {error.Message}");
                return false;
            }

            Console.Output.WriteLine("API server   answers");
            foreach (Node node in nodes)
            {
                NodeCondition? ready = node.Status.Conditions.FirstOrDefault(static one => one.Type == "Ready");
                string state = ready?.Status == ConditionStatus.True
                    ? "Ready"
                    : $"NotReady: {ready?.Message ?? "unknown"}";
                Console.Output.WriteLine($"Node         {node.Metadata.Name} is {state}");
            }

            return nodes.Count >= (running.IsJoined ? 1 : 0) && nodes.All(static node =>
                node.Status.Conditions.Any(static one => one is { Type: "Ready", Status: ConditionStatus.True }));
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException or KubeconfigException)
        {
            Console.Output.WriteLine($"API server   can't be reached: {exception.Message}");
            return false;
        }
    }
}
