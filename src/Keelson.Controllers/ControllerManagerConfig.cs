using System.Security.Cryptography.X509Certificates;

namespace Keelson.Controllers;

/// <summary>kube-controller-manager's settings, with its defaults. The flag that sets one is named beside it.</summary>
public sealed record ControllerManagerConfig
{
    /// <summary>
    /// Which controllers run (<c>--controllers</c>): <c>*</c> all that are on by default, <c>name</c> this one,
    /// <c>-name</c> not this one.
    /// </summary>
    public IReadOnlyList<string> Controllers { get; init; } = ["*"];

    /// <summary>The authority that pods use to know the API server (<c>--root-ca-file</c>), PEM.</summary>
    public Func<string> RootAuthorityPem { get; init; } = static () => "";

    /// <summary>The authority that signs certificate requests (<c>--cluster-signing-cert-file</c>, <c>-key-file</c>).</summary>
    public Func<X509Certificate2?> SigningAuthority { get; init; } = static () => null;

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>The source of chance.</summary>
    public Random Random { get; init; } = Random.Shared;

    /// <summary>Where controllers say what went wrong.</summary>
    public Action<string> Log { get; init; } = static _ => { };
}
