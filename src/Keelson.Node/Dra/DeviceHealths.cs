using Keelson.Api.Core.V1;
using Proto = Keelson.Nodes.Dra.Health.Protos;

namespace Keelson.Nodes.Dra;

/// <summary>How devices are, as their drivers told last. Nobody knows of what was not told for a while.</summary>
internal sealed class DeviceHealths
{
    // Upstream's DefaultHealthTimeout.
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly TimeProvider _clock;
    private readonly DeviceHealthFile? _file;
    private readonly Dictionary<(string Driver, string Pool, string Device), Told> _told = [];

    /// <summary>Takes up what the last agent was told, as far as it still holds.</summary>
    /// <param name="clock">The clock.</param>
    /// <param name="file">Where it is kept; null for nowhere.</param>
    public DeviceHealths(TimeProvider clock, DeviceHealthFile? file = null)
    {
        (_clock, _file) = (clock, file);
        DateTimeOffset now = clock.GetUtcNow();
        foreach (KeptHealth one in file?.Read() ?? [])
        {
            TimeSpan age = now - one.At;
            if (age >= TimeSpan.Zero && age < one.Timeout)
            {
                // What is left of its time counts from now on.
                _told[(one.Driver, one.Pool, one.Device)] =
                    new(one.Health, one.Message, clock.GetTimestamp(), one.Timeout - age) { Whole = one.Timeout };
            }
        }
    }

    /// <summary>Takes in what a driver told; true when something is not as it was.</summary>
    public bool Take(string driver, IEnumerable<Proto.DeviceHealth> devices)
    {
        lock (_gate)
        {
            bool changed = false;
            foreach (Proto.DeviceHealth one in devices)
            {
                (string, string, string) key = (driver, one.Device?.PoolName ?? "", one.Device?.DeviceName ?? "");
                ResourceHealth before = Of(key.Item1, key.Item2, key.Item3);
                TimeSpan timeout = one.HealthCheckTimeoutSeconds > 0
                    ? TimeSpan.FromSeconds(Math.Min(one.HealthCheckTimeoutSeconds, int.MaxValue))
                    : DefaultTimeout;
                _told[key] = new(one.Health, one.Message, _clock.GetTimestamp(), timeout) { Whole = timeout };
                changed |= before != Of(key.Item1, key.Item2, key.Item3);
            }

            Save();
            return changed;
        }
    }

    /// <summary>Forgets what a driver told, which tells no more; true when it had told something.</summary>
    public bool Forget(string driver)
    {
        lock (_gate)
        {
            (string, string, string)[] mine = [.. _told.Keys.Where(one => one.Driver == driver)];
            foreach ((string, string, string) one in mine)
            {
                _told.Remove(one);
            }

            Save();
            return mine.Length > 0;
        }
    }

    /// <summary>How a device is; without a name for it.</summary>
    public ResourceHealth Of(string driver, string pool, string device)
    {
        lock (_gate)
        {
            return !_told.TryGetValue((driver, pool, device), out Told? told)
                || _clock.GetElapsedTime(told.At) > told.Timeout
                    ? new() { Health = ResourceHealthStatus.Unknown }
                    : new()
                    {
                        Health = told.Health switch
                        {
                            Proto.HealthStatus.Healthy => ResourceHealthStatus.Healthy,
                            Proto.HealthStatus.Unhealthy => ResourceHealthStatus.Unhealthy,
                            _ => ResourceHealthStatus.Unknown,
                        },
                        Message = told.Message.Length > 0 ? told.Message : null,
                    };
        }
    }

    private void Save()
    {
        DateTimeOffset now = _clock.GetUtcNow();
        _file?.Write(_told.Select(one => new KeptHealth(one.Key.Driver, one.Key.Pool, one.Key.Device)
        {
            Health = one.Value.Health,
            Message = one.Value.Message,
            At = now - _clock.GetElapsedTime(one.Value.At) - (one.Value.Whole - one.Value.Timeout),
            Timeout = one.Value.Whole,
        }));
    }

    private sealed record Told(Proto.HealthStatus Health, string Message, long At, TimeSpan Timeout)
    {
        /// <summary>For how long it held when it was told.</summary>
        public required TimeSpan Whole { get; init; }
    }
}
