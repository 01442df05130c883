using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Keelson.EndToEnd.Tests.Conformance;
using Keelson.EndToEnd.Tests.Conformance.Cli;
using Keelson.EndToEnd.Tests.Kubectl;

namespace Keelson.EndToEnd.Tests.Nodes;

/// <summary>What kubectl does inside pods: attached, forwarded, copied, debugged, over both protocols.</summary>
[Collection(NodeClusterCollection.Name)]
public sealed partial class PodCommandTests(NodeClusterFixture cluster) : IDisposable
{
    private readonly string _scratch = Directory.CreateTempSubdirectory("keelson-kubectl-").FullName;

    public void Dispose() => Directory.Delete(_scratch, recursive: true);

    [Theory]
    [InlineData("true")]
    [InlineData("false")]
    public async Task Commands_get_their_input_and_give_their_output(string overWebSockets)
    {
        (Workspace space, KubectlRun kubectl) = await StartAsync(overWebSockets);
        await space.ServeAsync(RealManifests.Sleeper("pod"));
        string much = string.Concat(Enumerable.Range(0, 100_000).Select(static i => $"line {i}\n"));
        Assert.Equal(much, await kubectl.WithAsync(much, "exec", "-i", "pod", "--", "cat"));
        (int code, string output, string error) =
            await kubectl.TryAsync("", "exec", "pod", "--", "sh", "-c", "echo out; echo err >&2; exit 42");
        Assert.Equal((42, "out\n"), (code, output));
        Assert.Contains("err\n", error, StringComparison.Ordinal);
        Assert.Contains("command terminated with exit code 42", error, StringComparison.Ordinal);
        (code, _, error) = await kubectl.TryAsync("", "exec", "pod", "--", "no-such-program");
        Assert.NotEqual(0, code);
        Assert.Contains("not found in $PATH", error, StringComparison.Ordinal);

        await File.WriteAllTextAsync(Path.Combine(_scratch, "file"), much);
        await kubectl.Async("cp", "file", "pod:/tmp/copied");
        await kubectl.Async("cp", "pod:/tmp/copied", "back");
        Assert.Equal(much, await File.ReadAllTextAsync(Path.Combine(_scratch, "back")));
    }

    [Theory]
    [InlineData("true")]
    [InlineData("false")]
    public async Task A_container_is_attached_to(string overWebSockets)
    {
        (_, KubectlRun kubectl) = await StartAsync(overWebSockets);
        string said = await kubectl.WithAsync(
            "hello\n",
            "run", "echo", "-i", "--rm", "-q", "--image=busybox", "--restart=Never", "--", "sh", "-c",
            "read word; echo \"got $word\"");
        Assert.StartsWith("got hello\n", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("true")]
    [InlineData("false")]
    public async Task Ports_are_forwarded(string overWebSockets)
    {
        (Workspace space, KubectlRun kubectl) = await StartAsync(overWebSockets);
        await space.ServeAsync(RealManifests.Server("server"));
        using Process forward = kubectl.Start("port-forward", "pod/server", ":8080");
        try
        {
            string line = await forward.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(30)) ?? "";
            int port = int.Parse(ForwardedPort().Match(line).Groups[1].Value, CultureInfo.InvariantCulture);
            using HttpClient client = new();
            for (int i = 0; i < 3; i++)
            {
                Assert.Equal("server", await client.GetStringAsync($"http://127.0.0.1:{port}/hostname"));
            }
        }
        finally
        {
            forward.Kill();
        }
    }

    [Fact]
    public async Task A_debugger_sees_the_processes_of_its_target()
    {
        (Workspace space, KubectlRun kubectl) = await StartAsync("true");
        await space.ServeAsync(RealManifests.Sleeper("pod"));
        await kubectl.Async(
            "debug", "pod", "-q", "--image=busybox", "--target=c", "-c", "debugger", "--profile=general", "--", "ps");
        string seen = await kubectl.UntilAsync(
            static text => text.Contains("PID", StringComparison.Ordinal), "logs", "pod", "-c", "debugger");
        Assert.Contains("sleep 3600", seen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Logs_are_followed_and_kept_over_a_restart()
    {
        (Workspace space, KubectlRun kubectl) = await StartAsync("true");
        await space.ServeAsync(RealManifests.Of(
            "pod",
            "",
            RealManifests.Shell("c", "echo begin; trap 'echo end; exit 3' TERM; while :; do sleep 0.1; done")));
        using Process follow = kubectl.Start("logs", "-f", "pod");
        Assert.Equal("begin", await follow.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(30)));
        await space.ShellAsync("pod", "kill 1");
        Assert.Equal("end", await follow.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(30)));
        await follow.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
        await space.RestartedAsync("pod");
        Assert.Equal("begin\nend\n", await kubectl.Async("logs", "pod", "--previous"));
    }

    [Fact]
    public async Task Private_images_are_pulled_with_the_secrets_of_the_pod()
    {
        (Workspace space, KubectlRun kubectl) = await StartAsync("true");
        await using TestRegistry registry = await TestRegistry.StartPrivateAsync(_scratch);
        await registry.PushAsync(TestImage.Busybox("private/busybox:1"));
        string image = new Uri(registry.Url).Authority + "/private/busybox:1";
        await space.Pods.CreateAsync(
            $$"""
            metadata: {name: without}
            spec:
              terminationGracePeriodSeconds: 0
              containers: [{name: c, image: "{{image}}", command: [sleep, "600"]}]
            """);
        await space.Pods.UntilAsync("without", static one =>
            one.Text("status.containerStatuses.0.state.waiting.reason") is "ErrImagePull" or "ImagePullBackOff");
        await kubectl.Async(
            "create", "secret", "docker-registry", "login", "--docker-server=" + new Uri(registry.Url).Authority,
            "--docker-username=" + TestRegistry.User, "--docker-password=" + TestRegistry.Password);
        await space.ServeAsync(
            $$"""
            metadata: {name: with}
            spec:
              terminationGracePeriodSeconds: 0
              imagePullSecrets: [{name: login}]
              containers: [{name: c, image: "{{image}}", command: [sleep, "600"]}]
            """);
    }

    [GeneratedRegex(@"^Forwarding from 127\.0\.0\.1:(\d+) -> 8080$")]
    private static partial Regex ForwardedPort();

    private async Task<(Workspace Space, KubectlRun Kubectl)> StartAsync(string overWebSockets)
    {
        Assert.SkipWhen(KubectlVersion.Installed.Count == 0, "there is no kubectl on the PATH");
        Workspace space = await RealPods.SpaceAsync(cluster);
        return (space, new KubectlRun(cluster.Kubeconfig, _scratch, space.Namespace)
        {
            Variables = new Dictionary<string, string>
            {
                ["KUBECTL_REMOTE_COMMAND_WEBSOCKETS"] = overWebSockets,
                ["KUBECTL_PORT_FORWARD_WEBSOCKETS"] = overWebSockets,
            },
        });
    }
}
