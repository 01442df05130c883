using System.CommandLine;
using System.Diagnostics;

namespace Keelson.Commands.Up;

/// <summary><c>keelson install</c>: makes systemd run the cluster.</summary>
internal static class InstallCommand
{
    private const string UnitFile = "/etc/systemd/system/keelson.service";

    /// <summary>Describes the command and its options.</summary>
    public static Command Create()
    {
        Option<DirectoryInfo?> data = DataDirectory.Option();
        Option<bool> print = new("--print") { Description = "Print the unit instead of installing it." };
        Option<bool> remove =
            new("--remove") { Description = "Stop the unit and remove it. What the cluster keeps stays." };
        Argument<string[]> further = new("up-options")
        {
            Description = "Options of keelson up, after \"--\".",
            Arity = ArgumentArity.ZeroOrMore,
        };
        Command command = new(
            "install", "Make systemd start the cluster with the machine and keep it running. Pods outlive a restart "
                + "of the unit.")
        {
            data, print, remove, further,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            string unit = UnitOf(
                Environment.ProcessPath!, DataDirectory.Of(parsed.GetValue(data)), parsed.GetValue(further) ?? []);
            if (parsed.GetValue(print))
            {
                Console.Write(unit);
                return 0;
            }

            return await ApplyAsync(parsed.GetValue(remove) ? null : unit, cancellation);
        });
        return command;
    }

    /// <summary>The unit's text.</summary>
    /// <param name="program">The program's path.</param>
    /// <param name="dataDirectory">Where the cluster is kept.</param>
    /// <param name="further">Options of <c>keelson up</c>.</param>
    public static string UnitOf(string program, string dataDirectory, IReadOnlyList<string> further)
    {
        string command = string.Join(
            ' ', ((string[])[program, "up", "--data-dir", dataDirectory, .. further]).Select(Quoted));

        // SIGTERM and KillMode=process leave containers running, so that an upgrade does not stop pods.
        return $"""
            [Unit]
            Description=Keelson, a Kubernetes cluster
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

    private static async Task<int> ApplyAsync(string? unit, CancellationToken cancellation)
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
