using System.Text.Json.Nodes;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Machinery.Values;
using Keelson.Nodes.Volumes.Csi.Protos;
using RpcType = Keelson.Nodes.Volumes.Csi.Protos.NodeServiceCapability.Types.RPC.Types.Type;

namespace Keelson.Nodes.Volumes.Csi;

/// <summary>The node's part in making volumes bigger: file systems grow where they are mounted.</summary>
internal sealed class CsiExpansion(NodeContext context, CsiRequests requests)
{
    private const string Storage = "storage";

    /// <summary>True while a claim shows less than its volume has.</summary>
    public static bool IsWaiting(PodVolume volume) =>
        volume.Persistent is { } persistent
        && volume.Claim is { } claim
        && persistent.Spec.Capacity.TryGetValue(Storage, out Quantity has)
        && claim.Status.Capacity.TryGetValue(Storage, out Quantity shown)
        && shown < has;

    /// <summary>Makes a mounted volume as big as its object says, and says so in the claim.</summary>
    /// <returns>Null, or why it did not come to pass.</returns>
    public async Task<string?> ExpandAsync(
        PodVolume volume,
        CsiVolume known,
        CsiDriver driver,
        string path,
        string staged,
        CancellationToken cancellationToken)
    {
        if (!IsWaiting(volume) || CsiRequests.IsReadOnly(volume))
        {
            return null;
        }

        Quantity size = volume.Persistent!.Spec.Capacity[Storage];
        if (await driver.CanAsync(RpcType.ExpandVolume, cancellationToken))
        {
            NodeExpandVolumeRequest request = new()
            {
                VolumeId = known.Handle,
                VolumePath = path,
                StagingTargetPath = staged,
                CapacityRange = new() { RequiredBytes = size.Value },
                VolumeCapability = await CsiRequests.CapabilityAsync(volume, driver, cancellationToken),
            };
            SecretReference? secret = volume.Persistent.Spec.PersistentVolumeSource.Csi!.NodeExpandSecretRef;
            if (await requests.AddSecretAsync(request.Secrets, secret, cancellationToken) is { } error)
            {
                return "MountVolume.Setup failed while expanding volume: " + error;
            }

            await driver.CallAsync(CsiMethods.Expand, request, cancellationToken);
        }

        return await FinishAsync(volume.Claim!, size, cancellationToken);
    }

    private async Task<string?> FinishAsync(
        PersistentVolumeClaim claim, Quantity size, CancellationToken cancellationToken)
    {
        JsonObject patch = new()
        {
            ["status"] = new JsonObject
            {
                ["capacity"] = new JsonObject { [Storage] = size.ToString() },
                ["allocatedResourceStatuses"] = null,
                ["conditions"] = new JsonArray(
                    Gone(PersistentVolumeClaimConditionType.Resizing),
                    Gone(PersistentVolumeClaimConditionType.FileSystemResizePending)),
            },
        };
        ApiResult<PersistentVolumeClaim> written = await context.Client.PatchAsync<PersistentVolumeClaim>(
            claim.Metadata.Namespace,
            claim.Metadata.Name,
            patch,
            cancellationToken,
            subresource: "status");
        return written.Error is { } error
            ? "error updating PVC " + claim.Metadata.Name + ": " + error.Message
            : null;
    }

    private static JsonObject Gone(string condition) => new() { ["$patch"] = "delete", ["type"] = condition };
}
