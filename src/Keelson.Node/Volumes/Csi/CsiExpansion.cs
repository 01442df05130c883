using System.Text.Json.Nodes;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Client.Events;
using Keelson.Machinery.Values;
using Keelson.Nodes.Volumes.Csi.Protos;
using Keelson.Rpc;
using RpcType = Keelson.Nodes.Volumes.Csi.Protos.NodeServiceCapability.Types.RPC.Types.Type;

namespace Keelson.Nodes.Volumes.Csi;

/// <summary>The node's part in making volumes bigger: file systems grow where they are mounted.</summary>
internal sealed class CsiExpansion(NodeContext context, CsiRequests requests, EventRecorder? events)
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

        PersistentVolumeClaim claim = volume.Claim!;
        Quantity size = volume.Persistent!.Spec.Capacity[Storage];
        bool isStepped = claim.Status.AllocatedResources.TryGetValue(Storage, out Quantity allocated);
        if (isStepped)
        {
            // Who resizes in steps says when it is the node's turn, and how far to go.
            size = allocated;
            if (claim.Status.AllocatedResourceStatuses.GetValueOrDefault(Storage, "") is not
                (ClaimResourceStatus.NodeResizePending or ClaimResourceStatus.NodeResizeInProgress))
            {
                return null;
            }

            if (await MarkAsync(claim, StatusOf(ClaimResourceStatus.NodeResizeInProgress), cancellationToken)
                is { } unmarked)
            {
                return Failed(unmarked);
            }
        }

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
                return Failed(error);
            }

            try
            {
                await driver.CallAsync(CsiMethods.Expand, request, cancellationToken);
            }
            catch (RpcException exception)
            {
                return await RefusedAsync(claim, exception, isStepped, cancellationToken);
            }

            string succeeded = $"MountVolume.NodeExpandVolume succeeded for volume \"{volume.SpecName}\" "
                + volume.Pod.Spec.NodeName;
            events?.Normal(volume.Pod, "FileSystemResizeSuccessful", succeeded);
            events?.Normal(claim, "FileSystemResizeSuccessful", succeeded);
        }

        return await FinishAsync(claim, size, cancellationToken);
    }

    private static string Failed(string error) => "MountVolume.Setup failed while expanding volume: " + error;

    private async Task<string?> RefusedAsync(
        PersistentVolumeClaim claim, RpcException error, bool isStepped, CancellationToken cancellationToken)
    {
        bool isFinal = error.Code is not (RpcStatusCode.Canceled or RpcStatusCode.DeadlineExceeded
            or RpcStatusCode.Unavailable or RpcStatusCode.ResourceExhausted or RpcStatusCode.Aborted);
        if (isStepped && isFinal)
        {
            bool isInfeasible = error.Code is RpcStatusCode.InvalidArgument or RpcStatusCode.OutOfRange
                or RpcStatusCode.NotFound;
            JsonObject status = isInfeasible ? StatusOf(ClaimResourceStatus.NodeResizeInfeasible) : [];
            status["conditions"] = new JsonArray(new JsonObject
            {
                ["type"] = PersistentVolumeClaimConditionType.NodeResizeError,
                ["status"] = "True",
                ["lastTransitionTime"] = Time.Now(context.Clock).ToString(),
                ["message"] = $"failed to expand pvc with {error.Message}",
            });
            await MarkAsync(claim, status, cancellationToken);
        }

        // A driver that can't while the volume is in use does not keep the pod from it.
        return error.Code == RpcStatusCode.FailedPrecondition ? null : Failed(error.Message);
    }

    private static JsonObject StatusOf(string resizing) => new()
    {
        ["allocatedResourceStatuses"] = new JsonObject { [Storage] = resizing },
    };

    private Task<string?> FinishAsync(
        PersistentVolumeClaim claim, Quantity size, CancellationToken cancellationToken) => MarkAsync(
        claim,
        new JsonObject
        {
            ["capacity"] = new JsonObject { [Storage] = size.ToString() },
            ["allocatedResourceStatuses"] = null,
            ["conditions"] = new JsonArray(
                Gone(PersistentVolumeClaimConditionType.Resizing),
                Gone(PersistentVolumeClaimConditionType.FileSystemResizePending),
                Gone(PersistentVolumeClaimConditionType.ControllerResizeError),
                Gone(PersistentVolumeClaimConditionType.NodeResizeError)),
        },
        cancellationToken);

    private async Task<string?> MarkAsync(
        PersistentVolumeClaim claim, JsonObject status, CancellationToken cancellationToken)
    {
        ApiResult<PersistentVolumeClaim> written = await context.Client.PatchAsync<PersistentVolumeClaim>(
            claim.Metadata.Namespace,
            claim.Metadata.Name,
            new JsonObject { ["status"] = status },
            cancellationToken,
            subresource: "status");
        return written.Error is { } error
            ? "error updating PVC " + claim.Metadata.Name + ": " + error.Message
            : null;
    }

    private static JsonObject Gone(string condition) => new() { ["$patch"] = "delete", ["type"] = condition };
}
