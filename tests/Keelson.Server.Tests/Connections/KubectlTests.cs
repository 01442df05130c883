using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace Keelson.Server.Tests.Connections;

/// <summary>Every kubectl on this machine against the server: older ones speak SPDY, newer ones WebSockets.</summary>
public sealed class KubectlTests(ConnectedCluster cluster) : IClassFixture<ConnectedCluster>, IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("keelson-kubectl-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Logs_exec_attach_and_port_forward_work()
    {
        string[] programs = [.. Programs()];
        if (programs.Length == 0)
        {
            Assert.Skip("no kubectl on this machine");
        }

        foreach (string program in programs)
        {
            foreach (string pod in (string[])["p", "m"])
            {
                await CheckAsync(program, pod);
            }
        }
    }

    private async Task CheckAsync(string kubectl, string pod)
    {
        Assert.Equal((0, "one\ntwo\n"), await RunAsync(kubectl, "", "logs", pod));
        Assert.Equal((0, "a b\n"), await RunAsync(kubectl, "", "exec", pod, "--", "echo", "a b"));
        Assert.Equal(7, (await RunAsync(kubectl, "", "exec", pod, "--", "exit", "7")).Code);
        if (pod == "m")
        {
            // The fake kubelet reads no input from WebSockets.
            return;
        }

        Assert.Equal((0, "in and out"), await RunAsync(kubectl, "in and out", "exec", "-i", pod, "--", "cat"));
        Assert.Equal((0, "in and out"), await RunAsync(kubectl, "in and out", "attach", "-i", "-q", pod));
        await ForwardAsync(kubectl, pod);
    }

    private async Task ForwardAsync(string kubectl, string pod)
    {
        using Process process = Start(kubectl, "port-forward", $"pod/{pod}", ":80", "--address", "127.0.0.1");
        try
        {
            string line = await process.StandardOutput.ReadLineAsync().WaitAsync(ConnectedCluster.Patience)
                ?? await process.StandardError.ReadToEndAsync();
            Match match = Regex.Match(line, "127.0.0.1:([0-9]+) -> 80");
            Assert.True(match.Success, $"{kubectl}: {line}");
            for (int i = 0; i < 3; i++)
            {
                using TcpClient client = new();
                await client.ConnectAsync("127.0.0.1", int.Parse(match.Groups[1].Value));
                NetworkStream stream = client.GetStream();
                await stream.WriteAsync("hello"u8.ToArray());
                client.Client.Shutdown(SocketShutdown.Send);
                using StreamReader answer = new(stream);
                Assert.Equal("HELLO", await answer.ReadToEndAsync().WaitAsync(ConnectedCluster.Patience));
            }
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
    }

    private async Task<(int Code, string Output)> RunAsync(string kubectl, string input, params string[] arguments)
    {
        using Process process = Start(kubectl, arguments);
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        try
        {
            await process.WaitForExitAsync().WaitAsync(ConnectedCluster.Patience);
        }
        catch (TimeoutException)
        {
            process.Kill();
            Assert.Fail($"{kubectl} {string.Join(' ', arguments)} hangs: {await output} {await errors}");
        }

        string said = await errors;
        return (process.ExitCode, said.Length == 0 || process.ExitCode == 7 ? await output : await output + said);
    }

    private Process Start(string kubectl, params string[] arguments)
    {
        string config = Path.Combine(_directory, "kubeconfig");
        if (!File.Exists(config))
        {
            cluster.WriteKubeconfig(_directory);
        }

        ProcessStartInfo start = new(kubectl, ["--kubeconfig", config, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        start.Environment["HOME"] = _directory;
        return Process.Start(start)!;
    }

    /// <summary>kubectl of the path, and those of other versions that lie beside it.</summary>
    private static IEnumerable<string> Programs()
    {
        foreach (string directory in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'))
        {
            FileInfo found = new(Path.Combine(directory, "kubectl"));
            if (found.Exists)
            {
                string real = found.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? found.FullName;
                return Directory.GetFiles(Path.GetDirectoryName(real)!, "kubectl*").Where(IsProgram).Order(
                    StringComparer.Ordinal);
            }
        }

        return [];
    }

    private static bool IsProgram(string path) => Regex.IsMatch(Path.GetFileName(path), @"^kubectl(\.[0-9.]+)?$")
        && (File.GetUnixFileMode(path) & UnixFileMode.UserExecute) != 0;
}
