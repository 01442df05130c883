using System.Globalization;
using Keelson.Client.Https;
using Keelson.Client.Informers.Remote;
using Keelson.Client.Kubeconfigs;
using Keelson.Commands.ApiServer;
using Keelson.Commands.Components;
using Keelson.Commands.UserCommands;
using Keelson.Configuration;
using Keelson.Flags;
using Keelson.Network.Proxy;

namespace Keelson.Commands.Proxy;

/// <summary><c>keelson proxy</c>: a node's service proxy as a process of its own, with kube-proxy's flags.</summary>
internal static class ProxyCommand
{
    private const string Name = "proxy";
    private const string Program = "kube-proxy";

    private static CommandHelp Text { get; } =
        new("Start a node's service proxy alone, with kube-proxy's flags.", "[flags]")
    {
        Description = """
            Start the service proxy of a node alone. It takes the flags of kube-proxy and its configuration file.
            Services become maps of nftables, whatever mode is named.
            """,
        Examples = """
            # On a node
            keelson proxy --kubeconfig=proxy.conf --cluster-cidr=10.244.0.0/16

            # Take away what a proxy left
            keelson proxy --cleanup
            """,
    };

    /// <summary>Describes the command. It takes its whole line as it is.</summary>
    public static UserCommand Create() => new ComponentCommand(
        Name,
        Text,
        static () => new ProxyFlags().Set,
        static (arguments, cancellation) =>
            ComponentProcess.RunUntilSignalAsync(stop => RunAsync(arguments, stop), cancellation));

    private static async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken stop)
    {
        ProxyFlags flags = new();
        ComponentCommand.Parse(Name, flags.Set, arguments, flags.Validate);
        TimeProvider clock = TimeProvider.System;
        Action<string> log = flags.Logs.Writer(clock);
        ServerProcess process = new(clock, log, static _ => Environment.Exit(1));
        ConfigurationDocument file = KubeProxyConfigurationFile.Read(flags.Config.Value);
        if (KubeProxyConfigurationFile.Unknown(file) is { } unknown)
        {
            log(unknown);
        }

        ProxySettings settings = flags.ToSettings(file);
        if (flags.WriteConfigTo.Value.Length > 0)
        {
            await File.WriteAllBytesAsync(flags.WriteConfigTo.Value, settings.ToFile(), stop);
            return 0;
        }

        if (settings.Errors() is { Count: > 0 } errors)
        {
            throw new FlagException(
                "failed validate: " + (errors.Count == 1 ? errors[0] : "[" + string.Join(", ", errors) + "]"));
        }

        ServiceProxyConfig config = settings.ToConfig(process) with { StatusPage = StatusPages(flags, clock) };
        if (flags.CleanUp.Value)
        {
            await ServiceProxy.CleanUpAsync(config, stop);
            return 0;
        }

        SetOomScore(settings.OomScore, log);
        if (flags.InitOnly.Value)
        {
            config.ApplyConntrackLimits();
            return 0;
        }

        Kubeconfig kubeconfig = flags.Client.Read(file.Text("", "clientConnection", "kubeconfig"));
        HttpsClientConfig behaviour = flags.Client.ToConfig(Program, process);
        using MemoryUpkeep memory = new(clock);
        using HttpsApiClient client = HttpsApiClient.Of(kubeconfig, behaviour);
        await using RemoteInformers informers = new(client, new RemoteInformersConfig { Clock = clock, Log = log });
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task<bool> changed = WatchAsync(flags.Config.Value, clock, end);
        int code = await ComponentProcess.RunAsync(
            new(Program, client, Election: null, () => ServiceProxy.Start(informers, config with { Events = client })),
            process, end.Token);
        await end.CancelAsync();
        return await changed
            ? throw new FlagException("content of the proxy server's configuration file was updated")
            : code;
    }

    /// <summary>Ends the proxy when its configuration changes, so that it is started anew; true when that
    /// happened.</summary>
    private static async Task<bool> WatchAsync(string path, TimeProvider clock, CancellationTokenSource end)
    {
        if (path.Length == 0)
        {
            return false;
        }

        byte[] before = File.ReadAllBytes(path);
        using PeriodicTimer timer = new(TimeSpan.FromSeconds(2), clock);
        try
        {
            while (await timer.WaitForNextTickAsync(end.Token))
            {
                if (File.Exists(path) && !File.ReadAllBytes(path).AsSpan().SequenceEqual(before))
                {
                    await end.CancelAsync();
                    return true;
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            // The proxy has ended, or the file is being replaced and is looked at by the next proxy.
        }

        return false;
    }

    private static void SetOomScore(int score, Action<string> log)
    {
        try
        {
            File.WriteAllText("/proc/self/oom_score_adj", score.ToString(CultureInfo.InvariantCulture));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            log($"oom_score_adj: {exception.Message}");
        }
    }

    private static Func<string, string?> StatusPages(ProxyFlags flags, TimeProvider clock)
    {
        const string warning = "Warning: This endpoint is not meant to be machine parseable, has no formatting "
            + "compatibility guarantees and is for debugging purposes only.\n\n";
        DateTimeOffset started = clock.GetUtcNow();
        return page =>
        {
            if (page == "flagz")
            {
                return $"\n{Program} flagz\n{warning}"
                    + string.Concat(flags.Set.All.Select(static one => $"{one.Name}={one.Text}\n"));
            }

            TimeSpan up = clock.GetUtcNow() - started;
            string release = Keelson.Nodes.NodeAgentConfig.Release.TrimStart('v');
            return string.Create(CultureInfo.InvariantCulture, $"""

                {Program} statusz
                {warning}Started: {started:ddd MMM d HH:mm:ss} UTC {started:yyyy}
                Up: {(int)up.TotalHours} hr {up.Minutes:00} min {up.Seconds:00} sec
                Go version: go1.25
                Binary version: {release}
                Emulation version: {string.Join('.', release.Split('.').Take(2))}
                Paths: /configz /flagz /healthz /metrics /proxyMode /statusz

                """);
        };
    }
}
