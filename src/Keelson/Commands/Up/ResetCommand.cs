using System.CommandLine;
using Keelson.Client.Https;
using Keelson.Client.Informers.Remote;
using Keelson.Client.Kubeconfigs;
using Keelson.Cluster;

namespace Keelson.Commands.Up;

/// <summary><c>keelson reset</c>: removes a cluster and all that it left on this machine.</summary>
internal static class ResetCommand
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    // What a cluster keeps in its directory; anything else there is somebody else's.
    private static readonly string[] Kept =
    [
        "node", "store", "pki", "run.json", "keelson.log", "admin.kubeconfig", "controller-manager.conf",
        "scheduler.conf", "kubelet.conf",
    ];

    /// <summary>Describes the command and its options.</summary>
    public static Command Create()
    {
        Option<DirectoryInfo?> data = DataDirectory.Option();
        Option<bool> yes = new("--yes", "-y") { Description = "Do not ask." };
        Command command = new(
            "reset", "Remove the cluster of this machine: its pods, mounts, links, rules and everything it keeps.")
        {
            data, yes,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            string directory = DataDirectory.Of(parsed.GetValue(data));
            if (!Kept.Any(name => Path.Exists(Path.Combine(directory, name))))
            {
                Console.WriteLine($"There is no cluster in {directory}.");
                return 0;
            }

            if (!parsed.GetValue(yes) && !Agrees(directory))
            {
                Console.WriteLine("Nothing was removed.");
                return 1;
            }

            return await RemoveAsync(directory, cancellation);
        });
        return command;
    }

    private static bool Agrees(string directory)
    {
        Console.Write($"This removes the cluster in {directory} with all its objects and volumes. Type yes to go on: ");
        return Console.ReadLine()?.Trim() == "yes";
    }

    private static async Task<int> RemoveAsync(string directory, CancellationToken cancellation)
    {
        if (RunState.Read(directory) is { } running && !await StopCommand.StopAsync(running, cancellation))
        {
            return 1;
        }

        try
        {
            IReadOnlyList<string> left = await RemoveNodeAsync(directory, cancellation);
            foreach (string one in left)
            {
                await Console.Error.WriteLineAsync($"keelson: {one}");
            }

            if (left.Count > 0)
            {
                await Console.Error.WriteLineAsync(
                    "keelson: what is said above is still there; run keelson reset again");
                return 1;
            }

            Delete(directory);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException
            or KubeconfigException)
        {
            await Console.Error.WriteLineAsync($"keelson: {exception.Message}");
            return 1;
        }

        Console.WriteLine($"The cluster in {directory} is gone.");
        return 0;
    }

    private static async Task<IReadOnlyList<string>> RemoveNodeAsync(string directory, CancellationToken cancellation)
    {
        LocalNodeConfig node = new() { Name = "", Addresses = [], Directory = Path.Combine(directory, "node") };
        if (!Directory.Exists(node.Directory))
        {
            return [];
        }

        HttpsClientConfig behaviour = new() { Program = "keelson-reset", Clock = TimeProvider.System };
        Kubeconfig kubeconfig = KubeconfigReader.ReadFile(Path.Combine(directory, "admin.kubeconfig"));
        using HttpsApiClient client = HttpsApiClient.Of(kubeconfig, behaviour);
        await using RemoteInformers informers = new(
            client, new RemoteInformersConfig { Clock = TimeProvider.System, Log = Console.Error.WriteLine });
        return await LocalNodeRemoval.RemoveAllAsync(node, client, informers, Grace, cancellation);
    }

    private static void Delete(string directory)
    {
        foreach (string path in Kept.Select(name => Path.Combine(directory, name)))
        {
            if (Directory.Exists(path))
            {
                Directory.Delete(path, recursive: true);
            }

            File.Delete(path);
        }

        if (!Directory.EnumerateFileSystemEntries(directory).Any())
        {
            Directory.Delete(directory);
        }
    }
}
