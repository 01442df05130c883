using Keelson.Api.Core.V1;
using Keelson.Machinery.Wire;

namespace Keelson.Nodes.Server.Endpoints;

/// <summary><c>/pods</c> and <c>/runningpods/</c>: lists of pods.</summary>
internal static class PodEndpoints
{
    public static Task PodsAsync(KubeletCall call) => ListAsync(call, call.Node.Pods.All);

    public static async Task RunningAsync(KubeletCall call) =>
        await ListAsync(call, await call.Node.Pods.RunningAsync(call.Aborted));

    private static Task ListAsync(KubeletCall call, IReadOnlyList<Pod> pods)
    {
        JsonBuffer json = new(64 * 1024);
        json.Raw("{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"metadata\":{},\"items\":"u8);
        if (pods.Count == 0)
        {
            json.Raw("null}"u8);
            return call.JsonAsync(json.WrittenMemory);
        }

        json.OpenList();
        foreach (Pod pod in pods)
        {
            json.Separate();
            Item(json, pod);
        }

        json.CloseList();
        json.Close();
        return call.JsonAsync(json.WrittenMemory);
    }

    /// <summary>Items of a list have no kind and version of their own.</summary>
    private static void Item(JsonBuffer json, Pod pod)
    {
        ReadOnlySpan<byte> type = "{\"kind\":\"Pod\",\"apiVersion\":\"v1\","u8;
        JsonBuffer one = new(8 * 1024);
        pod.WriteJson(one);
        ReadOnlySpan<byte> text = one.Written;
        json.Raw((byte)'{');
        json.Raw(text.StartsWith(type) ? text[type.Length..] : text[1..]);
    }
}
