using Keelson.Nodes.Dra.Protos;
using Keelson.Rpc;

namespace Keelson.Nodes.Dra;

/// <summary>Asks drivers for the claims of a pod: each driver once, for all its claims. The first that fails ends it.
/// </summary>
internal sealed class ClaimBatches(DraDrivers drivers)
{
    /// <summary>Has claims prepared.</summary>
    /// <returns>The claims with what was prepared, or why they can't be used.</returns>
    public async Task<(IReadOnlyList<PreparedClaim> Prepared, string? Error)> PrepareAsync(
        IReadOnlyList<PreparedClaim> claims, CancellationToken cancellationToken)
    {
        Dictionary<(string Uid, string Driver), IReadOnlyList<PreparedDevice>> prepared = [];
        foreach ((string driver, PreparedClaim[] batch) in Of(claims))
        {
            if (drivers.Find(driver) is not { } plugin)
            {
                return ([], DraDrivers.NotRegistered(driver));
            }

            NodePrepareResourcesResponse answer;
            try
            {
                answer = await plugin.PrepareAsync(
                    new() { Claims = { batch.Select(ToProto) } }, cancellationToken);
            }
            catch (RpcException exception)
            {
                return ([], "NodePrepareResources: " + exception.Message);
            }

            if (ErrorOf("NodePrepareResources", batch, answer.Claims.Select(static one => (one.Key, one.Value.Error)))
                is { } error)
            {
                return ([], error);
            }

            foreach ((string uid, NodePrepareResourceResponse one) in answer.Claims)
            {
                prepared[(uid, driver)] = [.. one.Devices.Select(DeviceOf)];
            }
        }

        return (
            [
                .. claims.Select(claim => claim with
                {
                    Drivers = claim.Drivers.Keys.ToDictionary(
                        static one => one, one => prepared[(claim.Uid, one)], StringComparer.Ordinal),
                    IsPrepared = true,
                }),
            ],
            null);
    }

    /// <summary>Gives claims back.</summary>
    /// <returns>Null, or why it could not be done.</returns>
    public async Task<string?> UnprepareAsync(
        IReadOnlyList<PreparedClaim> claims, CancellationToken cancellationToken)
    {
        foreach ((string driver, PreparedClaim[] batch) in Of(claims))
        {
            if (drivers.Find(driver) is not { } plugin)
            {
                return DraDrivers.NotRegistered(driver);
            }

            try
            {
                NodeUnprepareResourcesResponse answer = await plugin.UnprepareAsync(
                    new() { Claims = { batch.Select(ToProto) } }, cancellationToken);
                if (ErrorOf(
                    "NodeUnprepareResources", batch, answer.Claims.Select(static one => (one.Key, one.Value.Error)))
                    is { } error)
                {
                    return error;
                }
            }
            catch (RpcException exception)
            {
                return "NodeUnprepareResources: " + exception.Message;
            }
        }

        return null;
    }

    private static string? ErrorOf(
        string method, PreparedClaim[] batch, IEnumerable<(string Uid, string Error)> answers)
    {
        int count = 0;
        foreach ((string uid, string error) in answers)
        {
            count++;
            if (batch.FirstOrDefault(one => one.Uid == uid) is not { } claim)
            {
                return $"{method} returned result for unknown claim UID {uid}";
            }

            if (error.Length > 0)
            {
                return $"{method} failed for ResourceClaim {claim.Name}: {error}";
            }
        }

        return count < batch.Length ? $"{method} skipped {batch.Length - count} ResourceClaims" : null;
    }

    private static IEnumerable<(string Driver, PreparedClaim[] Claims)> Of(IReadOnlyList<PreparedClaim> claims) =>
        claims.SelectMany(static one => one.Drivers.Keys).Distinct(StringComparer.Ordinal)
            .Select(driver => (driver, claims.Where(one => one.Drivers.ContainsKey(driver)).ToArray()));

    private static PreparedDevice DeviceOf(Device one) =>
        new([.. one.RequestNames], one.PoolName, one.DeviceName, [.. one.CdiDeviceIds])
        {
            ShareId = one.HasShareId ? one.ShareId : null,
        };

    private static Protos.Claim ToProto(PreparedClaim claim) =>
        new() { Namespace = claim.Namespace, Name = claim.Name, Uid = claim.Uid };
}
