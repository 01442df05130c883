using System.Globalization;
using Keelson.EndToEnd.Tests.Commands;
using Keelson.EndToEnd.Tests.Conformance;

namespace Keelson.EndToEnd.Tests.Nodes.Faults;

/// <summary>A container that writes as fast as it can.</summary>
[Collection(FaultCollection.Name)]
public sealed class LogFaultTests(FaultCluster cluster)
{
    private const int Lines = 1_000_000;

    private const string Manifest = """
        apiVersion: v1
        kind: Pod
        metadata: {name: writes, namespace: default}
        spec:
          nodeName: n1
          restartPolicy: Never
          containers:
          - name: c
            image: busybox
            command:
            - sh
            - -c
            - "for i in $(seq 0 9); do seq $((i*100000+1)) $(((i+1)*100000)); sleep 1; done; sleep 4; echo the end"
        """;

    [Fact]
    public async Task A_million_lines_are_followed_across_rotations_without_losing_one()
    {
        cluster.SkipUnlessPossible();
        NodeTraces before = await cluster.AtRestAsync(cluster.Worker);
        long memory = PeakOf(cluster.Worker);
        await cluster.ApplyAsync(Manifest);
        await cluster.UntilAsync("pod", "writes", static one => one.Text("status.phase") != "Pending");
        CommandRun followed = await cluster.TryAsync(["logs", "-f", "writes"], limit: TimeSpan.FromSeconds(55));
        Assert.True(followed.ExitCode == 0, followed.Error + cluster.Said);
        string[] lines = followed.Output.Split('\n');
        Assert.Equal((Lines + 2, "the end"), (lines.Length, lines[^2]));
        for (int i = 0; i < Lines; i++)
        {
            Assert.Equal(i + 1, int.Parse(lines[i], CultureInfo.InvariantCulture));
        }

        string logs = cluster.Worker.Inside("/var/log/pods");
        string[] files = Directory.GetFiles(logs, "0.log*", SearchOption.AllDirectories);
        Assert.InRange(files.Length, 2, 5);
        Assert.True(files.Count(static one => one.EndsWith(".gz", StringComparison.Ordinal)) >= files.Length - 2);
        await cluster.UntilAsync("pod", "writes", static one => one.Text("status.phase") == "Succeeded");
        Assert.Equal("the end", await cluster.KeelsonAsync(["logs", "--tail=1", "writes"]));
        Assert.InRange(PeakOf(cluster.Worker) - memory, long.MinValue, 128 * 1024);
        await cluster.KeelsonAsync(["delete", "pod", "writes"]);
        await cluster.LeavesNothingAsync(cluster.Worker, before);
    }

    /// <summary>The most memory that the agent had so far, in KiB.</summary>
    private static long PeakOf(FaultMachine machine)
    {
        string status = machine.Inside($"/proc/{machine.ProcessOf("keelson kubelet")}/status");
        string line = File.ReadLines(status).First(static one => one.StartsWith("VmHWM:", StringComparison.Ordinal));
        return long.Parse(
            line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }
}
