using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Keelson.EndToEnd.Tests.ApiServer;

namespace Keelson.EndToEnd.Tests.Remote;

/// <summary>The program as a component: <c>keelson scheduler</c>, <c>keelson controller-manager</c>.</summary>
internal sealed class ComponentProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _errors;
    private readonly int _port = FreePort();

    /// <summary>Starts a component.</summary>
    /// <param name="files">Where its kubeconfig lies.</param>
    /// <param name="role">The command.</param>
    /// <param name="kubeconfig">The kubeconfig's name.</param>
    /// <param name="more">Flags beside those that every component gets here.</param>
    public ComponentProcess(ServerDirectory files, string role, string kubeconfig, params string[] more)
    {
        ProcessStartInfo start = new(ProgramUnderTest.Path)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string argument in (string[])
            [
                role, $"--kubeconfig={files[kubeconfig]}", $"--authentication-kubeconfig={files[kubeconfig]}",
                $"--authorization-kubeconfig={files[kubeconfig]}", "--bind-address=127.0.0.1",
                    $"--secure-port={_port}", .. more,
            ])
        {
            start.ArgumentList.Add(argument);
        }

        _process = Process.Start(start)!;
        _output = _process.StandardOutput.ReadToEndAsync();
        _errors = _process.StandardError.ReadToEndAsync();
    }

    /// <summary>A page of the component; its code is null when nobody answers.</summary>
    public async Task<(int? Code, string Text)> GetAsync(string path, string token = "")
    {
        using SocketsHttpHandler handler = new();
        handler.SslOptions.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
        using HttpClient client = new(handler) { Timeout = Patience };
        if (token.Length > 0)
        {
            client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        }

        try
        {
            using HttpResponseMessage response = await client.GetAsync(new Uri($"https://127.0.0.1:{_port}{path}"));
            return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
        }
        catch (HttpRequestException)
        {
            return (null, "");
        }
    }

    /// <summary>Whether it says that it leads.</summary>
    public async Task<bool> LeadsAsync(string lease) =>
        (await GetAsync("/metrics", ServerDirectory.AdminToken)).Text
            .Contains($"leader_election_master_status{{name=\"{lease}\"}} 1", StringComparison.Ordinal);

    /// <summary>Ends it as SIGKILL does.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Ends it as SIGTERM does, and gives its exit code.</summary>
    public async Task<int> StopAsync()
    {
        using Process kill = Process.Start("kill",
            ["-TERM", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        return await ExitAsync();
    }

    /// <summary>Waits for its end.</summary>
    public async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Patience);
        return _process.ExitCode;
    }

    /// <summary>All it said; only after its end.</summary>
    public async Task<string> SaidAsync() => await _output + await _errors;

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync().WaitAsync(Patience);
        }

        _process.Dispose();
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
