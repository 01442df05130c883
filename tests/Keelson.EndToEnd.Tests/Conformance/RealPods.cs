using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Nodes;

namespace Keelson.EndToEnd.Tests.Conformance;

/// <summary>A pod that ran to its end.</summary>
/// <param name="Pod">The pod as it was then.</param>
/// <param name="Log">What its first container printed.</param>
internal sealed record EndedPod(JsonNode Pod, string Log)
{
    public string Phase => Pod.Text("status.phase");
}

/// <summary>What a command in a container did.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">What it printed.</param>
/// <param name="Error">What it printed on its error stream.</param>
internal sealed record CommandResult(int ExitCode, string Output, string Error);

/// <summary>Pods whose containers really run: on the node of a <see cref="Nodes.NodeClusterFixture"/>.</summary>
internal static class RealPods
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Makes a namespace on a real node; skips the test where there is none. It goes, with all that is in it, when the
    /// next test makes one, however this test ends.
    /// </summary>
    public static async Task<Workspace> SpaceAsync(NodeClusterFixture cluster)
    {
        NodeClusterFixture.SkipUnlessPossible();
        await cluster.RemoveEarlierSpacesAsync();
        Workspace made = await Workspace.CreateAsync(cluster);
        cluster.Note(made.Namespace);
        return made;
    }

    /// <summary>Creates a pod that ends by itself, and waits until it did.</summary>
    public static async Task<EndedPod> RunAsync(this Workspace space, string yaml)
    {
        string name = (await space.Pods.CreateAsync(yaml)).Name();
        JsonNode pod = await space.Pods.UntilAsync(
            name, static one => one.Text("status.phase") is "Succeeded" or "Failed");
        return new EndedPod(pod, await space.LogAsync(name));
    }

    /// <summary>Creates a pod that ends by itself and must succeed.</summary>
    /// <returns>What its first container printed.</returns>
    public static async Task<string> SucceedAsync(this Workspace space, string yaml)
    {
        EndedPod ended = await space.RunAsync(yaml);
        Assert.True(ended.Phase == "Succeeded", $"{ended.Log}\n{ended.Pod}");
        return ended.Log;
    }

    /// <summary>Creates a pod that serves, and waits until it is ready.</summary>
    public static async Task<JsonNode> ServeAsync(this Workspace space, string yaml)
    {
        JsonNode made = await space.Pods.CreateAsync(yaml);
        return await space.Pods.UntilAsync(made.Name(), static one => one.IsReadyPod());
    }

    /// <summary>What a container printed.</summary>
    /// <param name="space">The namespace.</param>
    /// <param name="pod">The pod.</param>
    /// <param name="query">Parameters: <c>container=c&amp;previous=true</c>.</param>
    public static async Task<string> LogAsync(this Workspace space, string pod, string query = "")
    {
        string container = query.Length > 0 ? query : "container=" + await FirstContainerAsync(space, pod);
        string path = $"{space.Pods.Path}/{pod}/log?{container}";
        using HttpResponseMessage response = await space.Cluster.Client.GetAsync(path);
        string text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{path}: {(int)response.StatusCode} {text}");
        return text;
    }

    /// <summary>Waits until what a container printed is as it should be.</summary>
    public static async Task<string> LogUntilAsync(
        this Workspace space, string pod, Func<string, bool> holds, string query = "")
    {
        long start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            string log = await space.LogAsync(pod, query);
            if (holds(log))
            {
                return log;
            }

            Assert.True(TimeProvider.System.GetElapsedTime(start) < Patience, $"{pod} stays at {log}");
            await Task.Delay(20);
        }
    }

    /// <summary>Waits until a container waits for a reason: <c>CreateContainerConfigError</c>.</summary>
    public static Task<JsonNode> WaitingAsync(this Workspace space, string pod, string reason) =>
        space.Pods.UntilAsync(
            pod, one => one.Text("status.containerStatuses.0.state.waiting.reason") == reason);

    /// <summary>Waits until a container was started again so many times.</summary>
    public static Task<JsonNode> RestartedAsync(this Workspace space, string pod, int count = 1) =>
        space.Pods.UntilAsync(pod, one => one.Number("status.containerStatuses.0.restartCount") >= count);

    /// <summary>How often something is in a text.</summary>
    public static int Times(this string text, string part) => text.Split(part).Length - 1;

    /// <summary>Runs a command in a pod's first container.</summary>
    public static async Task<CommandResult> ExecAsync(this Workspace space, string pod, params string[] command) =>
        await space.ExecInAsync(pod, await FirstContainerAsync(space, pod), command);

    /// <summary>Runs shell commands in a pod's first container; they must succeed.</summary>
    /// <returns>What they printed, without the last line's end.</returns>
    public static async Task<string> ShellAsync(this Workspace space, string pod, string script)
    {
        CommandResult result = await space.ExecAsync(pod, "sh", "-c", script);
        Assert.True(result.ExitCode == 0, $"{script}: {result.ExitCode} {result.Output} {result.Error}");
        return result.Output.TrimEnd('\n');
    }

    /// <summary>Runs a command in a container.</summary>
    public static async Task<CommandResult> ExecInAsync(
        this Workspace space, string pod, string container, params string[] command)
    {
        string query = string.Concat(command.Select(static one => "&command=" + Uri.EscapeDataString(one)));
        UriBuilder address = new(new Uri(
            space.Cluster.Client.BaseAddress!,
            $"{space.Pods.Path}/{pod}/exec?stdout=true&stderr=true&container={container}{query}")) { Scheme = "wss" };
        using CancellationTokenSource bound = new(Patience);
        using ClientWebSocket socket = new();
        socket.Options.AddSubProtocol("v5.channel.k8s.io");
        await socket.ConnectAsync(address.Uri, space.Cluster.Client, bound.Token);
        return await ReadAsync(socket, bound.Token);
    }

    private static async Task<CommandResult> ReadAsync(ClientWebSocket socket, CancellationToken cancellationToken)
    {
        MemoryStream[] channels = [new(), new(), new(), new(), new()];
        byte[] buffer = new byte[32 * 1024];
        while (true)
        {
            using MemoryStream message = new();
            ValueWebSocketReceiveResult part;
            do
            {
                part = await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken);
                message.Write(buffer, 0, part.Count);
            }
            while (!part.EndOfMessage);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                JsonNode status = JsonNode.Parse(channels[3].ToArray())!;
                return new CommandResult(ExitCode(status), Text(channels[1]), Text(channels[2]));
            }

            byte[] bytes = message.ToArray();
            channels[bytes[0]].Write(bytes.AsSpan(1));
        }
    }

    private static int ExitCode(JsonNode status)
    {
        if (status.Text("status") == "Success")
        {
            return 0;
        }

        JsonNode? cause =
            status.Items("details.causes").FirstOrDefault(static one => one.Text("reason") == "ExitCode");
        return cause is null
            ? throw new InvalidOperationException(status.ToJsonString())
            : int.Parse(cause.Text("message"), System.Globalization.CultureInfo.InvariantCulture);
    }

    private static string Text(MemoryStream stream) => Encoding.UTF8.GetString(stream.ToArray());

    private static async Task<string> FirstContainerAsync(Workspace space, string pod) =>
        (await space.Pods.GetAsync(pod)).Text("spec.containers.0.name");
}
