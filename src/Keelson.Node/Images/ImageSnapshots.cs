using System.Text.Json;
using Keelson.Nodes.Cri;
using Keelson.Nodes.Cri.Protos;
using Keelson.Nodes.Images.Protos;
using Keelson.Nodes.Linux;
using Keelson.Rpc;

namespace Keelson.Nodes.Images;

/// <summary>
/// The content of images as directories of this machine. A containerd before 2.1 does not mount images into containers
/// itself, and 2.1 mounts a whole image where a part of it is wanted; they are asked for a view of the image's layers
/// instead, which is mounted here.
/// </summary>
internal sealed class ImageSnapshots(CriClient runtime, RpcChannel containerd, IMounts mounts) : IDisposable
{
    private const string Service = "containerd.services.snapshots.v1.Snapshots";
    private const string DefaultSnapshotter = "overlayfs";

    // What carries this label is not removed when nothing else refers to it.
    private const string KeepLabel = "containerd.io/gc.root";

    private static readonly RpcMethod<ViewSnapshotRequest, ViewSnapshotResponse> View =
        RpcMethod.Unary<ViewSnapshotRequest, ViewSnapshotResponse>(Service, "View");

    private static readonly RpcMethod<RemoveSnapshotRequest, RemoveSnapshotResponse> Remove =
        RpcMethod.Unary<RemoveSnapshotRequest, RemoveSnapshotResponse>(Service, "Remove");

    private static readonly RpcCallOptions Options = new()
    {
        Timeout = TimeSpan.FromMinutes(2),
        Metadata = new RpcMetadata { { "containerd-namespace", "k8s.io" } },
    };

    private string _snapshotter = "";

    /// <summary>True when the runtime mounts whole images itself, so that only parts are mounted from here.</summary>
    public bool IsForPartsOnly { get; private init; }

    /// <summary>Those of a runtime; null when it mounts images itself, or does not show their layers.</summary>
    public static ImageSnapshots? Of(
        CriClient runtime, string name, string version, string endpoint, TimeProvider clock) =>
        name == "containerd" && IsBefore(version, 2, 2)
            ? new(
                runtime,
                new RpcChannel(new RpcChannelConfig { Endpoints = [RpcEndpoint.Parse(endpoint)], Time = clock }),
                new LinuxMounts()) { IsForPartsOnly = !IsBefore(version, 2, 1) }
            : null;

    /// <summary>Brings an image that is here in place, to be read only.</summary>
    /// <param name="podUid">The pod.</param>
    /// <param name="image">The image's name.</param>
    /// <param name="directory">Where to.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>Null, or why it is not there.</returns>
    public async Task<string?> MountAsync(
        string podUid, string image, string directory, CancellationToken cancellationToken)
    {
        if (mounts.List().Any(one => one.Path == directory))
        {
            return null;
        }

        try
        {
            ImageStatusResponse status = await runtime.CallAsync(
                CriMethods.ImageStatus,
                new ImageStatusRequest { Image = new() { Image = image }, Verbose = true },
                cancellationToken);
            if (!status.Info.TryGetValue("info", out string? info) || TextOf(info, "chainID") is not { } layers)
            {
                return $"the runtime does not say what image \"{image}\" is made of";
            }

            string snapshotter = await SnapshotterAsync(cancellationToken);
            await ReleaseAsync(podUid, directory, cancellationToken);
            ViewSnapshotRequest view = new()
            {
                Snapshotter = snapshotter,
                Key = KeyOf(podUid, directory),
                Parent = layers,
                Labels = { [KeepLabel] = "true" },
            };
            ViewSnapshotResponse answer = await containerd.UnaryAsync(View, view, Options, cancellationToken);
            Directory.CreateDirectory(directory);
            foreach (SnapshotMount one in answer.Mounts)
            {
                bool isBind = one.Type == "bind";
                mounts.Mount(new(one.Source, directory, isBind ? "" : one.Type)
                {
                    Options = [.. one.Options, .. isBind || one.Options.Contains("ro") ? [] : (string[])["ro"]],
                });
            }

            return null;
        }
        catch (Exception exception) when (exception is RpcException or IOException or JsonException)
        {
            return $"failed to mount image \"{image}\": {exception.Message}";
        }
    }

    /// <summary>Takes a volume's mount away and lets go of the layers.</summary>
    public async Task<string?> ReleaseAsync(string podUid, string directory, CancellationToken cancellationToken)
    {
        try
        {
            if (Directory.Exists(directory))
            {
                mounts.Unmount(directory);
            }

            await containerd.UnaryAsync(
                Remove,
                new RemoveSnapshotRequest
                {
                    Snapshotter = await SnapshotterAsync(cancellationToken),
                    Key = KeyOf(podUid, directory),
                },
                Options,
                cancellationToken);
            return null;
        }
        catch (RpcException exception)
        {
            return exception.Code == RpcStatusCode.NotFound ? null : exception.Message;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => containerd.Dispose();

    /// <summary>Whether a version such as <c>1.6.20~ds1</c> or <c>v2.0.1</c> is before another.</summary>
    internal static bool IsBefore(string version, int major, int minor)
    {
        string[] parts = version.TrimStart('v').Split('.');
        return parts.Length >= 2 && int.TryParse(parts[0], out int first) && int.TryParse(parts[1], out int second)
            && (first < major || (first == major && second < minor));
    }

    private static string KeyOf(string podUid, string directory) =>
        $"keelson-volume/{podUid}/{Path.GetFileName(directory)}";

    private static string? TextOf(string json, params ReadOnlySpan<string> path)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        JsonElement element = document.RootElement;
        foreach (string step in path)
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(step, out element))
            {
                return null;
            }
        }

        return element.ValueKind == JsonValueKind.String ? element.GetString() : null;
    }

    /// <summary>Who keeps the layers of images that pods use.</summary>
    private async Task<string> SnapshotterAsync(CancellationToken cancellationToken)
    {
        if (_snapshotter.Length == 0)
        {
            StatusResponse status = await runtime.CallAsync(
                CriMethods.Status, new StatusRequest { Verbose = true }, cancellationToken);
            _snapshotter = status.Info.TryGetValue("config", out string? config)
                && TextOf(config, "containerd", "snapshotter") is { Length: > 0 } name ? name : DefaultSnapshotter;
        }

        return _snapshotter;
    }
}
