using System.Text.Json;
using System.Text.Json.Nodes;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Api.Storage.V1;
using Keelson.Client;
using Keelson.Machinery.Values;
using Keelson.Nodes.Volumes.Csi.Protos;

namespace Keelson.Nodes.Volumes.Csi;

/// <summary>
/// What the cluster is told about this node's storage drivers: the CSINode object, and on the node the driver's name
/// for it and the labels that say where volumes can be reached.
/// </summary>
internal sealed class CsiNodeRecord(NodeContext context)
{
    private const string NodeIdAnnotation = "csi.volume.kubernetes.io/nodeid";

    // One at a time: both objects are read, changed and written back.
    private readonly SemaphoreSlim _one = new(1);

    /// <summary>Makes the CSINode object when it is missing; the scheduler counts on it.</summary>
    public async Task<string?> EnsureAsync(CancellationToken cancellationToken) =>
        await ChangeAsync(static drivers => drivers, cancellationToken);

    /// <summary>Adds a driver.</summary>
    /// <returns>Null, or why it could not be written.</returns>
    public async Task<string?> AddAsync(string driver, NodeGetInfoResponse info, CancellationToken cancellationToken)
    {
        if (info.NodeId.Length == 0)
        {
            return "error updating CSINode object with CSI driver node info: "
                + $"nodeID of driver {driver} must not be empty";
        }

        await _one.WaitAsync(cancellationToken);
        try
        {
            if (await LabelNodeAsync(driver, info, cancellationToken) is { } error)
            {
                return "error updating Node object with CSI driver node info: " + error;
            }

            CSINodeDriver entry = new()
            {
                Name = driver,
                NodeID = info.NodeId,
                TopologyKeys = info.AccessibleTopology?.Segments.Keys.Order(StringComparer.Ordinal).ToApiList() ?? [],
                Allocatable = Allocatable(info),
            };
            error = await ChangeAsync(drivers => [.. Without(drivers, driver), entry], cancellationToken);
            return error is null ? null : "error updating CSINode object with CSI driver node info: " + error;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Says how many more volumes a driver takes by now.</summary>
    /// <returns>Null, or why it could not be written.</returns>
    public async Task<string?> UpdateAsync(
        string driver, NodeGetInfoResponse info, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            VolumeNodeResources? now = Allocatable(info);
            return await ChangeAsync(
                drivers => drivers.All(one => one.Name != driver || Equals(one.Allocatable, now))
                    ? drivers
                    : drivers.Map(one => one.Name == driver ? one with { Allocatable = now } : one),
                cancellationToken);
        }
        finally
        {
            _one.Release();
        }
    }

    private static VolumeNodeResources? Allocatable(NodeGetInfoResponse info) => info.MaxVolumesPerNode > 0
        ? new() { Count = (int)Math.Min(info.MaxVolumesPerNode, int.MaxValue) }
        : null;

    /// <summary>Takes a driver out.</summary>
    /// <returns>Null, or why it could not be written.</returns>
    public async Task<string?> RemoveAsync(string driver, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            return await ChangeAsync(drivers => [.. Without(drivers, driver)], cancellationToken);
        }
        finally
        {
            _one.Release();
        }
    }

    private static IEnumerable<CSINodeDriver> Without(ApiList<CSINodeDriver> drivers, string name) =>
        drivers.Where(one => one.Name != name);

    private async Task<string?> ChangeAsync(
        Func<ApiList<CSINodeDriver>, ApiList<CSINodeDriver>> change, CancellationToken cancellationToken)
    {
        ApiResult<CSINode> written = await context.Client.ModifyAsync<CSINode>(
            "",
            context.NodeName,
            one => change(one.Spec.Drivers) is var drivers && drivers == one.Spec.Drivers
                ? one
                : one with { Spec = one.Spec with { Drivers = drivers } },
            cancellationToken);
        if (written.Error is not { Code: 404 })
        {
            return written.Error?.Message;
        }

        ApiResult<Node> node =
            await context.Client.GetAsync<Node>("", context.NodeName, cancellationToken);
        if (!node.TryGet(out Node? owner, out Status? error))
        {
            return error.Message;
        }

        ApiResult<CSINode> created = await context.Client.CreateAsync(
            new CSINode
            {
                Metadata = ObjectMeta.Empty with
                {
                    Name = context.NodeName,
                    OwnerReferences =
                    [
                        new OwnerReference
                        {
                            ApiVersion = "v1", Kind = "Node", Name = context.NodeName, Uid = owner.Metadata.Uid,
                        },
                    ],
                },
                Spec = new() { Drivers = change([]) },
            },
            cancellationToken);
        return created.Error?.Message;
    }

    private async Task<string?> LabelNodeAsync(
        string driver, NodeGetInfoResponse info, CancellationToken cancellationToken)
    {
        ApiResult<Node> read =
            await context.Client.GetAsync<Node>("", context.NodeName, cancellationToken);
        if (!read.TryGet(out Node? node, out Status? error))
        {
            return error.Message;
        }

        JsonObject names = NamesOf(node);
        names[driver] = info.NodeId;
        JsonObject labels = [];
        foreach ((string key, string value) in info.AccessibleTopology?.Segments ?? [])
        {
            if (node.Metadata.Labels.TryGetValue(key, out string? before) && before != value)
            {
                return $"detected topology value collision: driver reported \"{key}\":\"{value}\" "
                    + $"but existing label is \"{key}\":\"{before}\"";
            }

            labels[key] = value;
        }

        JsonObject patch = new()
        {
            ["metadata"] = new JsonObject
            {
                ["annotations"] = new JsonObject { [NodeIdAnnotation] = names.ToJsonString() },
                ["labels"] = labels,
            },
        };
        ApiResult<Node> written = await context.Client.PatchAsync<Node>(
            "", context.NodeName, patch, cancellationToken);
        return written.Error?.Message;
    }

    private static JsonObject NamesOf(Node node)
    {
        try
        {
            return node.Metadata.Annotations.TryGetValue(NodeIdAnnotation, out string? text)
                && JsonNode.Parse(text) is JsonObject names
                ? names
                : [];
        }
        catch (JsonException)
        {
            return []; // Somebody else's text: replaced.
        }
    }
}
