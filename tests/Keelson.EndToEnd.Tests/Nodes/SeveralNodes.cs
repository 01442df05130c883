using System.Text.RegularExpressions;
using Keelson.EndToEnd.Tests.Commands;
using Keelson.Nodes;

namespace Keelson.EndToEnd.Tests.Nodes;

/// <summary>A cluster of three machines: <c>keelson up</c> on the first, <c>keelson join</c> on the others.</summary>
internal sealed partial class SeveralNodes : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private readonly string _directory = Directory.CreateTempSubdirectory("keelson-nodes-").FullName;
    private readonly string _bridge = $"km{Environment.ProcessId % 100000}";
    private readonly string _network = $"198.18.{(Environment.ProcessId % 200) + 20}";
    private readonly List<MachineNamespace> _machines = [];
    private TestRegistry? _registry;
    private string _kubeconfig = "";
    private string _join = "";

    private string Registries => Path.Combine(_directory, "registries.yaml");

    /// <summary>What all machines have said.</summary>
    public string Said => string.Concat(_machines.Select(static one => one.Said));

    public static async Task<SeveralNodes> StartAsync()
    {
        SeveralNodes nodes = new();
        try
        {
            await nodes.BuildAsync();
            return nodes;
        }
        catch
        {
            await nodes.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs a command of the program against the cluster; it must succeed.</summary>
    public async Task<string> KeelsonAsync(IReadOnlyList<string> line, string input = "")
    {
        CommandRun run = await CommandRun.KeelsonAsync(_kubeconfig, line, input);
        Assert.True(run.ExitCode == 0, $"keelson {string.Join(' ', line)}: {run.Output}{run.Error}\n{Said}");
        return run.Output.Trim();
    }

    /// <summary>Waits until a command prints what it should.</summary>
    public async Task<string> EventuallyAsync(IReadOnlyList<string> line, Func<string, bool> holds)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            CommandRun run = await CommandRun.KeelsonAsync(_kubeconfig, line);
            if (run.ExitCode == 0 && holds(run.Output.Trim()))
            {
                return run.Output.Trim();
            }

            if (TimeProvider.System.GetElapsedTime(start) > Patience)
            {
                throw new TimeoutException($"{string.Join(' ', line)} stays at {run.Output}{run.Error}\n{Said}");
            }

            await Task.Delay(200);
        }
    }

    /// <summary>Kills all that runs on a machine.</summary>
    public Task KillAsync(int number) => _machines[number].KillAsync();

    /// <summary>
    /// Starts a node that has joined, without a token and in the background; looks until it is ready, stops it, looks
    /// again, and takes it away.
    /// </summary>
    /// <returns>What all of that said, with the exit codes.</returns>
    public async Task<string> StartLookStopResetAsync(int number)
    {
        MachineNamespace machine = _machines[number];
        const string script = """
            "$@" --detach; echo "join ended with $?"
            "$@" --detach; echo "another ended with $?"
            for i in $(seq 200); do status=$("$1" status --data-dir "$0") && break; sleep 0.2; done
            echo "$status"
            "$1" install --print --data-dir "$0" -- --no-install; echo "install ended with $?"
            "$1" stop --data-dir "$0"; echo "stop ended with $?"
            "$1" status --data-dir "$0"; echo "status ended with $?"
            "$1" reset --yes --data-dir "$0"; echo "reset ended with $?"
            """;
        int before = machine.Said.Length;
        machine.StartScript("sh -c '" + script.Replace("'", "'\\''") + "' " + machine.DataDirectory + " \"$@\"",
            LineOf(machine, ""));
        await WhenAsync(() => machine.Said[before..].Contains("reset ended with", StringComparison.Ordinal));
        return machine.Said[before..];
    }

    /// <summary>Whether a machine keeps anything of its node.</summary>
    public bool Keeps(int number) =>
        Directory.EnumerateFileSystemEntries(_machines[number].DataDirectory)
            .Any(static one => Path.GetFileName(one) != "logs");

    public async ValueTask DisposeAsync()
    {
        foreach (MachineNamespace machine in Enumerable.Reverse(_machines))
        {
            await machine.DisposeAsync();
        }

        if (_registry is not null)
        {
            await _registry.DisposeAsync();
            await MachineNamespace.RunAsync("ip", $"link del {_bridge}");
        }

        await NodeCleanUp.RemoveControlGroupsAsync(CancellationToken.None);
        Directory.Delete(_directory, recursive: true);
    }

    private async Task BuildAsync()
    {
        await MachineNamespace.RunAsync("ip", $"link add {_bridge} type bridge");
        await MachineNamespace.RunAsync("ip", $"addr add {_network}.1/24 dev {_bridge}");
        await MachineNamespace.RunAsync("ip", $"link set {_bridge} up");
        _registry = await TestRegistry.StartAsync(_directory, _network + ".1");
        await _registry.PushAsync(TestImage.Busybox("library/busybox:latest"));
        await File.WriteAllTextAsync(
            Registries, $"mirrors:\n  docker.io:\n    endpoint: [\"{_registry.Url}\"]\n");
        for (int i = 0; i < 3; i++)
        {
            _machines.Add(await MachineNamespace.CreateAsync(
                $"{_bridge}n{i}", _bridge, _network, 10 + i, _directory));
        }

        MachineNamespace first = _machines[0];
        first.Start(
            "up", "--data-dir", first.DataDirectory, "--node-name", "n0", "--node-ip", first.Address,
            "--registries", Registries, "--no-install", "--node-monitor-grace-period", "20s");
        string own = Path.Combine(first.DataDirectory, "admin.kubeconfig");
        await WhenAsync(() => first.Said.Contains("is Ready after", StringComparison.Ordinal));
        _kubeconfig = Path.Combine(_directory, "admin.kubeconfig");
        await File.WriteAllTextAsync(_kubeconfig, (await File.ReadAllTextAsync(own)).Replace(
            "127.0.0.1:", first.Address + ":", StringComparison.Ordinal));
        CommandRun made = await CommandRun.ProgramAsync(
            ProgramUnderTest.Path, _kubeconfig,
            ["token", "create", "--print-join-command", "--kubeconfig", _kubeconfig]);
        Assert.True(made.ExitCode == 0, made.Error);
        Assert.Matches(JoinLine(), made.Output);
        _join = made.Output.Trim()["keelson join ".Length..];
        Join(_machines[1], _join);
        Join(_machines[2], _join);
    }

    private void Join(MachineNamespace machine, string with) => machine.Start(LineOf(machine, with));

    private string[] LineOf(MachineNamespace machine, string with) =>
    [
        "join", .. with.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--data-dir", machine.DataDirectory,
        "--node-name", "n" + machine.Name[^1], "--node-ip", machine.Address, "--registries", Registries,
        "--no-install",
    ];

    private async Task WhenAsync(Func<bool> holds)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (!holds())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < Patience, Said);
            await Task.Delay(50);
        }
    }

    [GeneratedRegex("^keelson join [0-9.]+:6443 --token [a-z0-9]{6}\\.[a-z0-9]{16} "
        + "--discovery-token-ca-cert-hash sha256:[0-9a-f]{64}\n$")]
    private static partial Regex JoinLine();
}
