using System.Text;
using Keelson.Api.Core.V1;
using Keelson.Machinery.Validation;
using Keelson.Nodes.Server.Backends;
using Keelson.Nodes.Server.Streams;
using Keelson.Streaming.RemoteCommand;
using Microsoft.AspNetCore.Http;

namespace Keelson.Nodes.Server.Endpoints;

/// <summary><c>/exec</c>, <c>/attach</c> and <c>/run</c>: commands in containers.</summary>
internal static class CommandEndpoints
{
    /// <summary>The longest answer of <c>/run</c>.</summary>
    private const int LongestOutput = 16 * 1024 * 1024;

    /// <summary><c>/exec/NAMESPACE/POD/[UID/]CONTAINER</c> and the same for attach.</summary>
    public static async Task StreamAsync(KubeletCall call, bool isAttach)
    {
        IQueryCollection query = call.Http.Request.Query;
        bool tty = query["tty"] == "1";
        StreamSelection selection = new(
            query["input"] == "1", query["output"] == "1", query["error"] == "1" && !tty, tty);
        if (!selection.Stdin && !selection.Stdout && !selection.Stderr)
        {
            await call.TextAsync("you must specify at least 1 of stdin, stdout, stderr", 400);
            return;
        }

        if (call.Node.Pods.Find(call.Path[1], call.Path[2]) is not { } pod)
        {
            await call.TextAsync("pod does not exist", 404);
            return;
        }

        string container = call.Path[^1];
        if (!await RunsAsync(call, pod, container))
        {
            string pods = $"{pod.Metadata.Name}_{pod.Metadata.Namespace}";
            await call.TextAsync(
                isAttach ? $"container {container} not found in pod {pods}" : NotFound(container), 500);
            return;
        }

        ContainerCommand command = new(pod, container, [.. query["command"].OfType<string>()], selection);
        if (isAttach)
        {
            // A process has a terminal or not since it was started.
            command = command with { Streams = selection with { Tty = HasTerminal(pod, container) } };
        }

        KubeletResult<CommandRun> prepared = isAttach
            ? await call.Node.Streams.AttachAsync(command, call.Aborted)
            : await call.Node.Streams.ExecAsync(command, call.Aborted);
        if (prepared.Value is not { } run)
        {
            await call.RefuseAsync(prepared.Refusal!);
            return;
        }

        await new CommandSession(call, selection, isAttach).ServeAsync(run);
    }

    /// <summary><c>POST /run/NAMESPACE/POD/[UID/]CONTAINER?cmd=…</c>: a command whose output is the answer.</summary>
    public static async Task RunAsync(KubeletCall call)
    {
        if (call.Node.Pods.Find(call.Path[1], call.Path[2]) is not { } pod)
        {
            await call.TextAsync("pod does not exist", 404);
            return;
        }

        string container = call.Path[^1];
        if (!await RunsAsync(call, pod, container))
        {
            await call.TextAsync(NotFound(container), 500);
            return;
        }

        ContainerCommand command = new(
            pod, container, call.Query("cmd").Split(' '), new StreamSelection(false, true, true, false));
        KubeletResult<CommandRun> prepared = await call.Node.Streams.ExecAsync(command, call.Aborted);
        if (prepared.Value is not { } run)
        {
            await call.RefuseAsync(prepared.Refusal!);
            return;
        }

        using MemoryStream output = new();
        using BoundedStream bounded = new(output, LongestOutput);
        CommandEnd end = await run(new CommandStreams(null, bounded, bounded, null), call.Aborted);
        if (end.Error is not null || end.ExitCode != 0)
        {
            string text = end.Error ?? $"command '{call.Query("cmd")}' exited with {end.ExitCode}: "
                + Encoding.UTF8.GetString(output.GetBuffer(), 0, (int)output.Length);
            await call.TextAsync(text, 500);
            return;
        }

        await call.JsonAsync(output.ToArray());
    }

    private static string NotFound(string container) => $"container not found ({GoText.Quote(container)})";

    private static async ValueTask<bool> RunsAsync(KubeletCall call, Pod pod, string container)
    {
        string uid = call.Path is [_, _, _, var wanted, _] ? wanted : pod.Metadata.Uid;
        foreach (Pod one in await call.Node.Pods.RunningAsync(call.Aborted))
        {
            if (one.Metadata.Uid == uid && one.Metadata.Uid == pod.Metadata.Uid)
            {
                return one.Spec.Containers.Any(it => it.Name == container);
            }
        }

        return false;
    }

    private static bool HasTerminal(Pod pod, string container) =>
        pod.Spec.Containers.Concat(pod.Spec.InitContainers).Any(one => one.Name == container && one.Tty)
        || pod.Spec.EphemeralContainers.Any(one =>
            one.EphemeralContainerCommon.Name == container && one.EphemeralContainerCommon.Tty);
}
