using Keelson.Api.Core.V1;
using Keelson.Nodes.Cri;
using Keelson.Nodes.Pods;
using Keelson.Nodes.Server.Backends;
using Keelson.Rpc;
using Proto = Keelson.Nodes.Cri.Protos;

namespace Keelson.Nodes.Server.Agent;

/// <summary>Has the runtime write what containers are into files below <c>ROOT/checkpoints</c>.</summary>
internal sealed class AgentCheckpoints(PodServices services)
{
    private const int Failed = 500;

    // Longer than the runtime may take when the caller does not say.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Writes a container; the result is the file.</summary>
    public async ValueTask<KubeletResult<string>> MakeAsync(
        Pod pod, string container, long seconds, CancellationToken cancellationToken)
    {
        PodPicture picture = await services.Pictures.ReadAsync(pod.Metadata.Uid, cancellationToken);
        if (picture.Latest(container) is not { } found)
        {
            return new KubeletRefusal(Failed, $"container {container} not found");
        }

        string directory = Path.Combine(services.Context.RootDirectory, "checkpoints");
        Directory.CreateDirectory(directory);
        string name = $"{pod.Metadata.Name}_{pod.Metadata.Namespace}";
        string time = services.Context.Clock.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'");
        string file = Path.Combine(directory, $"checkpoint-{name}-{container}-{time}.tar");
        try
        {
            await services.Runtime.CallAsync(
                CriMethods.CheckpointContainer,
                new Proto.CheckpointContainerRequest { ContainerId = found.Id, Location = file, Timeout = seconds },
                seconds > 0 ? Patience + TimeSpan.FromSeconds(seconds) : Patience,
                cancellationToken);
            return KubeletResult<string>.Of(file);
        }
        catch (RpcException exception)
        {
            return new KubeletRefusal(Failed, exception.Message);
        }
    }
}
