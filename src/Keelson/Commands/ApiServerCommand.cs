using System.Runtime.InteropServices;
using Keelson.Cluster;
using Keelson.Commands.ApiServer;
using Keelson.Commands.Components;
using Keelson.Commands.UserCommands;
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
    private static CommandHelp Text { get; } =
        new("Start an API server alone, with kube-apiserver's flags.", "[flags]")
    {
        Description = """
            Start an API server alone. It takes the flags of kube-apiserver, so that a command line or manifest written
            for the one starts the other. Objects are kept in etcd (--etcd-servers), or in a store of its own in the
            directory of --data-dir.
            """,
        Examples = """
            # With a store of its own and certificates that it makes
            keelson apiserver --data-dir=/var/lib/keelson/store --cert-dir=/var/lib/keelson/pki \
              --service-account-issuer=https://kubernetes.default.svc.cluster.local \
              --service-account-key-file=sa.pub --service-account-signing-key-file=sa.key

            # In the place of a kube-apiserver, on its etcd
            keelson apiserver --etcd-servers=https://127.0.0.1:2379 --etcd-cafile=ca.crt --etcd-certfile=client.crt \
              --etcd-keyfile=client.key --client-ca-file=ca.crt --tls-cert-file=apiserver.crt \
              --tls-private-key-file=apiserver.key --service-account-issuer=https://kubernetes.default.svc \
              --service-account-key-file=sa.pub --service-account-signing-key-file=sa.key
            """,
    };

    /// <summary>Describes the command. It takes its whole line as it is.</summary>
    public static UserCommand Create() => new ComponentCommand(
        "apiserver", Text, static () => new ApiServerFlags().Set, RunAsync);

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
            Parse(flags, arguments);
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
}
