using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Keelson.Nodes.Cri;
using Keelson.Nodes.Cri.Protos;
using Keelson.Rpc;

namespace Keelson.Nodes.Runtime;

/// <summary>
/// A containerd of our own: started when it does not run, started again when it ends, stopped last. It is in a session
/// of its own and writes its log itself, so that it and its containers outlive an agent that is killed; the next agent
/// finds it by its process id.
/// </summary>
internal sealed partial class ContainerdProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan RestartPause = TimeSpan.FromSeconds(1);

    private readonly string _program;
    private readonly ContainerdConfig _config;
    private readonly TimeProvider _clock;
    private readonly Action<string> _log;
    private readonly CancellationTokenSource _stop = new();
    private int _pid;
    private Process? _spawned;
    private Task _supervision = Task.CompletedTask;

    private ContainerdProcess(string program, ContainerdConfig config, TimeProvider clock, Action<string> log)
    {
        _program = program;
        _config = config;
        _clock = clock;
        _log = log;
    }

    /// <summary>What it runs with.</summary>
    public ContainerdConfig Config => _config;

    private string PidFile => Path.Combine(_config.Directory, "containerd.pid");

    /// <summary>The version of an installed containerd.</summary>
    /// <exception cref="NodeAgentException">The program does not say.</exception>
    public static async Task<Version> VersionOfAsync(string program, CancellationToken cancellationToken)
    {
        string text = await RunAsync(program, ["--version"], cancellationToken);
        Match match = VersionPattern().Match(text);
        return match.Success
            ? new(Number(match, 1), Number(match, 2), Number(match, 3))
            : throw new NodeAgentException($"{program} --version says {text.Trim()}: no version is in it");
    }

    /// <summary>Starts containerd, or takes the one up that runs with this configuration already.</summary>
    public static async Task<ContainerdProcess> StartAsync(
        string program, ContainerdConfig config, TimeProvider clock, Action<string> log,
            CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(config.Directory);
        Directory.CreateDirectory(config.RegistriesDirectory);
        Directory.CreateDirectory(config.CniConfigurationDirectory);
        string text = config.Write();
        bool isSame = File.Exists(config.File) && await File.ReadAllTextAsync(config.File, cancellationToken) == text;
        await File.WriteAllTextAsync(config.File, text, cancellationToken);
        ContainerdProcess process = new(program, config, clock, log);
        process._pid = process.Running();
        if (process._pid != 0 && !isSame)
        {
            await process.EndAsync();
        }

        if (process._pid == 0)
        {
            process.Spawn();
        }

        await process.AnswersAsync(cancellationToken);
        process._supervision = Task.Run(process.SuperviseAsync, CancellationToken.None);
        return process;
    }

    /// <summary>Ends containerd; containers run on.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _supervision;
        await EndAsync();
        _stop.Dispose();
    }

    /// <summary>Runs a program to its end and gives what it printed.</summary>
    public static async Task<string> RunAsync(
        string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        }) ?? throw new NodeAgentException(program + " can't be started");
        Task<string> output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        string errors = await process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode == 0
            ? await output
            : throw new NodeAgentException($"{program} {string.Join(' ', arguments)}: {errors.Trim()}");
    }

    [GeneratedRegex("v?(\\d+)\\.(\\d+)\\.(\\d+)")]
    private static partial Regex VersionPattern();

    private static int Number(Match match, int group) =>
        int.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);

    /// <summary>The process that runs with our configuration file; 0 for none.</summary>
    private int Running()
    {
        try
        {
            int pid = int.Parse(File.ReadAllText(PidFile), CultureInfo.InvariantCulture);
            return IsOurs(pid) ? pid : 0;
        }
        catch (Exception exception) when (exception is IOException or FormatException)
        {
            return 0;
        }
    }

    private bool IsOurs(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline").Contains(_config.File, StringComparison.Ordinal)
                && !File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private void Spawn()
    {
        string log = Path.Combine(_config.Directory, "containerd.log");
        string setsid = HostAbilities.FindProgram("setsid") is { } program ? program + " " : "";
        ProcessStartInfo start = new("/bin/sh")
        {
            ArgumentList =
                { "-c", $"exec {setsid}\"$0\" --config \"$1\" >>\"$2\" 2>&1 </dev/null", _program, _config.File, log },
        };
        Process process = Process.Start(start) ?? throw new NodeAgentException(_program + " can't be started");
        _spawned?.Dispose();
        _spawned = process;
        _pid = process.Id;
        File.WriteAllText(PidFile, _pid.ToString(CultureInfo.InvariantCulture));
    }

    private async Task AnswersAsync(CancellationToken cancellationToken)
    {
        long started = _clock.GetTimestamp();
        using CriClient client = new(new RpcChannel(RpcEndpoint.Unix(_config.Socket)));
        while (true)
        {
            try
            {
                await client.CallAsync(
                    CriMethods.Version, new VersionRequest(), TimeSpan.FromSeconds(5), cancellationToken);
                return;
            }
            catch (RpcException exception)
            {
                if (_clock.GetElapsedTime(started) > StartPatience || !IsStarting())
                {
                    throw new NodeAgentException(
                        $"containerd does not answer at {_config.Socket}: {exception.Status.Message}; "
                        + $"its log is {Path.Combine(_config.Directory, "containerd.log")}");
                }
            }

            await Task.Delay(Pause, _clock, cancellationToken);
        }
    }

    // While a process is about to execute another program it has no command line to be known by.
    private bool IsStarting() => _spawned is { HasExited: false } || IsOurs(_pid);

    private async Task SuperviseAsync()
    {
        try
        {
            while (true)
            {
                await Task.Delay(RestartPause, _clock, _stop.Token);
                if (!IsOurs(_pid))
                {
                    _log("containerd ended; it is started again");
                    Spawn();
                    await AnswersAsync(_stop.Token);
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Asked to end.
        }
        catch (Exception exception) when (exception is NodeAgentException or IOException)
        {
            _log(exception.Message);
            _supervision = _stop.IsCancellationRequested ? Task.CompletedTask : Task.Run(SuperviseAsync);
        }
    }

    private async Task EndAsync()
    {
        long started = _clock.GetTimestamp();
        int signal = 15;
        while (_pid != 0 && IsOurs(_pid))
        {
            Kill(_pid, signal);
            signal = _clock.GetElapsedTime(started) > StopPatience ? 9 : 0;
            await Task.Delay(Pause, _clock);
        }

        _pid = 0;
    }
}
