using System.Diagnostics;
using System.Text;

namespace Keelson.EndToEnd.Tests.Nodes;

/// <summary>
/// A machine of its own, as far as a node can tell: a network namespace on a bridge, and for what runs there a process
/// and a mount namespace. Killing the first process takes everything with it at once, as a power cut would.
/// </summary>
internal sealed class MachineNamespace : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly string _directory;
    private readonly string _link;
    private readonly StringBuilder _said = new();
    private Process? _running;

    private MachineNamespace(string name, string address, string link, string directory)
    {
        (Name, Address, _link, _directory) = (name, address, link, directory);
    }

    /// <summary>The namespace.</summary>
    public string Name { get; }

    /// <summary>Its address.</summary>
    public string Address { get; }

    /// <summary>Where the node keeps everything.</summary>
    public string DataDirectory => Path.Combine(_directory, Name);

    /// <summary>What its program has said so far.</summary>
    public string Said
    {
        get
        {
            lock (_said)
            {
                return _said.ToString();
            }
        }
    }

    /// <summary>Makes a machine at a bridge of this one.</summary>
    public static async Task<MachineNamespace> CreateAsync(
        string name, string bridge, string network, int number, string directory)
    {
        string link = $"{bridge}-{number}";
        MachineNamespace machine = new(name, $"{network}.{number}", link, directory);
        Directory.CreateDirectory(Path.Combine(machine.DataDirectory, "logs"));
        await RunAsync("ip", $"netns add {name}");
        await RunAsync("ip", $"link add {link} type veth peer name eth0 netns {name}");
        await RunAsync("ip", $"link set {link} master {bridge} up");
        await RunAsync("ip", $"-n {name} link set lo up");
        await RunAsync("ip", $"-n {name} addr add {machine.Address}/24 dev eth0");
        await RunAsync("ip", $"-n {name} link set eth0 up");
        await RunAsync("ip", $"-n {name} route add default via {network}.1");
        return machine;
    }

    /// <summary>Starts <c>keelson</c> on it.</summary>
    public void Start(params string[] arguments) => StartScript("exec \"$@\"", arguments);

    /// <summary>Starts a script on it, whose first argument is <c>keelson</c>.</summary>
    public void StartScript(string script, params string[] arguments)
    {
        string program = ProgramUnderTest.Path;
        string logs = Path.Combine(DataDirectory, "logs");
        string line = $"mkdir -p /var/log/pods && mount --bind {logs} /var/log/pods && {script}";
        ProcessStartInfo start = new("nsenter",
        [
            "--net=/run/netns/" + Name, "unshare", "--mount", "--propagation", "slave", "--pid", "--fork",
            "--kill-child", "--mount-proc", "sh", "-c", line, "sh", program, .. arguments,
        ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Process process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => Note(line.Data);
        process.ErrorDataReceived += (_, line) => Note(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _running = process;
    }

    /// <summary>Kills whatever runs on it.</summary>
    public async Task KillAsync()
    {
        if (_running is { } process)
        {
            process.Kill();
            await process.WaitForExitAsync().WaitAsync(Patience);
            process.Dispose();
            _running = null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();

        // Connections of who was killed keep the namespace for a while, and with it the link.
        await RunAsync("ip", $"link del {_link}");
        await RunAsync("ip", $"netns del {Name}");
    }

    /// <summary>Runs a program of this machine that must succeed.</summary>
    public static async Task RunAsync(string program, string arguments)
    {
        using Process process =
            Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        string error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(Patience);
        Assert.True(process.ExitCode == 0, $"{program} {arguments}: {error}");
    }

    private void Note(string? line)
    {
        lock (_said)
        {
            _said.Append(Name).Append(": ").AppendLine(line);
        }
    }
}
