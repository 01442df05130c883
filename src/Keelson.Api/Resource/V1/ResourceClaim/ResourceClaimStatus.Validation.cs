using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Api.Storage.V1;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Resource.V1;

/// <summary>The rules of a claim's status.</summary>
internal static class ResourceClaimStatusRules
{
    private const int ReservedForMaxCount = 256;
    private const int ResultsMaxCount = 32;
    private const int DeviceConditionsMaxCount = 8;
    private const int InterfaceNameMaxLength = 256;
    private const int HardwareAddressMaxLength = 128;
    private const int AddressesMaxCount = 16;

    public static void Validate(ResourceClaim claim, ResourceClaim old, FieldPath path, FieldErrors errors)
    {
        ResourceClaimStatus status = claim.Status;
        DeviceNames.ValidateSet(
            status.ReservedFor, ReservedForMaxCount, path.Child("reservedFor"), errors, (ValidateConsumer, static one => one.Uid));

        HashSet<string> allocated = [];
        foreach (DeviceRequestAllocationResult one in status.Allocation?.Devices.Results ?? default)
        {
            allocated.Add(Key(one.Driver, one.Pool, one.Device, one.ShareID));
        }

        DeviceNames.ValidateSet(
            status.Devices,
            null,
            path.Child("devices"),
            errors,
            ((one, at, all) => ValidateDevice(one, allocated, at, all),
                static one => Key(one.Driver, one.Pool, one.Device, one.ShareID)));
        ValidateReservations(claim, old, path.Child("reservedFor"), errors);
        if (status.Allocation is not { } allocation)
        {
            return;
        }

        if (old.Status.Allocation is null)
        {
            ValidateAllocation(allocation, ResourceClaimRules.RequestNames(claim.Spec.Devices), path.Child("allocation"), errors);
        }
        else if (old.Status.Allocation != allocation)
        {
            errors.InvalidRaw(
                path.Child("allocation"), UnversionedText.Of(allocation, AllocationResult.WireSchema), "field is immutable");
        }
    }

    private static string Key(string driver, string pool, string device, string? shareId) =>
        shareId is null ? $"{driver}/{pool}/{device}" : $"{driver}/{pool}/{device}/{shareId}";

    private static void ValidateConsumer(ResourceClaimConsumerReference consumer, FieldPath path, FieldErrors errors)
    {
        foreach ((string field, string value) in (ReadOnlySpan<(string, string)>)
            [("resource", consumer.Resource), ("name", consumer.Name), ("uid", consumer.Uid)])
        {
            if (value.Length == 0)
            {
                errors.Required(path.Child(field), "");
            }
        }
    }

    private static void ValidateReservations(ResourceClaim claim, ResourceClaim old, FieldPath path, FieldErrors errors)
    {
        if (claim.Status.ReservedFor.Count == 0)
        {
            return;
        }

        if (claim.Status.Allocation is null)
        {
            errors.Forbidden(path, "may not be specified when `allocated` is not set");
        }
        else if (claim.Metadata.DeletionTimestamp is not null && claim.Status.ReservedFor.Except(old.Status.ReservedFor).Any())
        {
            errors.Forbidden(path, "new entries may not be added while `deallocationRequested` or `deletionTimestamp` are set");
        }
    }

    private static void ValidateAllocation(AllocationResult allocation, HashSet<string> names, FieldPath path, FieldErrors errors)
    {
        FieldPath devices = path.Child("devices");
        DeviceNames.ValidateList(
            allocation.Devices.Results,
            ResultsMaxCount,
            devices.Child("results"),
            errors,
            (one, at, all) => ValidateResult(one, names, at, all));
        DeviceNames.ValidateList(
            allocation.Devices.Config,
            2 * DeviceConfigurationRules.ConfigMaxCount,
            devices.Child("config"),
            errors,
            (one, at, all) =>
            {
                if (one.Source.Length == 0)
                {
                    all.Required(at.Child("source"), "");
                }
                else if (one.Source is not (AllocationConfigSource.FromClaim or AllocationConfigSource.FromClass))
                {
                    all.NotSupported(
                        at.Child("source"), one.Source, AllocationConfigSource.FromClaim, AllocationConfigSource.FromClass);
                }

                ResourceClaimRules.ValidateReferences(one.Requests, names, at.Child("requests"), all);
                DeviceConfigurationRules.Validate(one.DeviceConfiguration, at, all);
            });
        if (allocation.NodeSelector is { } selector)
        {
            NodeSelectorRules.Validate(selector, path.Child("nodeSelector"), errors);
        }
    }

    private static void ValidateResult(
        DeviceRequestAllocationResult result, HashSet<string> names, FieldPath path, FieldErrors errors)
    {
        ResourceClaimRules.ValidateReference(result.Request, names, path.Child("request"), errors);
        StorageRules.ValidateDriverName(result.Driver, path.Child("driver"), errors);
        DeviceNames.ValidatePool(result.Pool, path.Child("pool"), errors);
        errors.Invalid(ContentRules.Dns1123Label(result.Device), path.Child("device"), result.Device);
        DeviceRules.ValidateBinding(result.BindingConditions, result.BindingFailureConditions, path, errors);
        DeviceNames.ValidateList(result.Tolerations, null, path.Child("tolerations"), errors, ResourceClaimRules.Validate);
        if (result.ShareID is { } shareId)
        {
            DeviceNames.ValidateUid(shareId, path.Child("shareID"), errors);
        }
    }

    private static void ValidateDevice(AllocatedDeviceStatus device, HashSet<string> allocated, FieldPath path, FieldErrors errors)
    {
        StorageRules.ValidateDriverName(device.Driver, path.Child("driver"), errors);
        DeviceNames.ValidatePool(device.Pool, path.Child("pool"), errors);
        errors.Invalid(ContentRules.Dns1123Label(device.Device), path.Child("device"), device.Device);
        if (device.ShareID is { } shareId)
        {
            DeviceNames.ValidateUid(shareId, path.Child("shareID"), errors);
        }

        string key = Key(device.Driver, device.Pool, device.Device, device.ShareID);
        if (!allocated.Contains(key))
        {
            errors.Invalid(path, key, "must be an allocated device in the claim");
        }

        if (device.Conditions.Count > DeviceConditionsMaxCount)
        {
            errors.TooMany(path.Child("conditions"), device.Conditions.Count, DeviceConditionsMaxCount);
        }

        ConditionRules.Validate(device.Conditions, path.Child("conditions"), errors);
        if (!device.Data.IsAbsent)
        {
            DeviceConfigurationRules.ValidateObject(device.Data, path.Child("data"), errors);
        }

        if (device.NetworkData is { } network)
        {
            ValidateNetwork(network, path.Child("networkData"), errors);
        }
    }

    private static void ValidateNetwork(NetworkDeviceData network, FieldPath path, FieldErrors errors)
    {
        if (network.InterfaceName.Length > InterfaceNameMaxLength)
        {
            errors.TooLong(path.Child("interfaceName"), InterfaceNameMaxLength);
        }

        if (network.HardwareAddress.Length > HardwareAddressMaxLength)
        {
            errors.TooLong(path.Child("hardwareAddress"), HardwareAddressMaxLength);
        }

        DeviceNames.ValidateSet(
            network.Ips,
            AddressesMaxCount,
            path.Child("ips"),
            errors,
            (static (one, at, all) => all.Invalid(ContentRules.InterfaceAddress(one), at, one), static one => one));
    }
}
