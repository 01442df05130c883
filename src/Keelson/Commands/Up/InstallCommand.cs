using System.Diagnostics;
using Keelson.Commands.Join;
using Keelson.Commands.UserCommands;
using Keelson.Flags;

namespace Keelson.Commands.Up;

/// <summary><c>keelson install</c>: makes systemd run the cluster.</summary>
internal sealed class InstallCommand : FoundClusterCommand
{
    private const string UnitFile = "/etc/systemd/system/keelson.service";

    private readonly Flag<bool> _print;
    private readonly Flag<bool> _remove;

    public InstallCommand()
        : base("install", Text)
    {
        _print = Flags.Switch("print", false, "Print the unit instead of installing it.");
        _remove = Flags.Switch("remove", false, "Stop the unit and remove it. What the cluster keeps stays.");
    }

    private static CommandHelp Text { get; } =
        new("Make systemd start the cluster with the machine and keep it running.", "[flags] [-- FLAGS]")
    {
        Description = """
            Make systemd start the cluster with the machine and keep it running: writes a unit, enables and starts it.
            Pods outlive a restart of the unit, so an upgrade of the program does not stop them.

            On a machine that joined a cluster, the unit runs its node. What follows "--" is for keelson up, or there
            for keelson join.
            """,
        Examples = """
            # The cluster in ~/.keelson
            keelson install

            # With a configuration file and another port
            keelson install --config /etc/keelson.yaml -- --secure-port 7443

            # The node of a machine that joined, with mirrors of registries
            keelson install -- --registries /etc/registries.yaml

            # Look at the unit first; take it away again
            keelson install --print
            keelson install --remove
            """,
        Notes = """
            Files:
              /etc/systemd/system/keelson.service   the unit

            Exit codes:
              0   done
              1   systemd does not run here, or refused; what, is said
              2   a flag, variable or configuration file is wrong
            """,
    };

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        if (Set.DashAt is null or > 0)
        {
            TakesNoArguments([.. arguments.Take(Set.DashAt ?? arguments.Count)]);
        }

        string? node = JoinedNode.NameIn(DataDirectory);
        UserCommand run = node is null ? new UpCommand() : new JoinCommand();
        if (run.Read(arguments) is [var word, ..])
        {
            throw Usage($"a unit's keelson {run.Name} takes no arguments, got \"{word}\"");
        }

        string[] where = Given.Count > 0 ? [.. Given] : ["--data-dir", DataDirectory];
        bool isNamed = arguments.Any(static one => one.StartsWith("--node-name", StringComparison.Ordinal));
        string[] name = node is null || isNamed ? [] : ["--node-name", node];
        string unit = UnitOf(Environment.ProcessPath!, run.Name, [.. where, .. name, .. arguments]);
        if (_print.Value)
        {
            Console.Output.Write(unit);
            return 0;
        }

        return await ApplyAsync(_remove.Value ? null : unit, cancellation);
    }

    /// <summary>The unit's text.</summary>
    /// <param name="program">The program's path.</param>
    /// <param name="run">The command that it runs.</param>
    /// <param name="flags">That command's flags.</param>
    public static string UnitOf(string program, string run, IReadOnlyList<string> flags)
    {
        string command = string.Join(' ', ((string[])[program, run, .. flags]).Select(Quoted));
        string what = run == "join" ? "a node of a Kubernetes cluster" : "a Kubernetes cluster";

        // SIGTERM and KillMode=process leave containers running, so that an upgrade does not stop pods.
        return $"""
            [Unit]
            Description=Keelson, {what}
            Wants=network-online.target
            After=network-online.target

            [Service]
            ExecStart={command}
            KillMode=process
            KillSignal=SIGTERM
            Delegate=yes
            Restart=always
            RestartSec=1
            LimitNOFILE=1048576
            LimitNPROC=infinity
            TasksMax=infinity
            TimeoutStopSec=60

            [Install]
            WantedBy=multi-user.target

            """;
    }

    private async Task<int> ApplyAsync(string? unit, CancellationToken cancellation)
    {
        if (Machine.DebianPackage.FindProgram("systemctl") is not { } systemctl
            || !Directory.Exists("/run/systemd/system"))
        {
            await Console.Error.WriteLineAsync(
                "keelson install: systemd does not run on this machine; use keelson up --detach, or keelson install "
                    + "--print");
            return 1;
        }

        try
        {
            if (unit is null)
            {
                await RunAsync(systemctl, ["disable", "--now", "keelson.service"], cancellation);
                File.Delete(UnitFile);
                return await RunAsync(systemctl, ["daemon-reload"], cancellation);
            }

            await File.WriteAllTextAsync(UnitFile, unit, cancellation);
        }
        catch (UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"keelson install: {UnitFile} can't be written; run it as root");
            return 1;
        }

        int reloaded = await RunAsync(systemctl, ["daemon-reload"], cancellation);
        return reloaded != 0
            ? reloaded
            : await RunAsync(systemctl, ["enable", "--now", "keelson.service"], cancellation);
    }

    private static async Task<int> RunAsync(string program, string[] arguments, CancellationToken cancellation)
    {
        using Process process = Process.Start(program, arguments);
        await process.WaitForExitAsync(cancellation);
        return process.ExitCode;
    }

    /// <summary>An argument as systemd reads it.</summary>
    private static string Quoted(string argument) =>
        argument.Any(static c => char.IsWhiteSpace(c) || c is '"' or '\\' or '\'' or '$' or '%' or ';')
            ? $"\"{argument.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("$", "$$").Replace("%", "%%")}\""
            : argument;
}
