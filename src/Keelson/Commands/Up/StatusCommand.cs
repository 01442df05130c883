using System.CommandLine;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Client;
using Keelson.Client.Https;
using Keelson.Client.Kubeconfigs;

namespace Keelson.Commands.Up;

/// <summary><c>keelson status</c>: whether a cluster runs on this machine and how it is.</summary>
internal static class StatusCommand
{
    /// <summary>Describes the command and its options.</summary>
    public static Command Create()
    {
        Option<DirectoryInfo?> data = DataDirectory.Option();
        Command command = new(
            "status", "Show whether a cluster runs on this machine and how it is. Exit code 3: none runs; 1: it is "
                + "not well.")
        {
            data,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            string directory = DataDirectory.Of(parsed.GetValue(data));
            if (RunState.Read(directory) is not { } running)
            {
                Console.WriteLine($"No cluster of {directory} is running. Start it with: keelson up");
                return 3;
            }

            Console.WriteLine($"Cluster      {running.Url} (process {running.Process}, data in {directory})");
            Console.WriteLine($"Kubeconfig   {running.Kubeconfig}");
            return await ShowAsync(running, cancellation) ? 0 : 1;
        });
        return command;
    }

    private static async Task<bool> ShowAsync(RunState running, CancellationToken cancellation)
    {
        try
        {
            HttpsClientConfig config = new() { Program = "keelson-status", Clock = TimeProvider.System };
            using HttpsApiClient client = HttpsApiClient.Of(KubeconfigReader.ReadFile(running.Kubeconfig), config);
            ApiResult<IReadOnlyList<Node>> listed = await client.ListAsync<Node>("", ListRequest.All, cancellation);
            if (!listed.TryGet(out IReadOnlyList<Node>? nodes, out Api.Meta.V1.Status? error))
            {
                Console.WriteLine($"API server   does not answer as it should: {error.Message}");
                return false;
            }

            Console.WriteLine("API server   answers");
            foreach (Node node in nodes)
            {
                NodeCondition? ready = node.Status.Conditions.FirstOrDefault(static one => one.Type == "Ready");
                string state = ready?.Status == ConditionStatus.True
                    ? "Ready"
                    : $"NotReady: {ready?.Message ?? "unknown"}";
                Console.WriteLine($"Node         {node.Metadata.Name} is {state}");
            }

            return nodes.All(static node =>
                node.Status.Conditions.Any(static one => one is { Type: "Ready", Status: ConditionStatus.True }));
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException or KubeconfigException)
        {
            Console.WriteLine($"API server   can't be reached: {exception.Message}");
            return false;
        }
    }
}
