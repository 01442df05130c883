using Keelson.Machinery.Values;

namespace Keelson.Client.Quotas;

/// <summary>Amounts by resource name, sorted as messages print them.</summary>
public sealed class QuotaAmounts() : SortedDictionary<string, Quantity>(StringComparer.Ordinal)
{
    /// <summary>The amounts of a map.</summary>
    public static QuotaAmounts From(ApiMap<Quantity> map)
    {
        QuotaAmounts amounts = [];
        foreach (KeyValuePair<string, Quantity> pair in map)
        {
            amounts[pair.Key] = pair.Value;
        }

        return amounts;
    }

    /// <summary>Adds an amount to what is there.</summary>
    public void Add(string name, Quantity amount, int sign = 1)
    {
        Quantity old = TryGetValue(name, out Quantity found) ? found : Quantity.FromValue(0, amount.Format);
        this[name] = sign < 0 ? old - amount : old + amount;
    }

    /// <summary>Adds, or with a negative sign takes away, other amounts.</summary>
    public void AddAll(QuotaAmounts other, int sign = 1)
    {
        foreach ((string name, Quantity amount) in other)
        {
            Add(name, amount, sign);
        }
    }

    /// <summary>Raises each amount to that of the other, where that is higher.</summary>
    public void RaiseTo(ApiMap<Quantity> other)
    {
        foreach (KeyValuePair<string, Quantity> pair in other)
        {
            if (!TryGetValue(pair.Key, out Quantity found) || found < pair.Value)
            {
                this[pair.Key] = pair.Value;
            }
        }
    }

    /// <summary>The amounts as a map.</summary>
    public ApiMap<Quantity> ToMap() => ApiMap<Quantity>.From(this);

    /// <summary>Some of the amounts, as messages show them.</summary>
    public string Print(IReadOnlyCollection<string> names) =>
        string.Join(',', this.Where(pair => names.Contains(pair.Key)).Select(pair => $"{pair.Key}={pair.Value}"));
}
