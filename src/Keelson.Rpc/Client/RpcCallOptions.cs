namespace Keelson.Rpc;

/// <summary>What one call wants beyond its request.</summary>
public sealed record RpcCallOptions
{
    /// <summary>Nothing special.</summary>
    public static RpcCallOptions Default { get; } = new();

    /// <summary>The call's deadline, from its start; null: none. The server learns it.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Headers to send.</summary>
    public RpcMetadata? Metadata { get; init; }

    /// <summary>While no server can be reached, try on until the deadline instead of failing at once.</summary>
    public bool WaitForReady { get; init; }
}
