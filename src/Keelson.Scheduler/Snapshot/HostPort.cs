namespace Keelson.Scheduler.Snapshot;

/// <summary>A port of a node.</summary>
/// <param name="Address">The address; <see cref="AnyAddress"/> for all.</param>
/// <param name="Protocol">TCP, UDP or SCTP.</param>
/// <param name="Port">The number.</param>
internal readonly record struct HostPort(string Address, string Protocol, int Port)
{
    /// <summary>All addresses of the node.</summary>
    public const string AnyAddress = "0.0.0.0";

    /// <summary>True when two pods can't have both.</summary>
    public bool ConflictsWith(HostPort other) => Port == other.Port && Protocol == other.Protocol
        && (Address == other.Address || Address == AnyAddress || other.Address == AnyAddress);
}
