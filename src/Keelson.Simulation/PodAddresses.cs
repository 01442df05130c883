using System.Globalization;

namespace Keelson.Simulation;

/// <summary>The pod addresses of one simulated node.</summary>
internal sealed class PodAddresses(string range)
{
    private readonly Lock _gate = new();
    private readonly bool[] _taken = new bool[255];
    private int _next = 1;

    /// <summary>Takes an address; empty when there is none left.</summary>
    public string Take()
    {
        lock (_gate)
        {
            for (int i = 0; i < 254; i++)
            {
                int host = 1 + ((_next - 1 + i) % 254);
                if (!_taken[host])
                {
                    _taken[host] = true;
                    _next = host + 1;
                    return range + host.ToString(CultureInfo.InvariantCulture);
                }
            }

            return "";
        }
    }

    /// <summary>Marks an address that a pod has already.</summary>
    public void Keep(string address) => Mark(address, true);

    /// <summary>Gives an address back.</summary>
    public void Release(string address) => Mark(address, false);

    private void Mark(string address, bool taken)
    {
        if (address.StartsWith(range, StringComparison.Ordinal)
            && int.TryParse(address.AsSpan(range.Length), CultureInfo.InvariantCulture, out int host) && host is > 0 and < 255)
        {
            lock (_gate)
            {
                _taken[host] = taken;
            }
        }
    }
}
