using System.Collections.Immutable;
using Keelson.Rpc;

namespace Keelson.Store.Etcd;

/// <summary>Which etcd to use, and how to reach it. The flags are the API server's.</summary>
public sealed record EtcdStoreConfig
{
    /// <summary><c>--etcd-servers</c>: the members' client URLs, for example <c>https://10.0.0.1:2379</c>.</summary>
    public required ImmutableArray<string> Servers { get; init; }

    /// <summary><c>--etcd-cafile</c>: authorities that the members' certificates come from.</summary>
    public string? AuthorityFile { get; init; }

    /// <summary><c>--etcd-certfile</c>: the certificate to show.</summary>
    public string? CertificateFile { get; init; }

    /// <summary><c>--etcd-keyfile</c>: the certificate's key.</summary>
    public string? KeyFile { get; init; }

    /// <summary>
    /// <c>--etcd-prefix</c>: what stands before every key. The store passes keys through as they are; the API server
    /// puts the prefix on them.
    /// </summary>
    public string Prefix { get; init; } = "/registry";

    /// <summary>
    /// For how long a request looks for a member that answers before the store counts as unavailable. Watches that
    /// stand go on looking for as long as it takes.
    /// </summary>
    public TimeSpan UnreachableAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>What to connect to. Throws <see cref="FormatException"/> when a server is no URL.</summary>
    internal RpcChannelConfig Channel() => new()
    {
        Endpoints = [.. Servers.Select(RpcEndpoint.Parse)],
        Tls = RpcTlsConfig.FromFiles(AuthorityFile, CertificateFile, KeyFile),
        ReceiveMessageBytesMax = int.MaxValue,

        // The API server's own numbers towards etcd.
        DialTimeout = TimeSpan.FromSeconds(20),
        KeepAliveDelay = TimeSpan.FromSeconds(30),
        KeepAliveTimeout = TimeSpan.FromSeconds(10),
        Time = Time,
    };
}
