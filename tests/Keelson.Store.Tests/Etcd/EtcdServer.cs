using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Keelson.Store.Etcd;

namespace Keelson.Store.Tests.Etcd;

/// <summary>A real etcd on free loopback ports and a directory of its own; can be killed and started again.</summary>
internal sealed class EtcdServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly string directory = Directory.CreateTempSubdirectory("etcd-test-").FullName;
    private readonly string name;
    private readonly string[] options;
    private readonly bool secure;
    private Process? process;

    private EtcdServer(string name, int[] ports, bool secure, string[] options)
    {
        this.name = name;
        this.secure = secure;
        this.options = options;
        ClientPort = ports[0];
        PeerUrl = $"http://127.0.0.1:{ports[1]}";
        HealthUrl = $"http://127.0.0.1:{ports[2]}";
    }

    public int ClientPort { get; }

    public string PeerUrl { get; }

    public string HealthUrl { get; }

    public string ClientUrl => $"{(secure ? "https" : "http")}://127.0.0.1:{ClientPort}";

    /// <summary>A cluster of one, ready for requests.</summary>
    public static Task<EtcdServer> StartAsync(params string[] options) => StartAsync(secure: false, options);

    /// <summary>A cluster of one that speaks TLS to clients, with the certificates that the options name.</summary>
    public static async Task<EtcdServer> StartAsync(bool secure, params string[] options)
    {
        EtcdServer[] cluster = await StartClusterAsync(1, secure, options);
        return cluster[0];
    }

    /// <summary>A cluster, ready for requests.</summary>
    public static async Task<EtcdServer[]> StartClusterAsync(
        int members, bool secure = false, params string[] options)
    {
        int[] ports = FreePorts(3 * members);
        EtcdServer[] servers = [.. Enumerable.Range(0, members)
            .Select(at => new EtcdServer($"m{at}", ports[(3 * at)..], secure, options))];
        string cluster = string.Join(',', servers.Select(server => $"{server.name}={server.PeerUrl}"));
        foreach (EtcdServer server in servers)
        {
            server.Launch(cluster);
        }

        await Task.WhenAll(servers.Select(server => server.WaitUntilReadyAsync()));
        return servers;
    }

    /// <summary>The store that this server is.</summary>
    public Task<EtcdStore> ConnectAsync() => EtcdStore.ConnectAsync(Config());

    public EtcdStoreConfig Config() => new() { Servers = [ClientUrl] };

    /// <summary>As a power cut would: SIGKILL.</summary>
    public async Task KillAsync()
    {
        if (process is { HasExited: false })
        {
            process.Kill();
            await process.WaitForExitAsync().WaitAsync(Patience);
        }

        process?.Dispose();
        process = null;
    }

    /// <summary>Starts it again on what it left behind.</summary>
    public async Task RestartAsync()
    {
        Launch(null);
        await WaitUntilReadyAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        Directory.Delete(directory, recursive: true);
    }

    private static int[] FreePorts(int count)
    {
        TcpListener[] probes = [.. Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0))];
        foreach (TcpListener probe in probes)
        {
            probe.Start();
        }

        int[] ports = [.. probes.Select(probe => ((IPEndPoint)probe.LocalEndpoint).Port)];
        foreach (TcpListener probe in probes)
        {
            probe.Dispose();
        }

        return ports;
    }

    private static string FindBinary() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Select(folder => Path.Combine(folder, "etcd"))
        .FirstOrDefault(File.Exists)
        ?? throw new InvalidOperationException("etcd is not installed: apt-get install etcd-server");

    private void Launch(string? cluster)
    {
        var start = new ProcessStartInfo(FindBinary())
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            WorkingDirectory = directory,
        };
        string[] arguments =
        [
            "--name", name, "--data-dir", Path.Combine(directory, "data"),
            "--listen-client-urls", ClientUrl, "--advertise-client-urls", ClientUrl,
            "--listen-metrics-urls", HealthUrl, "--listen-peer-urls", PeerUrl, "--initial-advertise-peer-urls", PeerUrl,
            "--heartbeat-interval", "20", "--election-timeout", "200", .. options,
        ];
        foreach (string argument in cluster is null ? arguments : [.. arguments, "--initial-cluster", cluster])
        {
            start.ArgumentList.Add(argument);
        }

        // A developer's own etcd settings must not reach the test's.
        foreach (string variable in start.Environment.Keys.Where(key => key.StartsWith("ETCD_")).ToArray())
        {
            start.Environment.Remove(variable);
        }

        process = Process.Start(start)!;
        string log = Path.Combine(directory, "log");
        var writer = new StreamWriter(log, append: true) { AutoFlush = true };
        var output = TextWriter.Synchronized(writer);
        process.OutputDataReceived += (_, line) => output.WriteLine(line.Data);
        process.ErrorDataReceived += (_, line) => output.WriteLine(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    private async Task WaitUntilReadyAsync()
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(2) };
        long began = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                string health = await client.GetStringAsync(HealthUrl + "/health");
                if (health.Contains("true", StringComparison.Ordinal))
                {
                    return;
                }
            }
            catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
            {
                // Not yet.
            }

            if (process is null or { HasExited: true } || Stopwatch.GetElapsedTime(began) > Patience)
            {
                string log = await File.ReadAllTextAsync(Path.Combine(directory, "log"));
                throw new InvalidOperationException($"etcd did not come up:\n{log}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20));
        }
    }
}
