using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Keelson.EndToEnd.Tests.Commands;

namespace Keelson.EndToEnd.Tests.Up;

/// <summary>What a new user does wrong, as processes: each is told in words that name what to change.</summary>
public sealed class MistakeTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly string Program = ProgramUnderTest.Path;
    private readonly string _directory = Directory.CreateTempSubdirectory("keelson-mistake-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("--secure-port 70000", "invalid argument \"70000\" for \"--secure-port\" flag: ports are whole numbers "
        + "from 0 to 65535")]
    [InlineData("--secure-port abc",
        "invalid argument \"abc\" for \"--secure-port\" flag: ports are whole numbers from "
        + "0 to 65535")]
    [InlineData("--secure-port= ",
        "invalid argument \"\" for \"--secure-port\" flag: ports are whole numbers from 0 to "
        + "65535")]
    [InlineData("--secure-prt 1", "unknown flag: --secure-prt\nDid you mean --secure-port?")]
    [InlineData("--simulated-nodes=-1",
        "invalid argument \"-1\" for \"--simulated-nodes\" flag: must be a whole number, "
        + "not below zero")]
    [InlineData("now", "keelson up takes no arguments, got \"now\"")]
    [InlineData("--simulated-node-config /nowhere.yaml", "--simulated-node-config: /nowhere.yaml: ")]
    public async Task A_wrong_line_ends_with_2(string line, string expected)
    {
        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        (int code, string said) = await RunAsync(["up", "--no-node", .. words]);
        Assert.StartsWith("error: " + expected, said);
        Assert.Equal(2, code);
        Assert.False(Path.Exists(Path.Combine(_directory, "data")));
    }

    [Fact]
    public async Task A_taken_port_is_named_with_the_way_out()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        (int code, string said) = await RunAsync(["up", "--no-node", "--secure-port", $"{port}"]);
        Assert.Equal(
            (1, $"keelson: 127.0.0.1:{port} (the API server) is in use by process {Environment.ProcessId} "
                + "(Keelson.EndToEnd.Tests); end that, or choose another port with --secure-port\n"),
            (code, said));
    }

    [Fact]
    public async Task Missing_packages_are_named_with_the_command_that_installs_them()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "hiding what is installed needs root");
        Assert.SkipUnless(File.Exists("/usr/bin/unshare"), "needs util-linux");
        string empty = Path.Combine(_directory, "empty");
        Directory.CreateDirectory(empty);

        // In a mount namespace of its own, where the directories of the network's plugins are empty.
        string hide = "for d in /usr/lib/cni /opt/cni/bin; do [ ! -d $d ] || mount --bind \"$0\" $d; done; exec \"$@\"";
        (int code, string said) = await CallAsync(
            "unshare",
            [
                "--mount", "sh", "-c", hide, empty, Program, "up", "--no-install", "--secure-port", "0", "--data-dir",
                Path.Combine(_directory, "data"),
            ]);
        Assert.Equal(1, code);
        Assert.StartsWith("keelson: these Debian packages are missing:\n", said);
        Assert.Contains("\n  containernetworking-plugins (the pod network)\n", said);
        Assert.Matches(
            "\nInstall them, or start without --no-install:\n"
                + "  apt-get install --no-install-recommends [a-z0-9 -]*containernetworking-plugins[a-z0-9 -]*\n",
            said);
        Assert.Contains("Without it: keelson up --no-node", said);
        Assert.False(Path.Exists(Path.Combine(_directory, "data", "store")));
    }

    [Fact]
    public async Task An_address_of_another_machine_is_named()
    {
        (int code, string said) = await RunAsync(
            ["up", "--no-node", "--bind-address", "192.0.2.55", "--secure-port", "0"]);
        Assert.Equal(
            (1, "keelson: 192.0.2.55 (the API server) is no address of this machine; choose one with --bind-address\n"),
            (code, said));
    }

    [Fact]
    public async Task A_data_directory_that_is_a_file_or_can_t_be_written_is_named()
    {
        string file = Path.Combine(_directory, "file");
        await File.WriteAllTextAsync(file, "");
        (int code, string said) = await RunAsync(["up", "--no-node", "--secure-port", "0"], file);
        Assert.Equal((1, $"keelson: --data-dir {file} is a file; name a directory\n"), (code, said));
        (code, said) = await RunAsync(["up", "--no-node", "--secure-port", "0"], "/proc/keelson");
        Assert.Equal(1, code);
        Assert.StartsWith("keelson: --data-dir /proc/keelson can't be made: ", said);
    }

    [Fact]
    public async Task Damaged_files_of_the_cluster_are_named_and_how_to_get_new_ones()
    {
        string data = Path.Combine(_directory, "data");
        await using (Cluster first = await StartAsync(data))
        {
            Assert.Contains("Keelson is ready", first.Said);
        }

        string kubeconfig = Path.Combine(data, "admin.kubeconfig");
        foreach (string file in (string[])[kubeconfig, Path.Combine(data, "pki", "apiserver.crt")])
        {
            await File.WriteAllTextAsync(file, "nonsense");
            await using Cluster again = await StartAsync(data);
            Assert.True(again.Said.Contains("Keelson is ready") || again.Said.Contains(file), again.Said);
        }

        await File.WriteAllTextAsync(Path.Combine(data, "pki", "ca.key"), "nonsense");
        (int code, string said) = await RunAsync(["up", "--no-node", "--secure-port", "0"], data);
        Assert.Equal(1, code);
        Assert.Contains(Path.Combine(data, "pki", "ca.key"), said);
    }

    [Fact]
    public async Task A_full_disk_is_told_and_what_was_acknowledged_is_there_afterwards()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "mounting a small file system needs root");
        string data = Path.Combine(_directory, "small");
        Directory.CreateDirectory(data);
        (int mounted, string problem) = await CallAsync("mount", ["-t", "tmpfs", "-o", "size=64m", "tmpfs", data]);
        Assert.SkipUnless(mounted == 0, "mounting is not possible here: " + problem);
        try
        {
            await FillAndFreeAsync(data);
        }
        finally
        {
            await CallAsync("umount", ["-l", data]);
        }
    }

    private static async Task FillAndFreeAsync(string data)
    {
        string ballast = Path.Combine(data, "ballast");
        int acknowledged = 0;
        await using (Cluster first = await StartAsync(data))
        {
            Assert.True(first.Said.Contains("Keelson is ready"), first.Said);
            long left = new DriveInfo(data).AvailableFreeSpace;
            await File.WriteAllBytesAsync(ballast, new byte[left - (1024 * 1024)]);

            // The log takes its room in large pieces; what is left of the first one is filled before the disk is asked.
            string refusal = "";
            for (; acknowledged < 40 && refusal.Length == 0; acknowledged += refusal.Length == 0 ? 1 : 0)
            {
                refusal = await CreateAsync(data, acknowledged);
            }

            Assert.Equal("etcdserver: mvcc: database space exceeded", refusal.Split(": ", 3)[2].Trim());
            await UntilSaidAsync(first, "the disk is full, 1 writes were refused: ");
            Assert.Contains(Path.Combine(data, "store"), first.Said);
            File.Delete(ballast);
            Assert.Equal("", await CreateAsync(data, acknowledged++));
        }

        await using Cluster second = await StartAsync(data);
        Assert.True(second.Said.Contains("Keelson is ready"), second.Said);
        CommandRun listed = await CommandRun.KeelsonAsync(
            Path.Combine(data, "admin.kubeconfig"), ["get", "configmaps", "-o", "name"]);
        Assert.Equal("", listed.Error);
        Assert.Equal(acknowledged, listed.Output.Split('\n').Count(static line => line.StartsWith("configmap/c")));
    }

    /// <summary>Creates an object of nearly a megabyte; returns what is said against it.</summary>
    private static async Task<string> CreateAsync(string data, int number)
    {
        string text = new('x', 900_000);
        CommandRun run = await CommandRun.KeelsonAsync(
            Path.Combine(data, "admin.kubeconfig"), ["create", "-f", "-"],
            $$$"""
            {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c{{{number}}}"},"data":{"x":"{{{text}}}"}}
            """);
        return run.ExitCode == 0 ? "" : run.Output + run.Error;
    }

    private static async Task UntilSaidAsync(Cluster cluster, string text)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (!cluster.Said.Contains(text) && TimeProvider.System.GetElapsedTime(start) < Patience)
        {
            await Task.Delay(10);
        }

        Assert.Contains(text, cluster.Said);
    }

    private Task<(int Code, string Said)> RunAsync(string[] line, string? data = null) => CallAsync(
        Program,
        [.. line, "--data-dir", data ?? Path.Combine(_directory, "data")]);

    private static async Task<(int Code, string Said)> CallAsync(string program, string[] line)
    {
        ProcessStartInfo start = new(program, line)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(Patience);
        return (process.ExitCode, await output + await errors);
    }

    private static Task<Cluster> StartAsync(string data) => Cluster.StartAsync(data);

    /// <summary>A control plane, as far as it came.</summary>
    private sealed class Cluster : IAsyncDisposable
    {
        private readonly Process _process;
        private readonly List<string> _lines = [];
        private readonly TaskCompletionSource _known = new(TaskCreationOptions.RunContinuationsAsynchronously);

        private Cluster(Process process) => _process = process;

        /// <summary>What it said so far.</summary>
        public string Said
        {
            get
            {
                lock (_lines)
                {
                    return string.Join('\n', _lines);
                }
            }
        }

        /// <summary>Starts it and waits until it is ready or has ended.</summary>
        public static async Task<Cluster> StartAsync(string data)
        {
            ProcessStartInfo start = new(
                Program,
                ["up", "--no-node", "--secure-port", "0", "--data-dir", data])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            Cluster cluster = new(Process.Start(start)!);
            cluster._process.OutputDataReceived += (_, line) => cluster.Note(line.Data);
            cluster._process.ErrorDataReceived += (_, line) => cluster.Note(line.Data);
            cluster._process.BeginOutputReadLine();
            cluster._process.BeginErrorReadLine();
            await Task.WhenAny(cluster._known.Task, cluster._process.WaitForExitAsync()).WaitAsync(Patience);
            return cluster;
        }

        public async ValueTask DisposeAsync()
        {
            _process.Kill();
            await _process.WaitForExitAsync().WaitAsync(Patience);
            _process.Dispose();
        }

        private void Note(string? line)
        {
            lock (_lines)
            {
                _lines.Add(line ?? "");
            }

            if (line?.StartsWith("Keelson is ready", StringComparison.Ordinal) == true)
            {
                _known.TrySetResult();
            }
        }
    }
}
