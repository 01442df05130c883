using System.Security.Cryptography.X509Certificates;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Controllers.NodeIpam;
using Keelson.Controllers.NodeLifecycle;

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

    /// <summary>The authority that signs certificate requests (<c>--cluster-signing-cert-file</c>,
    /// <c>-key-file</c>).</summary>
    public Func<X509Certificate2?> SigningAuthority { get; init; } = static () => null;

    /// <summary>How long certificates last that are signed for requests (<c>--cluster-signing-duration</c>).</summary>
    public TimeSpan ClusterSigningDuration { get; init; } = TimeSpan.FromDays(365);

    /// <summary>When nodes count as gone.</summary>
    public NodeLifecycleConfig NodeLifecycle { get; init; } = new();

    /// <summary>Which addresses nodes get for their pods.</summary>
    public NodeIpamConfig NodeIpam { get; init; } = new();

    /// <summary>So many pods that have ended are kept (<c>--terminated-pod-gc-threshold</c>); 0 for all.</summary>
    public int TerminatedPodThreshold { get; init; } = 12500;

    /// <summary>The kinds that there are, those that came at run time included; the same list as long as nothing
    /// changes.</summary>
    public Func<IReadOnlyList<ApiKind>> Kinds { get; init; } = static () => ApiKinds.All;

    /// <summary>
    /// How long after a namespace began to end it is emptied, so that every server knows by then. Upstream's constant
    /// is 5 s; with one server the time that a request takes from admission to the store is enough.
    /// </summary>
    public TimeSpan NamespaceSettleTime { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How often autoscalers look at metrics
    /// (<c>--horizontal-pod-autoscaler-sync-period</c>).</summary>
    public TimeSpan AutoscalerSyncPeriod { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How often quotas are counted anew though nothing happened
    /// (<c>--resource-quota-sync-period</c>).</summary>
    public TimeSpan ResourceQuotaSyncPeriod { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Makes the token that lies in a secret of an account: (account, secret's name) → token. Null when this process
    /// has no key to sign with (<c>--service-account-private-key-file</c>).
    /// </summary>
    public Func<ServiceAccount, string, ValueTask<string>>? LegacyToken { get; init; }

    /// <summary>
    /// How long a legacy token must have been unused to be marked, and marked to be deleted
    /// (<c>--legacy-service-account-token-clean-up-period</c>).
    /// </summary>
    public TimeSpan LegacyTokenCleanUpPeriod { get; init; } = TimeSpan.FromDays(365);

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>The source of chance.</summary>
    public Random Random { get; init; } = Random.Shared;

    /// <summary>Where controllers say what went wrong.</summary>
    public Action<string> Log { get; init; } = static _ => { };
}
