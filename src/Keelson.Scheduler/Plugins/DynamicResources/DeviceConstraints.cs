using Keelson.Api.Resource.V1;

namespace Keelson.Scheduler.Plugins.DynamicResources;

/// <summary>
/// What a claim wants of its devices as a group. A constraint that is not met isn't met by more devices either.
/// </summary>
internal abstract class GroupConstraint(DeviceConstraint constraint)
{
    private readonly HashSet<string> _requests = new(constraint.Requests, StringComparer.Ordinal);

    /// <summary>The constraints of a claim; null with the number of one that says nothing.</summary>
    public static GroupConstraint[]? Of(DeviceClaim claim, out int empty)
    {
        List<GroupConstraint> constraints = [];
        foreach (DeviceConstraint one in claim.Constraints)
        {
            if (one.MatchAttribute is null && one.DistinctAttribute is null)
            {
                empty = constraints.Count;
                return null;
            }

            constraints.Add(one.MatchAttribute is not null ? new SameAttribute(one) : new DistinctAttribute(one));
        }

        empty = -1;
        return [.. constraints];
    }

    /// <summary>Adds a device to the group; false when it does not go with the others.</summary>
    public bool TryAdd(DeviceNeed need, PooledDevice device) => !Concerns(need) || TryAdd(device);

    /// <summary>Takes back the last device that was added.</summary>
    public void TakeBack(DeviceNeed need)
    {
        if (Concerns(need))
        {
            TakeBack();
        }
    }

    protected abstract bool TryAdd(PooledDevice device);

    protected abstract void TakeBack();

    protected static bool IsSame(DeviceAttribute left, DeviceAttribute right) => left == right;

    private bool Concerns(DeviceNeed need) =>
        _requests.Count == 0 || _requests.Contains(need.Request) || _requests.Contains(need.FullName);

    private sealed class SameAttribute(DeviceConstraint constraint) : GroupConstraint(constraint)
    {
        private readonly string _name = constraint.MatchAttribute!;
        private DeviceAttribute? _value;
        private int _count;

        protected override bool TryAdd(PooledDevice device)
        {
            if (device.Attribute(_name) is not { } value || (_count > 0 && !IsSame(_value!, value)))
            {
                return false;
            }

            _value = value;
            _count++;
            return true;
        }

        protected override void TakeBack() => _count--;
    }

    private sealed class DistinctAttribute(DeviceConstraint constraint) : GroupConstraint(constraint)
    {
        private readonly string _name = constraint.DistinctAttribute!;
        private readonly List<DeviceAttribute> _values = [];

        protected override bool TryAdd(PooledDevice device)
        {
            if (device.Attribute(_name) is not { } value || _values.Exists(one => IsSame(one, value)))
            {
                return false;
            }

            _values.Add(value);
            return true;
        }

        protected override void TakeBack() => _values.RemoveAt(_values.Count - 1);
    }
}
