using Keelson.EndToEnd.Tests.Nodes;

namespace Keelson.EndToEnd.Tests.Conformance.Node;

/// <summary>Variables in commands, arguments and sub-paths.</summary>
[Collection(NodeClusterCollection.Name)]
public sealed class ExpansionTests(NodeClusterFixture cluster)
{
    [Fact]
    [Conformance("[sig-node] Variable Expansion should allow composing env vars into new env vars [NodeConformance]")]
    public async Task Should_allow_composing_env_vars_into_new_env_vars()
    {
        NodeClusterFixture.SkipUnlessPossible();
        Workspace space = await Workspace.CreateAsync(cluster);
        string log = await space.SucceedAsync(
            """
            metadata: {name: expand}
            spec:
              restartPolicy: Never
              containers:
              - name: c
                image: busybox
                command: [sh, -c, "env; exit 0"]
                env:
                - {name: FOO, value: foo-value}
                - {name: BAR, value: bar-value}
                - {name: FOOBAR, value: $(FOO);;$(BAR)}
            """);
        Assert.Contains("FOOBAR=foo-value;;bar-value\n", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_runs_in_a_container()
    {
        NodeClusterFixture.SkipUnlessPossible();
        Workspace space = await Workspace.CreateAsync(cluster);
        await space.ServeAsync(
            """
            metadata: {name: waits}
            spec:
              terminationGracePeriodSeconds: 0
              containers: [{name: c, image: busybox, command: [sleep, "3600"]}]
            """);
        Assert.Equal("here", await space.ShellAsync("waits", "echo here"));
        CommandResult failed = await space.ExecAsync("waits", "sh", "-c", "echo wrong >&2; exit 7");
        Assert.Equal(new CommandResult(7, "", "wrong\n"), failed);
    }
}
