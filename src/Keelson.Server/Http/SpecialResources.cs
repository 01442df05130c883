using Keelson.Server.Admission;
using Keelson.Server.Authentication;
using Keelson.Server.Authentication.Reviews;
using Keelson.Server.Authentication.ServiceAccounts;
using Keelson.Server.Authorization;
using Keelson.Server.Authorization.Reviews;
using Keelson.Server.Connections;
using Keelson.Server.Connections.Backends;
using Keelson.Server.Connections.Kubelets;
using Keelson.Server.Connections.Proxies;
using Keelson.Server.Metrics;
using Keelson.Server.Verbs;

namespace Keelson.Server.Http;

/// <summary>What special resources are made from.</summary>
internal sealed record SpecialResourceParts(
    ApiServerConfig Config,
    ResourceVerbs Verbs,
    AdmissionChain Admission,
    Authenticators Authenticators,
    ServerAuthorizers Authorizers,
    IObjectLookup Lookup)
{
    /// <summary>Where connections are counted; nowhere to be seen unless set.</summary>
    public ConnectionMetrics ConnectionMetrics { get; init; } = new(new MetricRegistry());

    /// <summary>The objects that are not stored.</summary>
    public IReadOnlyList<IVirtualObjects> Virtual { get; init; } = [];
}

/// <summary>The resources and subresources that are more than objects in the store.</summary>
internal static class SpecialResources
{
    /// <summary>All of them; the first that serves a call gets it.</summary>
    public static IReadOnlyList<ISpecialResource> All(SpecialResourceParts parts)
    {
        ReviewSteps steps = new(parts.Verbs.Ownership, parts.Admission);
        AccessReviews reviews = parts.Authorizers.Reviews;
        ApiServerConfig config = parts.Config;
        Authenticators authenticators = parts.Authenticators;
        ServiceAccountTokenIssuer issuer = new(config.ServiceAccountIssuer, authenticators.Keys, config.Clock);
        ConnectSteps connects = new(parts.Admission, parts.Authorizers.Chain);
        KubeletLocator kubelets = new(parts.Lookup, config.Kubelets);
        BackendTransports transports = new(config);
        return
        [
            new PodLogResource(kubelets, transports, parts.Lookup, config.Clock, parts.ConnectionMetrics),
            new PodStreamResource(
                connects, kubelets, transports, parts.Lookup, config.Clock, parts.ConnectionMetrics),
            new ProxyResource(connects, kubelets, transports, parts.Lookup, config.Random),
            new ScaleResource(parts.Verbs),
            new ComponentStatusResource(config, parts.Verbs.Storage),
            new BindingResource(parts.Verbs, parts.Admission),
            new EvictionResource(parts),
            new TokenRequestResource(
                steps, issuer, parts.Lookup, authenticators.Audiences, config.ServiceAccountTokens),
            new TokenReviewResource(steps, authenticators.Tokens, authenticators.Audiences),
            new SelfSubjectReviewResource(steps),
            new SelfSubjectAccessReviewResource(steps, reviews),
            new SubjectAccessReviewResource(steps, reviews),
            new LocalSubjectAccessReviewResource(steps, reviews),
            new SelfSubjectRulesReviewResource(steps, reviews),
            .. parts.Virtual.Select(static one => new VirtualResource(one)),
        ];
    }
}
