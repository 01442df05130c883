using Keelson.Api.Resource.V1;
using Keelson.Machinery.Values;

namespace Keelson.Scheduler.Plugins.DynamicResources;

/// <summary>How much of a device's capacity a request takes.</summary>
internal static class ConsumableCapacity
{
    /// <summary>What a request takes of each capacity; null when the device has not what is asked for.</summary>
    public static Dictionary<string, Quantity>? Taken(CapacityRequirements? wanted, Device device)
    {
        foreach ((string name, _) in wanted?.Requests ?? default)
        {
            if (!device.Capacity.ContainsKey(name))
            {
                return null;
            }
        }

        Dictionary<string, Quantity> taken = new(StringComparer.Ordinal);
        foreach ((string name, DeviceCapacity capacity) in device.Capacity)
        {
            Quantity? asked = wanted is not null && wanted.Requests.TryGetValue(name, out Quantity one) ? one : null;
            Quantity amount = Rounded(asked, capacity);
            if (Violates(amount, capacity.RequestPolicy))
            {
                return null;
            }

            taken.Add(name, amount);
        }

        return taken;
    }

    /// <summary>True when a device has that much left besides what others have.</summary>
    public static bool Fits(
        Device device,
        Dictionary<string, Quantity> taken,
        params ReadOnlySpan<IReadOnlyDictionary<string, Quantity>?> others)
    {
        foreach ((string name, Quantity amount) in taken)
        {
            Quantity sum = amount;
            foreach (IReadOnlyDictionary<string, Quantity>? other in others)
            {
                sum = other is not null && other.TryGetValue(name, out Quantity there) ? sum + there : sum;
            }

            if (sum > device.Capacity[name].Value)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Adds amounts to a sum.</summary>
    public static void Add(Dictionary<string, Quantity> sum, IEnumerable<KeyValuePair<string, Quantity>> amounts)
    {
        foreach ((string name, Quantity amount) in amounts)
        {
            sum[name] = sum.TryGetValue(name, out Quantity there) ? there + amount : amount;
        }
    }

    /// <summary>Takes amounts from a sum.</summary>
    public static void Subtract(Dictionary<string, Quantity> sum, IEnumerable<KeyValuePair<string, Quantity>> amounts)
    {
        foreach ((string name, Quantity amount) in amounts)
        {
            sum[name] -= amount;
        }
    }

    private static Quantity Rounded(Quantity? asked, DeviceCapacity capacity)
    {
        if (asked is not { } wanted)
        {
            return capacity.RequestPolicy?.Default ?? capacity.Value;
        }

        if (capacity.RequestPolicy?.ValidRange is { Min: { } least } range)
        {
            return wanted < least ? least : range.Step is { } step ? Stepped(wanted, least, step) : wanted;
        }

        foreach (Quantity valid in capacity.RequestPolicy?.ValidValues ?? default)
        {
            if (wanted <= valid)
            {
                return valid;
            }
        }

        return wanted;
    }

    private static Quantity Stepped(Quantity wanted, Quantity least, Quantity step)
    {
        long over = wanted.Value - least.Value;
        long size = Math.Max(1, step.Value);
        long steps = (over / size) + (over % size == 0 ? 0 : 1);
        return Quantity.FromValue(least.Value + (size * steps), QuantityFormat.BinarySI);
    }

    private static bool Violates(Quantity amount, CapacityRequestPolicy? policy)
    {
        if (policy is null || policy.Default == amount)
        {
            return false;
        }

        if (policy.ValidRange is { } range)
        {
            return (range.Max is { } most && amount > most)
                || (range.Step is { } step && (amount.Value - (range.Min?.Value ?? 0)) % Math.Max(1, step.Value) != 0);
        }

        return policy.ValidValues.Count > 0 && !policy.ValidValues.AsSpan().Contains(amount);
    }
}
