using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;

namespace Keelson.Scheduler.Snapshot;

/// <summary>
/// Amounts of resources: processor time in thousandths, memory and storage in bytes, everything else (extended
/// resources, huge pages) in whole units under its name. Most pods have none of the latter, so these are a short list.
/// </summary>
internal sealed class ResourceAmounts
{
    private static readonly ScalarAmount[] None = [];
    private ScalarAmount[] _scalars = None;

    /// <summary>Thousandths of a processor.</summary>
    public long MilliCpu { get; set; }

    /// <summary>Bytes of memory.</summary>
    public long Memory { get; set; }

    /// <summary>Bytes of local storage.</summary>
    public long EphemeralStorage { get; set; }

    /// <summary>The other resources, by name.</summary>
    public ReadOnlySpan<ScalarAmount> Scalars => _scalars;

    /// <summary>The amounts of a list; pods (the number of them) are left out.</summary>
    public static ResourceAmounts Of(ApiMap<Quantity> amounts)
    {
        ResourceAmounts result = new();
        foreach ((string name, Quantity amount) in amounts)
        {
            result.Set(name, name == ResourceName.Cpu ? amount.MilliValue : amount.Value);
        }

        return result;
    }

    /// <summary>An amount by name: thousandths for processors.</summary>
    public long Get(string name) => name switch
    {
        ResourceName.Cpu => MilliCpu,
        ResourceName.Memory => Memory,
        ResourceName.EphemeralStorage => EphemeralStorage,
        _ => Scalar(name),
    };

    /// <summary>Sets an amount by name.</summary>
    public void Set(string name, long amount)
    {
        switch (name)
        {
            case ResourceName.Cpu:
                MilliCpu = amount;
                break;
            case ResourceName.Memory:
                Memory = amount;
                break;
            case ResourceName.EphemeralStorage:
                EphemeralStorage = amount;
                break;
            case ResourceName.Pods:
                break;
            default:
                AddScalar(name, amount - Scalar(name));
                break;
        }
    }

    /// <summary>Adds amounts; with -1, takes them away.</summary>
    public void Add(ResourceAmounts other, int sign = 1)
    {
        MilliCpu += sign * other.MilliCpu;
        Memory += sign * other.Memory;
        EphemeralStorage += sign * other.EphemeralStorage;
        foreach (ScalarAmount one in other._scalars)
        {
            AddScalar(one.Name, sign * one.Amount);
        }
    }

    /// <summary>Raises each amount to at least another's.</summary>
    public void Max(ResourceAmounts other)
    {
        MilliCpu = Math.Max(MilliCpu, other.MilliCpu);
        Memory = Math.Max(Memory, other.Memory);
        EphemeralStorage = Math.Max(EphemeralStorage, other.EphemeralStorage);
        foreach (ScalarAmount one in other._scalars)
        {
            Set(one.Name, Math.Max(Scalar(one.Name), one.Amount));
        }
    }

    /// <summary>A copy.</summary>
    public ResourceAmounts Clone() => new()
    {
        MilliCpu = MilliCpu,
        Memory = Memory,
        EphemeralStorage = EphemeralStorage,
        _scalars = _scalars.Length == 0 ? None : [.. _scalars],
    };

    /// <summary>Takes the amounts of another.</summary>
    public void CopyFrom(ResourceAmounts other)
    {
        (MilliCpu, Memory, EphemeralStorage) = (other.MilliCpu, other.Memory, other.EphemeralStorage);
        _scalars = other._scalars.Length == 0 ? None : [.. other._scalars];
    }

    /// <summary>True when all amounts are the same.</summary>
    public bool SameAs(ResourceAmounts other) =>
        MilliCpu == other.MilliCpu && Memory == other.Memory && EphemeralStorage == other.EphemeralStorage
        && _scalars.AsSpan().SequenceEqual(other._scalars);

    private long Scalar(string name)
    {
        foreach (ref readonly ScalarAmount one in _scalars.AsSpan())
        {
            if (one.Name == name)
            {
                return one.Amount;
            }
        }

        return 0;
    }

    private void AddScalar(string name, long amount)
    {
        foreach (ref ScalarAmount one in _scalars.AsSpan())
        {
            if (one.Name == name)
            {
                one = one with { Amount = one.Amount + amount };
                return;
            }
        }

        _scalars = [.. _scalars, new(name, amount)];
        Array.Sort(_scalars, static (left, right) => string.CompareOrdinal(left.Name, right.Name));
    }
}

/// <summary>An amount of a resource that has no field of its own.</summary>
/// <param name="Name">The resource.</param>
/// <param name="Amount">The amount, in whole units.</param>
internal readonly record struct ScalarAmount(string Name, long Amount);
