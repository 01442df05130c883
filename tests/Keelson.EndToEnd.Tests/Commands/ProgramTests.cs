using System.Text.Json.Nodes;
using Keelson.Commands.Check;
using Keelson.Commands.UserCommands;

namespace Keelson.EndToEnd.Tests.Commands;

/// <summary>What needs no cluster: help, mistakes, versions, completion, the look at the machine.</summary>
public sealed class ProgramTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("keelson-machine-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task Every_command_has_a_page()
    {
        foreach (UserCommand command in CommandCatalog.Shown.Select(one => one.Make()))
        {
            if (command.Name == "kubectl")
            {
                continue;
            }

            CommandRun run = await CommandRun.KeelsonAsync("", [.. command.Name.Split(' '), "--help"]);
            Assert.True(run.ExitCode == 0, command.Name);
            Assert.Contains("\nExamples:\n  # ", run.Output);
            Assert.Contains($"\nUsage:\n  keelson {command.Name} ", run.Output);
            Assert.DoesNotContain(run.Output.Split('\n'), line => line.Length > 120);
        }
    }

    [Theory]
    [InlineData("gett pods", "error: unknown command \"gett\" for \"keelson\"\n\nDid you mean this?\n\tget\n")]
    [InlineData("rollout satus", "error: unknown command \"satus\" for \"keelson rollout\"\n\nDid you mean "
        + "this?\n\tstatus\n")]
    [InlineData("get --selectr=x", "error: unknown flag: --selectr\nDid you mean --selector?\nSee 'keelson get "
        + "--help' for usage.\n")]
    [InlineData("get pods --context=absent", "error: context \"absent\" does not exist\n")]
    public async Task Mistakes_are_told_with_what_may_have_been_meant(string line, string expected)
    {
        CommandRun run = await CommandRun.KeelsonAsync("/nonexistent", line.Split(' '));
        Assert.Equal(expected, run.Error);
        Assert.Equal(1, run.ExitCode);
    }

    [Fact]
    public async Task Help_lists_every_command_in_its_place()
    {
        CommandRun run = await CommandRun.KeelsonAsync("", ["--help"]);
        Assert.Equal(0, run.ExitCode);
        foreach (CommandEntry one in CommandCatalog.Shown)
        {
            Assert.Contains($"\n  {one.Name.Split(' ')[0]} ", run.Output);
            Assert.Equal(one.Name, one.Make().Name);
        }

        Assert.DoesNotContain("__complete", run.Output);
        Assert.DoesNotContain(run.Output.Split('\n'), line => line.Length > 120);
        Assert.Equal(run.Output, (await CommandRun.KeelsonAsync("", [])).Output);
        run = await CommandRun.KeelsonAsync("", ["rollout", "--help"]);
        Assert.Contains("\n  undo ", run.Output);
        run = await CommandRun.KeelsonAsync("", ["--nonsense"]);
        Assert.Equal((1, "error: unknown flag: --nonsense"), (run.ExitCode, run.Error.Split('\n')[0]));
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_named()
    {
        CommandRun run = await CommandRun.KeelsonAsync("", ["get", "pods", "--server=https://127.0.0.1:1"]);
        Assert.Equal(
            "The connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?\n",
                run.Error);
        CommandRun version = await CommandRun.KeelsonAsync("", ["version", "--server=https://127.0.0.1:1"]);
        Assert.Equal(0, version.ExitCode);
        Assert.Matches(@"^Client Version: \d+\.\d+\.\d+\S*\n$", version.Output);
    }

    [Fact]
    public async Task Words_are_completed()
    {
        Assert.Equal("describe\n", (await CommandRun.KeelsonAsync("", ["__complete", "desc"])).Output);
        Assert.Equal("restart\nresume\n", (await CommandRun.KeelsonAsync("", ["__complete", "rollout", "res"])).Output);
        Assert.Equal("--replicas\n", (await CommandRun.KeelsonAsync("", ["__complete", "scale", "--rep"])).Output);
        foreach ((string component, string flag) in ((string, string)[])
        [
            ("apiserver", "--etcd-prefix"), ("controller-manager", "--node-monitor-grace-period"),
            ("scheduler", "--leader-elect"), ("kubelet", "--cpu-manager-policy"), ("proxy", "--hostname-override"),
        ])
        {
            CommandRun run = await CommandRun.KeelsonAsync("", ["__complete", component, "--v=2", flag]);
            Assert.StartsWith(flag + "\n", run.Output);
        }

        foreach (string shell in (string[])["bash", "zsh", "fish"])
        {
            CommandRun run = await CommandRun.KeelsonAsync("", ["completion", shell]);
            Assert.Contains("__complete", run.Output);
        }

        CommandRun parsed = await CommandRun.ProgramAsync(
            "bash", "", ["-n"], (await CommandRun.KeelsonAsync("", ["completion", "bash"])).Output);
        Assert.Equal("", parsed.Error);
    }

    [Fact]
    public async Task The_machine_is_looked_at()
    {
        CommandRun run = await CommandRun.KeelsonAsync("", ["check", "-o", "json", "--data-dir", _root]);
        JsonArray findings = JsonNode.Parse(run.Output)!.AsArray();
        Assert.Contains(findings, one => (string)one!["name"]! == "disk latency" && (string)one["verdict"]! != "fail");
        Assert.Contains(findings, one => (string)one!["name"]! == "port 6443");
        bool fails = findings.Any(one => (string)one!["verdict"]! == "fail");
        Assert.Equal(fails ? 1 : 0, run.ExitCode);
    }

    [Fact]
    public void A_machine_that_lacks_something_is_told_how_to_get_it()
    {
        Write("proc/self/status", "CapEff:\t000000fffeffffff");
        Write("proc/sys/kernel/osrelease", "4.4.0-old");
        Write("sys/module/overlay/x", "");
        Write("sys/fs/cgroup/cgroup.controllers", "cpu cpuset memory");
        Write("proc/sys/net/ipv4/ip_forward", "1");
        Write("proc/swaps", "Filename\n/swap");
        Dictionary<string, MachineFinding> findings =
            KernelChecks.Run(new MachineFiles(_root)).ToDictionary(one => one.Name);
        Assert.Equal("without CAP_SYS_RESOURCE", findings["rights"].Found);
        Assert.Equal(Verdict.Fail, findings["kernel"].Verdict);
        Assert.Equal(Verdict.Ok, findings["module overlay"].Verdict);
        Assert.Equal("modprobe vxlan", findings["module vxlan"].Fix);
        Assert.Equal((Verdict.Fail, "v2, without pids"), (findings["cgroups"].Verdict, findings["cgroups"].Found));
        Assert.Equal(Verdict.Ok, findings["forwarding"].Verdict);
        Assert.Equal(Verdict.Warn, findings["swap"].Verdict);
    }

    private void Write(string path, string text)
    {
        string file = Path.Combine(_root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
