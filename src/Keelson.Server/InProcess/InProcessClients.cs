using Keelson.Client;
using Keelson.Server.Authentication;
using Keelson.Server.Authorization;
using Keelson.Server.Http;
using Keelson.Server.Verbs;

namespace Keelson.Server.InProcess;

/// <summary>What calls inside the process go through: the same verbs, authorizers and special resources as over
/// HTTP.</summary>
internal sealed record InProcessParts(
    ResourceVerbs Verbs, IAuthorizer Authorizer, IReadOnlyList<ISpecialResource> Special, TimeProvider Clock);

/// <summary>Clients of this server for roles in its own process.</summary>
public sealed class InProcessClients : IApiClients
{
    private readonly InProcessParts _parts;

    internal InProcessClients(InProcessParts parts) => _parts = parts;

    /// <inheritdoc/>
    public IApiClient ForController(string serviceAccount) => For(
        serviceAccount.Length == 0
            ? new UserInfo { Name = "system:kube-controller-manager", Groups = [WellKnownUsers.AuthenticatedGroup] }
            : new UserInfo
            {
                Name = ServiceAccountUsers.UserName("kube-system", serviceAccount),
                Groups = [.. ServiceAccountUsers.Groups("kube-system"), WellKnownUsers.AuthenticatedGroup],
            },
        "kube-controller-manager");

    /// <inheritdoc/>
    public IApiClient ForNode(string nodeName) => For(
        new UserInfo
        {
            Name = WellKnownUsers.NodePrefix + nodeName,
            Groups = [WellKnownUsers.NodesGroup, WellKnownUsers.AuthenticatedGroup],
        },
        "kubelet");

    /// <summary>A client that acts as a user.</summary>
    /// <param name="user">Who calls.</param>
    /// <param name="fieldManager">Who comes to own the fields it writes; the program's name, upstream.</param>
    public IApiClient For(UserInfo user, string fieldManager) => new InProcessClient(_parts, user, fieldManager);
}
