using System.Collections.Immutable;

namespace Keelson.Rpc;

/// <summary>A channel's servers and limits. Defaults are gRPC's.</summary>
public sealed record RpcChannelConfig
{
    /// <summary>The servers; calls go round among those that answer.</summary>
    public required ImmutableArray<RpcEndpoint> Endpoints { get; init; }

    /// <summary>Used by endpoints that speak TLS.</summary>
    public RpcTlsConfig Tls { get; init; } = new();

    /// <summary>The largest message taken from a server, in bytes; gRPC's default is 4 MiB.</summary>
    public int ReceiveMessageBytesMax { get; init; } = 4 * 1024 * 1024;

    /// <summary>The largest message sent, in bytes.</summary>
    public int SendMessageBytesMax { get; init; } = int.MaxValue;

    /// <summary>How long one attempt to connect, TLS included, may take; gRPC's minimum is 20 s.</summary>
    public TimeSpan DialTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Silence after which a ping goes out on a connection with open calls; infinite: never.</summary>
    public TimeSpan KeepAliveDelay { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>How long the answer to a ping may take before the connection counts as dead.</summary>
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>What <c>user-agent</c> says.</summary>
    public string UserAgent { get; init; } = "grpc-keelson";

    /// <summary>The clock for deadlines, dials and the rest of failed endpoints.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
