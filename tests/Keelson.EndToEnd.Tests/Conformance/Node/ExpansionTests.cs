using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Nodes;

namespace Keelson.EndToEnd.Tests.Conformance.Node;

/// <summary>Variables in commands, arguments and sub-paths.</summary>
[Collection(NodeClusterCollection.Name)]
public sealed class ExpansionTests(NodeClusterFixture cluster)
{
    private const string Area = "[sig-node] Variable Expansion";
    private const string Volume = "volumes: [{name: workdir, emptyDir: {} }]";

    [Fact]
    [Conformance(Area, "should allow composing env vars into new env vars [NodeConformance]")]
    public async Task Should_allow_composing_env_vars_into_new_env_vars()
    {
        Workspace space = await SpaceAsync();
        string log = await space.SucceedAsync(RealManifests.Script(
            "expand",
            "env",
            "env: [{name: FOO, value: foo-value}, {name: BAR, value: bar-value}, "
                + "{name: FOOBAR, value: $(FOO);;$(BAR)}, {name: ESCAPED, value: $$(FOO) $(NOT_THERE)}]"));
        Assert.Contains("FOOBAR=foo-value;;bar-value\n", log, StringComparison.Ordinal);
        Assert.Contains("ESCAPED=$(FOO) $(NOT_THERE)\n", log, StringComparison.Ordinal);
    }

    [Fact]
    [Conformance(Area, "should allow substituting values in a container's args [NodeConformance]")]
    public async Task Should_allow_substituting_values_in_a_containers_args()
    {
        Workspace space = await SpaceAsync();
        string log = await space.SucceedAsync(RealManifests.Of(
            "expand",
            "restartPolicy: Never",
            "{name: c, image: busybox, command: [sh, -c], env: [{name: TEST_VAR, value: test-value}], "
                + "args: ['TEST_VAR=wrong echo \"$(TEST_VAR)\"']}"));
        Assert.Equal("test-value\n", log);
    }

    [Fact]
    [Conformance(Area, "should allow substituting values in a container's command [NodeConformance]")]
    public async Task Should_allow_substituting_values_in_a_containers_command()
    {
        Workspace space = await SpaceAsync();
        string log = await space.SucceedAsync(RealManifests.Script(
            "expand", "TEST_VAR=wrong echo \"$(TEST_VAR)\"", "env: [{name: TEST_VAR, value: test-value}]"));
        Assert.Equal("test-value\n", log);
    }

    [Fact]
    [Conformance(Area, "should allow substituting values in a volume subpath")]
    public async Task Should_allow_substituting_values_in_a_volume_subpath()
    {
        Workspace space = await SpaceAsync();
        await space.SucceedAsync(RealManifests.Script(
            "var-expansion",
            "touch /logscontainer/here && test -e /testcontainer/var-expansion/here",
            "env: [{name: POD_NAME, valueFrom: {fieldRef: {fieldPath: metadata.name} } }], volumeMounts: ["
                + "{name: workdir, mountPath: /logscontainer, subPathExpr: $(POD_NAME)}, "
                + "{name: workdir, mountPath: /testcontainer}]",
            Volume));
    }

    [Fact]
    [Conformance(Area, "should fail substituting values in a volume subpath with backticks")]
    public async Task Should_fail_substituting_values_in_a_volume_subpath_with_backticks() =>
        await FailsAsync("../`hostname`", "must not contain '..'");

    [Fact]
    [Conformance(Area, "should fail substituting values in a volume subpath with absolute path")]
    public async Task Should_fail_substituting_values_in_a_volume_subpath_with_absolute_path() =>
        await FailsAsync("/tmp", "error SubPath `/tmp` must not be an absolute path");

    [Fact]
    [Conformance(Area, "should succeed in writing subpaths in container")]
    public async Task Should_succeed_in_writing_subpaths_in_container()
    {
        Workspace space = await SpaceAsync();
        await space.ServeAsync(Annotated("mypath", "ANNOTATION)/$(POD_NAME"));
        await space.ShellAsync("var-expansion", "echo here > /volume_mount/mypath/var-expansion/test.log");
        Assert.Equal("here", await space.ShellAsync("var-expansion", "cat /subpath_mount/test.log"));

        // The mount stays though what it was made of changed; and the volume can still be removed.
        await space.Pods.MergeAsync("var-expansion", """{"metadata":{"annotations":{"mysubpath":"newpath"}}}""");
        Assert.Equal("here", await space.ShellAsync("var-expansion", "cat /subpath_mount/test.log"));
        await space.Pods.DeleteAsync("var-expansion");
        await space.Pods.GoneAsync("var-expansion");
    }

    [Fact]
    [Conformance(
        Area,
        "should verify that a failing subpath expansion can be modified during the lifecycle of a container [Slow]")]
    public async Task Should_verify_that_a_failing_subpath_expansion_can_be_modified()
    {
        Workspace space = await SpaceAsync();
        await space.Pods.CreateAsync(Annotated("/absolute", "ANNOTATION"));
        await space.WaitingAsync("var-expansion", "CreateContainerConfigError");
        await space.Pods.MergeAsync("var-expansion", """{"metadata":{"annotations":{"mysubpath":"mypath"}}}""");
        await space.Pods.UntilAsync("var-expansion", static one => one.IsReadyPod());
        await space.ShellAsync("var-expansion", "touch /subpath_mount/a && test -e /volume_mount/mypath/a");
    }

    private Task<Workspace> SpaceAsync() => RealPods.SpaceAsync(cluster);

    private static string Annotated(string subPath, string variables) =>
        $$"""
        metadata: {name: var-expansion, annotations: {mysubpath: {{subPath}} } }
        spec:
          terminationGracePeriodSeconds: 0
          {{Volume}}
          containers:
          - name: c
            image: busybox
            command: [sleep, "3600"]
            env:
            - {name: POD_NAME, valueFrom: {fieldRef: {fieldPath: metadata.name} } }
            - {name: ANNOTATION, valueFrom: {fieldRef: {fieldPath: "metadata.annotations['mysubpath']"} } }
            volumeMounts:
            - {name: workdir, mountPath: /subpath_mount, subPathExpr: $({{variables}})}
            - {name: workdir, mountPath: /volume_mount}
        """;

    private async Task FailsAsync(string value, string why)
    {
        Workspace space = await SpaceAsync();
        await space.Pods.CreateAsync(RealManifests.Sleeper(
            "var-expansion",
            $"env: [{{name: POD_NAME, value: {RealManifests.Quoted(value)}}}], "
                + "volumeMounts: [{name: workdir, mountPath: /logscontainer, subPathExpr: $(POD_NAME)}]",
            Volume));
        JsonNode waiting = await space.WaitingAsync("var-expansion", "CreateContainerConfigError");
        Assert.Contains(
            why, waiting.Text("status.containerStatuses.0.state.waiting.message"), StringComparison.Ordinal);
        Assert.Equal("Pending", waiting.Text("status.phase"));
    }
}
