using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Keelson.EndToEnd.Tests.Nodes.Faults;

/// <summary>
/// A machine whose processes can be killed one by one: it has a network, process ids, mounts and the directories of
/// container runtimes of its own, and outlives what runs on it.
/// </summary>
internal sealed class FaultMachine : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly MachineNamespace _network;
    private readonly StringBuilder _said = new();
    private Process? _holder;
    private Process? _entered;

    private FaultMachine(MachineNamespace network) => _network = network;

    /// <summary>Its address.</summary>
    public string Address => _network.Address;

    /// <summary>Where what runs on it keeps everything.</summary>
    public string DataDirectory => _network.DataDirectory;

    /// <summary>Where its node keeps everything.</summary>
    public string NodeDirectory => Path.Combine(DataDirectory, "node");

    /// <summary>What the paths of its pods' control groups have in them.</summary>
    public required string ControlGroup { get; init; }

    /// <summary>The first process on it, as its surroundings number it.</summary>
    public int Id { get; private set; }

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
    /// <param name="network">Its network.</param>
    /// <param name="sizeMebibytes">How big its disk is; null for that of the machine around it.</param>
    /// <param name="controlGroup">What the paths of its pods' control groups have in them.</param>
    public static async Task<FaultMachine> CreateAsync(
        MachineNamespace network, string controlGroup, int? sizeMebibytes = null)
    {
        FaultMachine machine = new(network) { ControlGroup = controlGroup };
        try
        {
            await machine.HoldAsync(sizeMebibytes);
            return machine;
        }
        catch
        {
            await machine.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts <c>keelson</c> on it.</summary>
    public void Start(params string[] arguments)
    {
        Assert.Null(_entered);
        _entered = Spawn("nsenter", Entering(["keelson", .. arguments]));
    }

    /// <summary>Kills the program that was started; what it started runs on.</summary>
    public async Task KillProgramAsync()
    {
        if (_entered is { } entered)
        {
            foreach (int child in ChildrenOf(entered.Id))
            {
                using Process process = Process.GetProcessById(child);
                process.Kill();
            }

            await entered.WaitForExitAsync().WaitAsync(Patience);
            entered.Dispose();
            _entered = null;
        }
    }

    /// <summary>Sends a signal to a process: one of the machine's own numbers.</summary>
    public Task SignalAsync(string signal, int process) =>
        RunAsync("kill", "-" + signal, process.ToString(CultureInfo.InvariantCulture));

    /// <summary>Sends a signal to the program that was started.</summary>
    public async Task SignalProgramAsync(string signal)
    {
        foreach (int child in ChildrenOf(_entered!.Id))
        {
            await MachineNamespace.RunAsync("kill", string.Create(CultureInfo.InvariantCulture, $"-{signal} {child}"));
        }
    }

    /// <summary>A path as the machine sees it, for somebody outside.</summary>
    public string Inside(string path) => string.Create(CultureInfo.InvariantCulture, $"/proc/{Id}/root{path}");

    /// <summary>The processes on it, with their command lines, words parted by spaces.</summary>
    public IReadOnlyList<(int Id, string Line)> Processes()
    {
        List<(int, string)> found = [];
        foreach (string directory in Directory.GetDirectories(Inside("/proc")))
        {
            if (!int.TryParse(Path.GetFileName(directory), CultureInfo.InvariantCulture, out int id))
            {
                continue;
            }

            try
            {
                string line = File.ReadAllText(Path.Combine(directory, "cmdline")).Replace('\0', ' ').Trim();
                if (line.Length > 0)
                {
                    found.Add((id, line));
                }
            }
            catch (IOException)
            {
                // It ended meanwhile.
            }
        }

        return found;
    }

    /// <summary>The only process whose command line has a part.</summary>
    public int ProcessOf(string part)
    {
        (int Id, string Line)[] found =
            [.. Processes().Where(one => one.Line.Contains(part, StringComparison.Ordinal))];
        Assert.True(found.Length == 1, $"{part}: {string.Join("; ", Processes())}");
        return found[0].Id;
    }

    /// <summary>True when a process has a part of a line.</summary>
    public bool Runs(string part) => Processes().Any(one => one.Line.Contains(part, StringComparison.Ordinal));

    /// <summary>Runs a program on it that must succeed, and gives what it printed.</summary>
    public async Task<string> RunAsync(params string[] line)
    {
        (int code, string output) = await TryAsync(line);
        Assert.True(code == 0, $"{string.Join(' ', line)}: {output}");
        return output;
    }

    /// <summary>Runs a program on it.</summary>
    public async Task<(int Code, string Output)> TryAsync(params string[] line)
    {
        using Process process = Process.Start(new ProcessStartInfo("nsenter", Entering(line))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(Patience);
        return (process.ExitCode, process.ExitCode == 0 ? output : output + await error);
    }

    public async ValueTask DisposeAsync()
    {
        // With the first process all others go, and the mounts.
        if (_holder is { } holder)
        {
            holder.Kill();
            await holder.WaitForExitAsync().WaitAsync(Patience);
            holder.Dispose();
        }

        if (_entered is { } entered)
        {
            await entered.WaitForExitAsync().WaitAsync(Patience);
            entered.Dispose();
        }

        await _network.DisposeAsync();
    }

    private async Task HoldAsync(int? sizeMebibytes)
    {
        StringBuilder script = new();
        if (sizeMebibytes is { } size)
        {
            script.Append(CultureInfo.InvariantCulture,
                $"mount -t tmpfs -o size={size}m tmpfs {DataDirectory} && mkdir {DataDirectory}/logs && ");
        }

        foreach (string own in (string[])["/run/netns", "/run/containerd", "/var/lib/cni", "/var/log/containers"])
        {
            script.Append(CultureInfo.InvariantCulture, $"mkdir -p {own} && mount -t tmpfs tmpfs {own} && ");
        }

        script.Append(CultureInfo.InvariantCulture,
            $"mkdir -p /var/log/pods && mount --bind {DataDirectory}/logs /var/log/pods && echo held; ");
        // It ends with whoever holds its input, which is this process.
        script.Append("cat > /dev/null");
        _holder = Spawn("nsenter",
        [
            "--net=/run/netns/" + _network.Name, "unshare", "--mount", "--propagation", "slave", "--pid", "--fork",
            "--kill-child", "--mount-proc", "sh", "-c", script.ToString(),
        ]);
        long start = TimeProvider.System.GetTimestamp();
        while (!Said.Contains("held\n", StringComparison.Ordinal))
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < Patience && !_holder.HasExited, Said);
            await Task.Delay(20);
        }

        Id = ChildrenOf(_holder.Id).Single();
    }

    private string[] Entering(IReadOnlyList<string> line)
    {
        string program = line[0] == "keelson" ? ProgramUnderTest.Path : line[0];
        string target = Id.ToString(CultureInfo.InvariantCulture);
        return ["--target", target, "--mount", "--pid", "--net", program, .. line.Skip(1)];
    }

    private Process Spawn(string program, IReadOnlyList<string> arguments)
    {
        Process process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        process.OutputDataReceived += (_, line) => Note(line.Data);
        process.ErrorDataReceived += (_, line) => Note(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private static int[] ChildrenOf(int process)
    {
        string file = string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/task/{process}/children");
        return
        [
            .. File.ReadAllText(file).Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(static one => int.Parse(one, CultureInfo.InvariantCulture)),
        ];
    }

    private void Note(string? line)
    {
        if (line is not null)
        {
            lock (_said)
            {
                _said.Append(line).Append('\n');
            }
        }
    }
}
