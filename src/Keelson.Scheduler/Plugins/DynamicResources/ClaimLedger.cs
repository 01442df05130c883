using Keelson.Api.Resource.V1;
using Keelson.Client;
using Keelson.Client.Devices;
using Keelson.Client.Informers;
using Claim = Keelson.Api.Resource.V1.ResourceClaim;

namespace Keelson.Scheduler.Plugins.DynamicResources;

/// <summary>
/// What all profiles know of claims and devices together: allocations that were decided and don't show in the claims
/// yet. Only the scheduling loop touches it.
/// </summary>
internal sealed class ClaimLedger(IInformers informers)
{
    private readonly IInformer<Claim> _claims = informers.Of<Claim>();
    private readonly IInformer<DeviceClass> _classes = informers.Of<DeviceClass>();
    private readonly DeviceInventorySource _inventory = new(informers);
    private readonly IInformerIndex<Claim> _made = DeviceClaims.ByOwningPod(informers.Of<Claim>());

    // By the claim's uid.
    private readonly Dictionary<string, AllocationResult> _pending = new(StringComparer.Ordinal);

    /// <summary>Holds devices against selectors.</summary>
    public DeviceSelectors Selectors { get; } = new();

    /// <summary>A claim; null when there is none.</summary>
    public Claim? Find(ObjectKey key) => _claims.Find(key.Namespace, key.Name);

    /// <summary>A class; null when there is none.</summary>
    public DeviceClass? Class(string name) => _classes.Find("", name);

    /// <summary>The classes behind extended resources.</summary>
    public ExtendedResourceClasses Extended { get; } = new(informers.Of<DeviceClass>());

    /// <summary>The claim that was made for a pod's extended resources; null when there is none.</summary>
    public Claim? ExtendedOf(string podUid)
    {
        foreach (Claim one in _made.Find(podUid))
        {
            if (DeviceClaims.IsForExtendedResources(one))
            {
                return one;
            }
        }

        return null;
    }

    /// <summary>The devices that there are.</summary>
    public DeviceInventory Inventory() => _inventory.Current();

    /// <summary>True when an allocation of the claim is on its way.</summary>
    public bool IsPending(Claim claim) => _pending.ContainsKey(claim.Metadata.Uid);

    /// <summary>An allocation was decided.</summary>
    public void Promise(Claim claim, AllocationResult allocation) => _pending[claim.Metadata.Uid] = allocation;

    /// <summary>An allocation shows, or will not come.</summary>
    public void Forget(Claim claim, AllocationResult allocation)
    {
        // It may be another's by now.
        if (_pending.TryGetValue(claim.Metadata.Uid, out AllocationResult? pending)
            && ReferenceEquals(pending, allocation))
        {
            _pending.Remove(claim.Metadata.Uid);
        }
    }

    /// <summary>What is given away.</summary>
    public DevicesInUse InUse() => new(
        _claims.List().Select(static one => one.Status.Allocation).OfType<AllocationResult>().Concat(_pending.Values));
}
