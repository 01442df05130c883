using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Runtime.InteropServices;
using Keelson.Cluster;
using Keelson.Commands.ApiServer;
using Keelson.Flags;
using Keelson.Machinery.Validation;
using Keelson.Server;
using Keelson.Store;

namespace Keelson.Commands;

/// <summary>
/// <c>keelson apiserver</c>: an API server as a process of its own, with kube-apiserver's flags. They are read with the
/// habits of Go's programs, so that a command line or manifest written for the one starts the other.
/// </summary>
internal static class ApiServerCommand
{
    private const int NarrowestHelp = 80;
    private const int WidestHelp = 120;

    /// <summary>Describes the command. It takes its whole line as it is.</summary>
    public static Command Create()
    {
        Command command = new("apiserver", "Start an API server alone, with kube-apiserver's flags.") { TreatUnmatchedTokensAsErrors = false };
        command.Options.Add(new HelpOption { Action = new HelpAction() });
        command.SetAction((parsed, cancellation) => RunAsync(parsed.UnmatchedTokens, cancellation));
        return command;
    }

    /// <summary>Runs a server until the process is told to end.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        TaskCompletionSource<int> end = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            end.TrySetResult(0);
        }

        try
        {
            ApiServerFlags flags = new();
            if (Parse(flags, arguments))
            {
                Console.WriteLine(Help());
                return 0;
            }

            TimeProvider clock = TimeProvider.System;
            Action<string> log = flags.Logs.Writer(clock);
            ServerProcess process = new(clock, log, exception =>
            {
                log(exception.Message);
                end.TrySetResult(1);
            });
            using MemoryUpkeep memory = new(clock);
            await using StandaloneApiServer server = await StartAsync(flags, process, cancellation);
            log($"Serving securely on {flags.Serving.BindAddress.Value}:{server.Port}");
            int code = await end.Task;
            log("Shutting down");
            return code;
        }
        catch (Exception exception) when (exception is FlagException or IOException or InvalidOperationException or FormatException
            or StoreUnavailableException)
        {
            await Console.Error.WriteLineAsync("Error: " + exception.Message);
            return 1;
        }
    }

    /// <summary>Starts a server with checked flags.</summary>
    internal static Task<StandaloneApiServer> StartAsync(
        ApiServerFlags flags, ServerProcess process, CancellationToken cancellation)
    {
        foreach (string notice in flags.Set.Notices)
        {
            process.Log(notice);
        }

        // Both read everything that flags name; only then the store is opened.
        ServerStoreConfig store = flags.Store.ToConfig(process);
        Func<IStore, ApiServerConfig> server = flags.ToConfig(process);
        return StandaloneApiServer.StartAsync(store, server, cancellation);
    }

    /// <summary>Reads and checks a command line; true when it asks for help.</summary>
    internal static bool Parse(ApiServerFlags flags, IReadOnlyList<string> arguments)
    {
        IReadOnlyList<string> others = flags.Set.Parse(arguments);
        if (flags.Set.WantsHelp)
        {
            return true;
        }

        if (others.Any(one => one.Length > 0))
        {
            throw new FlagException($"\"keelson apiserver\" does not take any arguments, got [{string.Join(' ', others.Select(GoText.Quote))}]");
        }

        IReadOnlyList<string> errors = flags.Validate();
        return errors.Count == 0
            ? false
            : throw new FlagException(errors.Count == 1 ? errors[0] : "[" + string.Join(", ", errors) + "]");
    }

    private static string Help()
    {
        int width = Console.IsOutputRedirected
            ? WidestHelp
            : Math.Clamp(Console.WindowWidth, NarrowestHelp, WidestHelp);
        return "Start an API server alone. It takes the flags of kube-apiserver, and --data-dir for a store of its own.\n\n"
            + "Usage:\n  keelson apiserver [flags]\n" + new ApiServerFlags().Set.Help(width);
    }

    private sealed class HelpAction : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            Console.WriteLine(Help());
            return 0;
        }
    }
}
