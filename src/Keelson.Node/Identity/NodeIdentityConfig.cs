namespace Keelson.Nodes.Identity;

/// <summary>Where a node's identity is kept, and how it comes to one. Names are those of kubelet's flags.</summary>
public sealed record NodeIdentityConfig
{
    /// <summary>The node's name.</summary>
    public required string NodeName { get; init; }

    /// <summary>Where certificates are kept (<c>--cert-dir</c>).</summary>
    public required string CertificateDirectory { get; init; }

    /// <summary>The kubeconfig with a token that may ask for a certificate (<c>--bootstrap-kubeconfig</c>); it need not
    /// be there once the node has its own identity.</summary>
    public required string BootstrapKubeconfig { get; init; }

    /// <summary>The kubeconfig with the node's own identity, written when it has one (<c>--kubeconfig</c>).</summary>
    public required string Kubeconfig { get; init; }

    /// <summary>Whether the certificate is replaced before it ends (<c>--rotate-certificates</c>).</summary>
    public bool Rotates { get; init; } = true;

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>The source of chance: rotations of many nodes shall not fall together.</summary>
    public Random Random { get; init; } = Random.Shared;

    /// <summary>Where it is said what goes on.</summary>
    public Action<string> Log { get; init; } = static _ => { };
}
