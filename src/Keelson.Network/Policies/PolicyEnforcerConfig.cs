namespace Keelson.Network.Policies;

/// <summary>How a node enforces network policies.</summary>
public sealed record PolicyEnforcerConfig
{
    /// <summary>The node's name.</summary>
    public required string NodeName { get; init; }

    /// <summary>How often the kernel's rules are held against what they should be.</summary>
    public TimeSpan Resync { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a new pod waits for the kernel's rules before that is told as a failure.</summary>
    public TimeSpan GuardPatience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The name of the tables.</summary>
    public string TableName { get; init; } = "keelson-policy";

    /// <summary>The network namespace that stands for the node; empty for the process's own.</summary>
    public string NetworkNamespace { get; init; } = "";

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Where trouble is told.</summary>
    public Action<string> Log { get; init; } = static _ => { };
}
