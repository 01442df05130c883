using Keelson.Server.Authentication;

namespace Keelson.Server;

/// <summary>How the server reaches kubelets.</summary>
public sealed record KubeletConfig
{
    /// <summary>The authorities that vouch for kubelets (<c>--kubelet-certificate-authority</c>); null: whatever they
    /// show is taken.</summary>
    public Func<CertificateAuthorities>? Authorities { get; init; }

    /// <summary>The types of node addresses to try, in order (<c>--kubelet-preferred-address-types</c>).</summary>
    public IReadOnlyList<string> PreferredAddressTypes { get; init; } =
        ["Hostname", "InternalDNS", "InternalIP", "ExternalDNS", "ExternalIP"];

    /// <summary>How long to wait for a kubelet's answer (<c>--kubelet-timeout</c>).</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);
}
