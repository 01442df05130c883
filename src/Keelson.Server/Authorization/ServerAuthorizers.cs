using Keelson.Server.Authentication;
using Keelson.Server.Authorization.Nodes;
using Keelson.Server.Authorization.Rbac;
using Keelson.Server.Authorization.Reviews;
using Keelson.Server.Bootstrap;

namespace Keelson.Server.Authorization;

/// <summary>The authorizers of <c>--authorization-mode</c>, behind the group that may always do everything.</summary>
internal sealed class ServerAuthorizers
{
    private ServerAuthorizers(IReadOnlyList<IAuthorizer> authorizers, RbacAuthorizer rbac)
    {
        Rbac = rbac;
        Chain = new AuthorizerChain([new PrivilegedGroupAuthorizer(WellKnownUsers.MastersGroup), .. authorizers]);
        Reviews = new AccessReviews(Chain, [.. authorizers.OfType<IRuleResolver>()]);
        UsesRbac = authorizers.Contains(rbac);
    }

    /// <summary>Decides on requests.</summary>
    public IAuthorizer Chain { get; }

    /// <summary>Answers who may do what.</summary>
    public AccessReviews Reviews { get; }

    /// <summary>The roles and bindings; followed also when they decide nothing.</summary>
    public RbacAuthorizer Rbac { get; }

    /// <summary>Whether they decide.</summary>
    public bool UsesRbac { get; }

    /// <summary>The authorizers of a configuration.</summary>
    /// <exception cref="InvalidOperationException">A mode is not known; the message names the flag.</exception>
    public static ServerAuthorizers Create(ApiServerConfig config, IObjectLookup lookup)
    {
        var rbac = new RbacAuthorizer();
        rbac.Follow(lookup);
        return new ServerAuthorizers([.. config.AuthorizationModes.Select(mode => Of(mode, rbac, lookup))], rbac);
    }

    private static IAuthorizer Of(string mode, RbacAuthorizer rbac, IObjectLookup lookup)
    {
        switch (mode)
        {
            case "RBAC":
                return rbac;
            case "Node":
                var graph = new NodeGraph();
                graph.Follow(lookup);
                return new NodeAuthorizer(graph, BootstrapObjects.RulesOf("system:node"));
            case "AlwaysAllow":
                return new AlwaysAllowAuthorizer();
            case "AlwaysDeny":
                return new AlwaysDenyAuthorizer();
            default:
                throw new InvalidOperationException(
                    $"--authorization-mode: authorization-mode {mode} is not a valid mode");
        }
    }
}
