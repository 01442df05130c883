using Keelson.Client.Https;
using Keelson.Client.Informers.Remote;
using Keelson.Client.Kubeconfigs;
using Keelson.Cluster;
using Keelson.Commands.Join;
using Keelson.Commands.UserCommands;
using Keelson.Flags;

namespace Keelson.Commands.Up;

/// <summary><c>keelson reset</c>: removes a cluster and all that it left on this machine.</summary>
internal sealed class ResetCommand : FoundClusterCommand
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    // What a cluster keeps in its directory; anything else there is somebody else's.
    private static readonly string[] Kept =
    [
        "node", "store", "pki", "run.json", "keelson.log", "admin.kubeconfig", "controller-manager.conf",
        "scheduler.conf", "kubelet.conf", "bootstrap-kubelet.conf",
    ];

    private readonly Flag<bool> _yes;

    public ResetCommand()
        : base("reset", Text) => _yes = Flags.Add(new Flag<bool>("yes", FlagForms.Truth, false, "Do not ask.")
        {
            Letter = 'y',
            BareValue = "true",
        });

    private static CommandHelp Text { get; } =
        new("Remove the cluster of this machine and everything that it made.", "[flags]")
    {
        Description = """
            Remove the cluster of this machine: its pods, mounts, links, rules, control groups, logs and everything it
            keeps. A cluster that runs is stopped before; one that was killed is found by what it left. It asks first.

            Of a machine that joined a cluster it removes the node; the cluster lists it until somebody deletes it
            there. Debian packages that "keelson up" or "keelson join" installed stay.
            """,
        Examples = """
            # The cluster in ~/.keelson
            keelson reset

            # Without a question, for scripts
            keelson reset --yes --data-dir /var/lib/keelson
            """,
        Notes = """
            Exit codes:
              0   nothing of it is left, or there was nothing
              1   it was not agreed to, or something is still there; what, is said
              2   a flag, variable or configuration file is wrong
            """,
    };

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        TakesNoArguments(arguments);
        string directory = DataDirectory;
        if (!Kept.Any(name => Path.Exists(Path.Combine(directory, name))))
        {
            Console.Output.WriteLine($"There is no cluster in {directory}.");
            return 0;
        }

        if (!_yes.Value && !Agrees(directory))
        {
            Console.Output.WriteLine("Nothing was removed.");
            return 1;
        }

        return await RemoveAsync(directory, cancellation);
    }

    private bool Agrees(string directory)
    {
        Console.Output.Write(JoinedNode.NameIn(directory) is { } node
            ? $"This removes the node {node} in {directory} with its pods and volumes. Type yes to go on: "
            : $"This removes the cluster in {directory} with all its objects and volumes. Type yes to go on: ");
        Console.Output.Flush();
        using StreamReader input = new(Console.OpenInput());
        return input.ReadLine()?.Trim() == "yes";
    }

    private async Task<int> RemoveAsync(string directory, CancellationToken cancellation)
    {
        string? node = JoinedNode.NameIn(directory);
        if (RunState.Read(directory) is { } running && !await StopCommand.StopAsync(running, Console, cancellation))
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

        Console.Output.WriteLine(node is null
            ? $"The cluster in {directory} is gone."
            : $"The node {node} in {directory} is gone. To have its cluster forget it: kubectl delete node {node}");
        return 0;
    }

    private async Task<IReadOnlyList<string>> RemoveNodeAsync(string directory, CancellationToken cancellation)
    {
        LocalNodeConfig node = new() { Name = "", Addresses = [], Directory = Path.Combine(directory, "node") };
        if (!Directory.Exists(node.Directory))
        {
            return [];
        }

        HttpsClientConfig behaviour = new() { Program = "keelson-reset", Clock = Console.Clock };

        // Nothing is asked of the server; a node that joined has no administrator's kubeconfig.
        KubeconfigCluster nowhere = new() { Server = "https://127.0.0.1" };
        using HttpsApiClient client = new(nowhere, new KubeconfigUser(), behaviour);
        await using RemoteInformers informers = new(
            client, new RemoteInformersConfig { Clock = Console.Clock, Log = text => Console.Error.WriteLine(text) });
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
