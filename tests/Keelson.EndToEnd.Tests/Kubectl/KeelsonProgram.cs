using System.Diagnostics;

namespace Keelson.EndToEnd.Tests.Kubectl;

/// <summary>The program itself, <c>keelson up --no-node</c> on a free port, as a process of its own.</summary>
public class KeelsonProgram : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly string _directory = Directory.CreateTempSubdirectory("keelson-kubectl-").FullName;
    private readonly TaskCompletionSource<string> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private readonly List<string> _log = [];
    private Process? _process;

    /// <summary>A directory for the tests' files; it goes when the program goes.</summary>
    public string Scratch => _directory;

    /// <summary>The administrator's kubeconfig.</summary>
    public string Kubeconfig { get; private set; } = "";

    /// <summary>Where the API server listens.</summary>
    public string Url { get; private set; } = "";

    /// <summary>What the program is started with beside that.</summary>
    protected virtual IReadOnlyList<string> Arguments => [];

    /// <summary>True while the program runs.</summary>
    public bool IsRunning => _process is { HasExited: false };

    /// <summary>What the program said so far.</summary>
    public string Log
    {
        get
        {
            lock (_gate)
            {
                return string.Join('\n', _log);
            }
        }
    }

    public async ValueTask InitializeAsync()
    {
        ProcessStartInfo start = new(ProgramUnderTest.Path)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string data = Path.Combine(_directory, "data");
        foreach (string argument in (string[])["up", "--no-node", "--secure-port", "0", "--data-dir", data, .. Arguments])
        {
            start.ArgumentList.Add(argument);
        }

        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Note(line.Data);
        _process.ErrorDataReceived += (_, line) => Note(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        _ = _process.WaitForExitAsync().ContinueWith(
            _ => _ready.TrySetException(new InvalidOperationException("keelson ended: " + Log)), TaskScheduler.Default);

        // "Keelson is ready at URL after 300 ms. KUBECONFIG=FILE"
        string ready = await _ready.Task.WaitAsync(Patience);
        Url = ready.Split(' ')[4];
        Kubeconfig = ready[(ready.IndexOf("KUBECONFIG=", StringComparison.Ordinal) + "KUBECONFIG=".Length)..].Trim();
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_process is not null)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync().WaitAsync(Patience);
            _process.Dispose();
        }

        Directory.Delete(_directory, recursive: true);
    }

    private void Note(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_gate)
        {
            _log.Add(line);
        }

        if (line.StartsWith("Keelson is ready at ", StringComparison.Ordinal))
        {
            _ready.TrySetResult(line);
        }
    }
}

/// <summary>The program with nodes that only simulate their containers.</summary>
public sealed class KeelsonWithNodes : KeelsonProgram
{
    protected override IReadOnlyList<string> Arguments => ["--simulated-nodes", "10"];
}

/// <summary>The program with simulated nodes that are asked every second what they use.</summary>
public sealed class KeelsonWithMeasuredNodes : KeelsonProgram
{
    protected override IReadOnlyList<string> Arguments => ["--simulated-nodes", "4", "--metric-resolution", "1s"];
}
