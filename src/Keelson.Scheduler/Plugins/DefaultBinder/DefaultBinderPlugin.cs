using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Scheduler.Framework;
using Keelson.Scheduler.Snapshot;

namespace Keelson.Scheduler.Plugins.DefaultBinder;

/// <summary>Binds pods through the API.</summary>
internal sealed class DefaultBinderPlugin(IApiClient client) : IBindPlugin
{
    /// <summary>The name.</summary>
    public const string PluginName = "DefaultBinder";

    /// <inheritdoc/>
    public string Name => PluginName;

    /// <inheritdoc/>
    public async ValueTask<PluginStatus?> BindAsync(
        CycleState state, PodInfo pod, string nodeName, CancellationToken cancellationToken)
    {
        Binding binding = new()
        {
            Metadata = ObjectMeta.Empty with { Namespace = pod.Namespace, Name = pod.Key.Name, Uid = pod.Uid },
            Target = new ObjectReference { Kind = "Node", Name = nodeName },
        };
        ApiResult<IObject> bound = await client.CreateAsync(
            new(KindOf<Pod>.Kind, pod.Namespace, pod.Key.Name, "binding"), binding, WriteRequest.Default,
            cancellationToken);
        return bound.Error is { } error ? PluginStatus.Error(PluginName, error.Message) : null;
    }
}
