using System.Collections;
using Keelson.Commands.UserCommands;

namespace Keelson.Commands.Up;

/// <summary><c>keelson up</c>: a cluster in the foreground, or with <c>--detach</c> in the background.</summary>
internal sealed class UpCommand : MachineCommand
{
    private readonly UpFlags _flags;

    public UpCommand()
        : base("up", Text) => _flags = new(Set, Flags);

    /// <summary>The flags, with what else may say the same.</summary>
    public UpFlags Described => _flags;

    private static CommandHelp Text { get; } = new("Start a cluster and keep it running until interrupted.", "[flags]")
    {
        Description = """
            Start a cluster and keep it running until interrupted: API server, store, controllers, scheduler, and a node
            that runs containers. Everything is kept in one directory; the next start brings it back.

            A node needs root and a few Debian packages (containerd, runc, nftables and others). Those that are missing
            are named and installed, unless --no-install is given. Without a node, root is not needed.

            Ctrl-C or SIGTERM stops it, pods first.
            """,
        Examples = """
            # A cluster with a node on this machine
            keelson up

            # In the background, with your own kubectl pointed at it
            keelson up --detach --merge-kubeconfig

            # A control plane without root, with nodes whose containers are only simulated
            keelson up --no-node --simulated-nodes 10

            # By a file; a flag counts more than a variable, a variable more than the file
            KEELSON_NODE_NAME=blue keelson up --config keelson.yaml --secure-port 7443

            # A file to start from
            keelson up --print-config > keelson.yaml
            """,
        Notes = """
            Files, below the directory of --data-dir:
              admin.kubeconfig   the administrator's access
              pki/               certificates and keys; renewed in time
              store/             all objects
              node/              containerd, pods' volumes, the network's configuration
              run.json           the running process
              keelson.log        what it said, when it is in the background

            Environment:
              Each flag is also a variable: --secure-port is KEELSON_SECURE_PORT.

            Exit codes:
              0   it was told to stop, or with --detach is ready, its node too
              1   it could not start, or could not go on
              2   a flag, variable or configuration file is wrong

            See also: keelson check, keelson status, keelson stop, keelson reset, keelson install
            """,
    };

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        TakesNoArguments(arguments);
        UpOptions options = Reading(() =>
        {
            _flags.ReadFurther(Console.Environment);
            return new UpOptionsReader(_flags).Read(Console.Environment);
        });
        foreach (string suspicious in _flags.Configuration.Suspicious(
            Environment.GetEnvironmentVariables().Keys.Cast<string>()))
        {
            await Console.Error.WriteLineAsync("warning: " + suspicious);
        }

        if (_flags.Print.Value)
        {
            Console.Output.Write(
                _flags.Configuration.Print(KeelsonConfiguration.ApiVersion, KeelsonConfiguration.Kind));
            return 0;
        }

        if (!_flags.Detach.Value)
        {
            return await new UpProcess(options, Console).RunAsync(cancellation);
        }

        string[] line = [.. Environment.GetCommandLineArgs().Skip(1), "--detach=false"];
        return await DetachedProcess.StartAsync(line, options.DataDirectory, Console, cancellation);
    }
}
