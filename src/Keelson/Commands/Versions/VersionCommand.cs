using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using Keelson.Clusters;
using Keelson.Commands.UserCommands;
using Keelson.Flags;
using Keelson.Machinery.Trees;
using Keelson.Machinery.Wire;
using Keelson.Machinery.Yaml;
using Keelson.Printing;

namespace Keelson.Commands.Versions;

/// <summary><c>keelson version</c>: the program's version, and the server's if one answers.</summary>
internal sealed class VersionCommand : UserCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly ClusterAddress _address;
    private readonly Flag<string> _output;
    private readonly Flag<bool> _client;

    public VersionCommand()
        : base("version", Text)
    {
        _output = Flags.Add(new Flag<string>("output", FlagForms.Text, "", "json or yaml.") { Letter = 'o' });
        _client = Flags.Switch("client", false, "Show the program's version only.");
        _address = new(Set.Section("Cluster"));
    }

    /// <summary>This build's version: of git at build time.</summary>
    public static string Own { get; } = typeof(VersionCommand).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    private static CommandHelp Text { get; } = new("Show the program's version, and the cluster's.", "[flags]")
    {
        Description =
            "Show the program's version, and the version of Kubernetes that the cluster speaks, if one answers.",
        Examples = """
            # Both
            keelson version

            # For a program
            keelson version --client -o json
            """,
    };

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        if (_output.Value is not ("" or "json" or "yaml"))
        {
            throw new CommandException("--output must be 'yaml' or 'json'");
        }

        ObjectTree? server = _client.Value ? null : await ServerAsync(cancellation);
        ObjectTree versions = new()
        {
            ["clientVersion"] = new ObjectTree
            {
                ["version"] = new TextTree(Own),
                ["runtime"] = new TextTree(RuntimeInformation.FrameworkDescription),
                ["platform"] = new TextTree(RuntimeInformation.RuntimeIdentifier),
            },
        };
        if (server is not null)
        {
            versions["serverVersion"] = server;
        }

        Console.Output.Write(_output.Value switch
        {
            "json" => JsonText.Of(versions),
            "yaml" => Encoding.UTF8.GetString(YamlWriter.Write(versions)),
            _ => $"Client Version: {Own}\n"
                + (server is null ? "" : $"Server Version: {server.TextAt("gitVersion")}\n"),
        });
        return 0;
    }

    private async Task<ObjectTree?> ServerAsync(CancellationToken cancellation)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        try
        {
            var (cluster, user, @namespace) = _address.Resolve(Console.Environment);
            using ClusterConnection connection = ClusterConnection.Open(cluster, user, @namespace, static _ => { });
            return await connection.GetAsync("/version", limit.Token);
        }
        catch (Exception exception) when (
            exception is CommandException or ApiFailure or DecodeException or OperationCanceledException
            && !cancellation.IsCancellationRequested)
        {
            // None answers; the program's own version is all there is to tell.
            return null;
        }
    }
}
